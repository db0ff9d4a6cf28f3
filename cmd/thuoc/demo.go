package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"thuoc/internal/app"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
)

func demoCommand() command {
	return command{
		name:    "demo",
		serves:  true,
		summary: fault.T("serve the open portal with the real results, without database or network"),
		detail:  fault.T("The editions are built from the figures inside the program, or read and verified from a folder. Ctrl+C or SIGTERM ends it after the requests at work are answered."),
		examples: []string{
			"thuoc demo",
			"thuoc demo --listen 127.0.0.1:9000 --editions editions",
		},
		setup: func(f *flags) action {
			listen := f.text("listen", "HOST:PORT", fault.T("where to listen; :8080 without it"))
			editions := f.text("editions", "DIR", fault.T("a folder of editions, as thuoc edition build writes it"))
			read := f.settings("url")
			maps := f.text("maps", "DIR", fault.T("a folder of boundary sets, as thuoc map import keeps them"))
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				at := cmp.Or(*listen, ":8080")
				return demo(c, at, origin(config.URL, at), *editions, *maps)
			}
		},
	}
}

func demo(c *call, listen, base, editions, maps string) error {
	shelf, err := shelfOf(editions)
	if err != nil {
		return err
	}
	bounds, err := boundsOf(maps)
	if err != nil {
		return err
	}
	a, err := app.New(app.Options{Listen: listen, Base: base, Shelf: shelf, Bounds: bounds, Now: time.Now, Log: slog.New(slog.NewTextHandler(c.talk, nil))})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return a.Run(ctx, func(at net.Addr) {
		fmt.Fprintln(c.talk, c.text(fault.T("The portal is at %s", "http://"+browsable(at.String()))))
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
