// Package web is the working app: the door for people who have signed in, in Vietnamese and English.
//
// It promises that every route stands in one table with the right it needs, and is refused in words to whoever lacks
// it; that what somebody entered is never lost, whether the form had faults, the session ended, or somebody else was
// first; that the same form sent twice is done once; that every flow but passkeys works without scripts; and that
// nothing it shows is kept by a cache, but work and tasks on the enrolled telephone of whose they are. It holds no rules
// of its own: the stores decide, and it puts into words.
package web

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/blob"
	"thuoc/internal/commitment"
	"thuoc/internal/draft"
	"thuoc/internal/edition"
	"thuoc/internal/follow"
	"thuoc/internal/inspect"
	"thuoc/internal/lang"
	"thuoc/internal/place"
	"thuoc/internal/plan"
	"thuoc/internal/registry"
	"thuoc/internal/report"
	"thuoc/internal/run"
	"thuoc/internal/task"
	"thuoc/internal/ui"
	"thuoc/internal/upkeep"
)

//go:embed page/*.html
var pageFiles embed.FS

// Options are what the working app is made of.
type Options struct {
	Accounts *account.Store
	Drafts   *draft.Store
	Places   *place.Store
	Agencies *agency.Store
	Runs     *run.Store
	Editions *edition.Store
	Pledges  *commitment.Store
	Home     func(context.Context) (place.Version, error) // the place whose house this is
	Upkeep   *upkeep.Store
	Plans    *plan.Store
	Registry *registry.Store
	Tasks    *task.Store
	Reports  *report.Store
	Follow   *follow.Store
	Blobs    blob.Store // keeps what people attach
	Key      []byte     // at least 32 random bytes, kept outside the database: seals what a browser holds for us
	Secure   bool       // people come by TLS: cookies say so
	Name     lang.Names // whose house this is, under the product's name
	Code     string     // version of the program
	Now      func() time.Time
	Demo     *Demo                                 // what a house for trying tells everybody; nil in every other house
	Client   func(*http.Request) netip.Addr        // where a request comes from; nil = its connection
	Space    func() (free, total int64, err error) // bytes of the disk the data is on; nil = not known
	Health   func(context.Context) Health          // what the doctor says of the machine; nil = nobody asks
	Report   func(r *http.Request, err error)      // is told of every internal error; nil = nobody

	Inspections *inspect.Store
}

// App answers requests under Root and EnglishRoot. It may be used from several goroutines.
type App struct {
	Options
	pages   *ui.Templates
	handler http.Handler
	mux     *http.ServeMux
	seal    cipher.AEAD
	tray    tray

	imagined imaginations
	defs     sync.Map // definitions of runs by the SHA-256 of their inputs: *score.Definition
}

// The paths under which the app answers.
const (
	Root        = "/app"
	EnglishRoot = "/en/app"
)

// New makes the app.
func New(o Options) (*App, error) {
	sub, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, err
	}
	a := &App{Options: o, tray: tray{patience: trayWaits}}
	if a.pages, err = ui.Parse(sub); err != nil {
		return nil, err
	}
	if a.seal, err = sealer(o.Key); err != nil {
		return nil, err
	}
	if a.Report == nil {
		a.Report = func(*http.Request, error) {}
	}
	if a.Client == nil {
		a.Client = connection
	}
	a.mux = a.routes()
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(a.foreign))
	a.handler = guard.Handler(a.mux)
	return a, nil
}

// sealer makes what hides from a browser what it keeps for us.
func sealer(key []byte) (cipher.AEAD, error) {
	if len(key) < sha256.Size {
		return nil, fmt.Errorf("web: the key has %d bytes, %d are needed", len(key), sha256.Size)
	}
	sealing, err := hkdf.Key(sha256.New, key, nil, "thuoc web seal", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// connection is the address at the other end of a request's connection.
func connection(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr()
}

// ServeHTTP answers one request.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if ui.ServeAsset(w, r) {
		return
	}
	h := w.Header()
	ui.Secure(h, false)
	// The same site may be told where somebody came from, which a form without scripts needs for the way back; nobody else.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if a.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	a.handler.ServeHTTP(w, r)
}
