package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"thuoc/internal/app"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
)

func demoCommand() command {
	return command{
		name:    "demo",
		serves:  true,
		summary: fault.T("try it: the open portal with the real results, and the working app of an invented province"),
		detail: fault.T("The portal answers at once; the province is furnished beside it in a few seconds, in a temporary folder that is removed at the end, or in" +
			" --data DIR, which is kept. Everybody in it has the same password, which is printed here. Ctrl+C or SIGTERM ends it after the requests at" +
			" work are answered."),
		examples: []string{
			"thuoc demo",
			"thuoc demo --listen 127.0.0.1:9000 --data trial",
		},
		setup: func(f *flags) action {
			listen := f.text("listen", "HOST:PORT", fault.T("where to listen; :8080 without it"))
			editions := f.text("editions", "DIR", fault.T("a folder of editions, as thuoc edition build writes it"))
			data := f.text("data", "DIR", fault.T("keep the invented province in this folder, and find it there the next time"))
			read := f.settings("url")
			maps := f.text("maps", "DIR", fault.T("a folder of boundary sets, as thuoc map import keeps them"))
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				config.Listen = cmp.Or(*listen, ":8080")
				return inFolder(*data, func(dir string) error { return serveDemo(c, config.Alone(dir), *editions, *maps) })
			}
		},
	}
}

// inFolder does something in a folder: the one named, or a temporary one, which it removes afterwards.
func inFolder(dir string, do func(string) error) error {
	if dir != "" {
		return do(dir)
	}
	dir, err := os.MkdirTemp("", "thuoc-demo-")
	if err != nil {
		return err
	}
	return errors.Join(do(dir), os.RemoveAll(dir))
}

func serveDemo(c *call, config app.Config, editions, maps string) error {
	shelf, err := shelfOf(editions)
	if err != nil {
		return err
	}
	bounds, err := boundsOf(maps)
	if err != nil {
		return err
	}
	log := c.logger(config)
	shelf = app.Folder{Dir: config.Data}.Shelf(shelf, func(err error) { log.Error("the index of the public editions cannot be read", "err", err) })
	base := origin(config.URL, config.Listen)
	at := make(chan string, 1) // the address, for who waits until the province is furnished
	first := func(ctx context.Context) error {
		f, err := app.InitDemo(ctx, config)
		if err == nil {
			fmt.Fprintln(c.talk, c.text(fault.T("The working app of the invented province is at %s. Sign in as %s, or as anybody on its first page; the password of all: %s", <-at+"/app", f.Guest(), f.Password())))
		}
		return err
	}
	a, err := app.New(app.Options{Listen: config.Listen, Base: base, Shelf: shelf, Bounds: bounds, House: &config, First: first, Now: time.Now, Log: log})
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	return a.Run(ctx, func(addr net.Addr) {
		portal := "http://" + browsable(addr.String())
		fmt.Fprintln(c.talk, c.text(fault.T("The portal is at %s", portal)))
		at <- portal
	})
}

// origin is the scheme and host of whole addresses: those that readers use, else those of this machine as far as the
// port is known.
func origin(readers *url.URL, listen string) string {
	if readers != nil {
		return readers.String()
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil || port == "0" {
		return ""
	}
	return "http://" + net.JoinHostPort(cmp.Or(host, "localhost"), port)
}

// browsable turns the address of every interface into one a browser on this machine can open.
func browsable(addr string) string {
	return strings.Replace(addr, "[::]:", "localhost:", 1)
}

// shelfOf opens a folder of editions, or the figures inside the program when none is named.
func shelfOf(dir string) (*edition.Shelf, error) {
	if dir == "" {
		return edition.Embedded(madeHere("thuoc demo")), nil
	}
	all, err := edition.OpenAll(os.DirFS(dir))
	if err != nil {
		return nil, folderError(dir, err)
	}
	return edition.Shelved(all)
}

// madeHere says that this program freezes an edition.
func madeHere(by string) edition.Made {
	b := buildInfo()
	code := b.version
	if b.revision != "" {
		code = b.revision
	}
	return edition.Made{By: by, Code: code}
}
