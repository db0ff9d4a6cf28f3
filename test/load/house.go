package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"thuoc/internal/app"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/test/program"
)

// houseCommand measures the working pages instead of the portal.
const houseCommand = "house"

const (
	auditRows  = 50_000
	perBrowser = 120 // requests, one in ten of them a form
	admin      = "admin@example.gov.vn"
)

// readPages are asked for in turn; the page of the form that is sent is the ninth.
var readPages = []string{"/app/viec-cua-toi", "/app/nguoi-dung", "/app/nhat-ky", "/app/tai-khoan", "/app/viec-cua-toi", "/app/nguoi-dung", "/app/nhat-ky", "/app/tai-khoan"}

// house measures a house of 50,000 audit entries and all places of the country, with eight people at work.
func house() error {
	dir, err := os.MkdirTemp("", "thuoc-load")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary, err := program.Build(dir)
	if err != nil {
		return err
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	lines := []line{{"binary", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), "60 MB"}}
	data := filepath.Join(dir, "data")
	start := time.Now()
	if out, err := exec.Command(binary, "init", data, "--home", "33", "--on", "2025-07-01").CombinedOutput(); err != nil {
		return fmt.Errorf("thuoc init: %w\n%s", err, out)
	}
	s, err := program.ServeHouse(binary, data)
	if err != nil {
		return err
	}
	defer s.Stop()
	if _, err := fetch(http.DefaultClient, s.URL+"/", ""); err != nil {
		return err
	}
	lines = append(lines, line{"init, serve, first page", ms(time.Since(start)), "5 s"})
	if err := fill(data); err != nil {
		return err
	}
	time.Sleep(8 * time.Second) // the years are opened in the background
	memory, err := s.Memory()
	if err != nil {
		return err
	}
	lines = append(lines, line{"memory at rest", fmt.Sprintf("%.0f MB", float64(memory)/1e6), "150 MB"})
	if err := s.Administrator(binary, data, admin); err != nil {
		return err
	}
	reads, writes, err := eight(s)
	if err != nil {
		return err
	}
	mix := slices.Concat(reads, writes)
	return report(append(lines,
		line{fmt.Sprintf("9 reads : 1 form, p95 of %d, %d clients", len(mix), clients), ms(p95(mix)), "150 ms"},
		line{fmt.Sprintf("of these, reads, p95 of %d", len(reads)), ms(p95(reads)), ""},
		line{fmt.Sprintf("of these, forms, p95 of %d", len(writes)), ms(p95(writes)), ""}))
}

// fill writes audit entries and seals them.
func fill(data string) error {
	c, err := app.Configure(func(s app.Setting) string { return map[string]string{"data": data}[s.Name] }, time.Now, rand.Reader)
	if err != nil {
		return err
	}
	ctx := context.Background()
	h, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	for range auditRows / 500 {
		err := h.DB.Update(ctx, func(q *db.Q) error {
			for range 500 {
				if err := h.Log.Append(ctx, q, audit.Entry{Actor: "operator", Action: "load.write", Object: "thing:" + q.NewID()}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return errors.Join(err, h.Close())
		}
	}
	_, err = audit.Seal(ctx, h.DB)
	return errors.Join(err, h.Close())
}

// eight lets eight people read and write, and gives how long each page and each form took.
func eight(s *program.Server) (reads, writes []time.Duration, err error) {
	var mu sync.Mutex
	var group sync.WaitGroup
	for n := range clients {
		b, failed := s.Browser()
		if failed == nil {
			failed = b.SignIn(admin) // one after another, as the bound on tries asks
		}
		if failed != nil {
			return nil, nil, failed
		}
		group.Go(func() {
			r, w, failed := atWork(b, n)
			mu.Lock()
			defer mu.Unlock()
			reads, writes, err = append(reads, r...), append(writes, w...), errors.Join(err, failed)
		})
	}
	group.Wait()
	return reads, writes, err
}

// atWork is one person.
func atWork(b *program.Browser, n int) (reads, writes []time.Duration, err error) {
	defer b.Close()
	b.Took = func(method string, took time.Duration) {
		if method == http.MethodPost {
			writes = append(writes, took)
		} else {
			reads = append(reads, took)
		}
	}
	for i := range perBrowser / 10 {
		for _, page := range readPages {
			if _, err := b.Get(page); err != nil {
				return nil, nil, err
			}
		}
		person := url.Values{"name": {"Trần Thị Bình"}, "email": {fmt.Sprintf("nguoi%d-%d@example.gov.vn", n, i)}}
		if err := b.Send("/app/nguoi-dung/moi", person); err != nil {
			return nil, nil, err
		}
	}
	return reads, writes, nil
}
