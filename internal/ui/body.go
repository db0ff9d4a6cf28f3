package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// Body is an answer's bytes with what is known of them: their type, their tag, and their compressed forms, each made
// once when first asked for. It may be used from several goroutines.
type Body struct {
	Type  string
	Bytes []byte
	head  []string // Content-Type, as a header holds it
	plain *rendition
	coded [len(codings)]func() *rendition // all nil where the type gains nothing
}

// rendition is a body in one coding, with the headers that follow from it made once: an answer that is kept is given
// many times. The slices are full, so that a header that is added to later gets one of its own.
type rendition struct {
	data                []byte
	coding, tag, length []string
}

func newRendition(data []byte, tag, coding string) *rendition {
	r := &rendition{data: data, tag: []string{`"` + tag + `"`}, length: []string{strconv.Itoa(len(data))}}
	if coding != "" {
		r.tag, r.coding = []string{`"` + tag + "-" + coding + `"`}, []string{coding}
	}
	return r
}

const varyCoding = "Accept-Encoding"

// codings are the compressions offered, best first.
var codings = [...]struct {
	name  string
	press func(b []byte, tight bool) []byte
}{
	{"br", func(b []byte, tight bool) []byte {
		var out bytes.Buffer
		// 6 of 11 takes a quarter of the time of 9 for 1 to 2 % more bytes (a map home 14 ms, 17.6 KB), so that the first
		// reader need not wait. What every reader loads is worth the time of the best.
		level := 6
		if tight {
			level = brotli.BestCompression
		}
		w := brotli.NewWriterLevel(&out, level)
		w.Write(b)
		w.Close()
		return out.Bytes()
	}},
	{"gzip", func(b []byte, _ bool) []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		w.Write(b)
		w.Close()
		return out.Bytes()
	}},
}

// NewBody makes a body. Already compressed types (fonts, pictures, workbooks) are sent as they are.
func NewBody(contentType string, b []byte) *Body { return newBody(contentType, b, false) }

func newBody(contentType string, b []byte, tight bool) *Body {
	sum := sha256.Sum256(b)
	tag := hex.EncodeToString(sum[:12])
	body := &Body{Type: contentType, Bytes: b, head: []string{contentType}, plain: newRendition(b, tag, "")}
	for i, c := range codings {
		if body.squeezable() {
			body.coded[i] = sync.OnceValue(func() *rendition { return newRendition(c.press(b, tight), tag, c.name) })
		}
	}
	return body
}

func (b *Body) squeezable() bool {
	return len(b.Bytes) > 512 && (strings.HasPrefix(b.Type, "text/") || strings.Contains(b.Type, "json") || strings.Contains(b.Type, "svg"))
}

// Size is an estimate of the memory the body takes with its compressed forms.
func (b *Body) Size() int { return len(b.Bytes) + len(b.Bytes)/2 }

// Brotli gives the body compressed, or plain where its type gains nothing.
func (b *Body) Brotli() []byte {
	if b.coded[0] == nil {
		return b.Bytes
	}
	return b.coded[0]().data
}

// Serve answers with the body in the best coding the client takes, or with 304 when it has these bytes already. Other
// headers are the caller's.
func (b *Body) Serve(w http.ResponseWriter, r *http.Request) { b.ServeStatus(w, r, http.StatusOK) }

// ServeStatus is Serve with another status, which is never answered by 304.
func (b *Body) ServeStatus(w http.ResponseWriter, r *http.Request, status int) {
	h := w.Header()
	in := b.negotiate(r.Header.Get(varyCoding))
	h["Etag"] = in.tag
	if b.coded[0] != nil {
		h["Vary"] = append(h["Vary"], varyCoding)
	}
	if status == http.StatusOK && matches(r.Header.Get("If-None-Match"), in.tag[0]) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"], h["Content-Length"] = b.head, in.length
	if in.coding != nil {
		h["Content-Encoding"] = in.coding
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(in.data)
	}
}

// negotiate picks the best coding that the client takes.
func (b *Body) negotiate(accept string) *rendition {
	for i, c := range codings {
		if b.coded[i] != nil && accepts(accept, c.name) {
			return b.coded[i]()
		}
	}
	return b.plain
}

// accepts tells whether an Accept-Encoding names a coding without q=0.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) != coding {
			continue
		}
		q = strings.TrimPrefix(strings.ReplaceAll(q, " ", ""), "q=")
		v, err := strconv.ParseFloat(q, 64)
		return q == "" || err == nil && v > 0
	}
	return false
}

// matches tells whether an If-None-Match names the tag, weakly compared (RFC 9110, 13.1.2).
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == tag || part == "*" {
			return true
		}
	}
	return false
}
