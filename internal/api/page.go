package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"thuoc/internal/fault"
)

// list is one page of a list.
type list[T any] struct {
	Total    int  `json:"total"` // items on all pages
	Previous word `json:"previous"`
	Next     word `json:"next"`
	Items    []T  `json:"items"`
}

// window is the part of a list that a page shows; items come by one by one.
type window struct {
	scope         []byte // what the cursor belongs to
	offset, limit int
	seen          int
}

// scopeBytes is how much of the hash of a question a cursor carries.
const scopeBytes = 6

// window opens the page asked for. A cursor belongs to one question to certain editions: with another question, or after
// a new edition, it is refused, because it would skip or repeat items unseen.
func (q *request) window(editions ...string) *window {
	sum := sha256.Sum256([]byte(q.URL.Path + "?" + q.canonical().Encode() + " " + strings.Join(editions, " ")))
	w := &window{scope: sum[:scopeBytes], limit: q.limit}
	if q.cursor == "" {
		return w
	}
	b, err := base64.RawURLEncoding.DecodeString(q.cursor)
	if err == nil && len(b) > scopeBytes && string(b[:scopeBytes]) == string(w.scope) {
		if offset, n := binary.Uvarint(b[scopeBytes:]); n > 0 && offset < 1<<31 {
			w.offset = int(offset)
			return w
		}
	}
	q.fault(keyCursor, fault.T("The cursor belongs to another question or to an older edition."))
	return w
}

// takes counts an item and tells whether the page shows it.
func (w *window) takes() bool {
	w.seen++
	return w.seen > w.offset && w.seen <= w.offset+w.limit
}

func (w *window) cursor(offset int) string {
	return base64.RawURLEncoding.EncodeToString(binary.AppendUvarint(w.scope[:scopeBytes:scopeBytes], uint64(offset)))
}

// paged answers with a page and the addresses of its neighbours, in the body and as RFC 8288 has them.
func paged[T any](q *request, w *window, items []T) (*answer, error) {
	l := list[T]{Total: w.seen, Items: listed(items)}
	if w.offset > 0 {
		l.Previous = word(q.pageAt(w, max(0, w.offset-w.limit)))
	}
	if w.offset+w.limit < w.seen {
		l.Next = word(q.pageAt(w, w.offset+w.limit))
	}
	n, err := encode(typeJSON, l)
	if err != nil {
		return nil, err
	}
	links := []string{fmt.Sprintf(`<%s>; rel="first"`, q.pageAt(w, 0))}
	if l.Previous != "" {
		links = append(links, fmt.Sprintf(`<%s>; rel="prev"`, l.Previous))
	}
	if l.Next != "" {
		links = append(links, fmt.Sprintf(`<%s>; rel="next"`, l.Next))
	}
	n.link = strings.Join(links, ", ")
	return n, nil
}

// pageAt is the address of the page that begins at an offset.
func (q *request) pageAt(w *window, offset int) string {
	v := q.canonical()
	if q.limit != usualItems {
		v.Set(keyLimit, strconv.Itoa(q.limit))
	}
	if offset > 0 {
		v.Set(keyCursor, w.cursor(offset))
	}
	at := q.URL.EscapedPath()
	if len(v) > 0 {
		at += "?" + v.Encode()
	}
	return at
}
