package ui

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed asset
var assetFiles embed.FS

// AssetPrefix is the path under which the assets are served.
const AssetPrefix = "/a/"

// shelf holds the assets by name and by their address, which contains a hash of their bytes.
type shelf struct {
	path map[string]string // "css/thuoc.css" → "/a/thuoc.0123456789.css"
	body map[string]*Body  // by address
	icon map[string]string // "search" → "/a/icons.0123456789.svg#search"
}

// symbol is an icon as a sprite names it.
var symbol = regexp.MustCompile(`<symbol id="([\w-]+)"`)

var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".woff2": "font/woff2",
	".txt":   "text/plain; charset=utf-8",
}

// fontAddress is a font as the stylesheet names it; assets lie side by side when served.
var fontAddress = regexp.MustCompile(`\.\./(font/[\w-]+\.woff2)`)

var assets = sync.OnceValue(func() shelf {
	s := shelf{map[string]string{}, map[string]*Body{}, map[string]string{}}
	for _, dir := range []string{"font", "icon", "js", "css"} { // the stylesheet last: it names fonts by their hash
		entries, err := fs.ReadDir(assetFiles, "asset/"+dir)
		if err != nil {
			panic(err)
		}
		for _, e := range entries {
			name := dir + "/" + e.Name()
			data, err := assetFiles.ReadFile("asset/" + name)
			if err != nil {
				panic(err)
			}
			s.add(name, data)
		}
	}
	return s
})

func (s *shelf) add(name string, data []byte) {
	ext := path.Ext(name)
	if ext == ".css" {
		data = fontAddress.ReplaceAllFunc(data, func(m []byte) []byte {
			return []byte(path.Base(s.path[strings.TrimPrefix(string(m), "../")]))
		})
	}
	sum := sha256.Sum256(data)
	at := fmt.Sprintf("%s%s.%s%s", AssetPrefix, strings.TrimSuffix(path.Base(name), ext), hex.EncodeToString(sum[:5]), ext)
	s.path[name] = at
	for _, m := range symbol.FindAllSubmatch(data, -1) {
		s.icon[string(m[1])] = at + "#" + string(m[1])
	}
	s.body[at] = newBody(types[ext], data, true)
}

// AssetPath gives the address of an asset by its name, "css/thuoc.css". It panics on a name that is none: that is a
// defect of a template, and every template is rendered in tests.
func AssetPath(name string) string {
	at, ok := assets().path[name]
	if !ok {
		panic("ui: no asset " + name)
	}
	return at
}

// Assets lists the address of every asset with its body, for a site written to files.
func Assets() map[string]*Body { return assets().body }

// ServeAsset answers a request under AssetPrefix. An address names its bytes, so it may be kept for ever.
func ServeAsset(w http.ResponseWriter, r *http.Request) bool {
	body, ok := assets().body[r.URL.Path]
	if !ok {
		return false
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	body.Serve(w, r)
	return true
}
