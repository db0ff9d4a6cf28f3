package api

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"strconv"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// How long an answer may be used without asking again: short for one that a new edition may change, for ever for the
// frozen bytes under an edition's own id.
const (
	freshFor = "public, max-age=300, stale-while-revalidate=600, stale-if-error=86400"
	forEver  = "public, max-age=31536000, immutable"
)

// The types of answers.
const (
	typeJSON   = "application/json"
	typeJSONLD = "application/ld+json"
	typeYAML   = "application/yaml"
)

// answer is a finished answer. Its tag is the hash of its bytes, which hold nothing but what the editions and the
// canonical query say.
type answer struct {
	body     *ui.Body
	link     string    // other pages of a list
	location string    // the lasting address of what was asked for by a passing one
	lang     lang.Lang // the language its words are in; "" = it has both
	forever  bool
}

// Size is the memory of the answer.
func (n *answer) Size() int { return n.body.Size() + len(n.link) + len(n.location) }

// route is one address with the parameters it takes.
type route struct {
	path   string // under Prefix, as a pattern of http.ServeMux
	takes  []string
	worded bool // the answer is in one language
	answer func(*request) (*answer, error)
}

// request is one question: its route, its checked parameters and whatever is wrong with them.
type request struct {
	*http.Request
	api   *API
	route *route
	query
	faults []fault.Item
}

// serve answers a request of a route: from the cache, or anew.
func (a *API) serve(w http.ResponseWriter, r *http.Request, to *route) {
	q := &request{Request: r, api: a, route: to}
	q.parse()
	n, err := a.answerTo(q)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", freshFor)
	if n.forever {
		h.Set("Cache-Control", forEver)
	}
	if n.lang != "" {
		h.Set("Content-Language", string(n.lang))
		h.Set("Vary", "Accept-Language")
	}
	if n.link != "" {
		h.Set("Link", n.link)
	}
	if n.location != "" {
		h.Set("Content-Location", n.location)
	}
	n.body.Serve(w, r)
}

func (a *API) answerTo(q *request) (*answer, error) {
	key := a.Shelf.Mark() + q.key()
	if len(q.faults) == 0 {
		if n, ok := a.cache.Get(key); ok {
			return n, nil
		}
	}
	select {
	case a.work <- struct{}{}:
		defer func() { <-a.work }()
	case <-q.Context().Done():
		return nil, &fault.Error{Kind: fault.Busy, Text: fault.T("Too many people are reading just now."), Err: q.Context().Err()}
	}
	n, err := q.route.answer(q)
	if err != nil {
		return nil, err
	}
	if err := q.wrong(); err != nil {
		return nil, err
	}
	if q.route.worded {
		n.lang = q.lang
	}
	a.cache.Put(key, n)
	return n, nil
}

// json makes an answer of a value.
func (q *request) json(v any) (*answer, error) { return encode(typeJSON, v) }

func encode(contentType string, v any) (*answer, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return &answer{body: ui.NewBody(contentType, b.Bytes())}, nil
}

// number, count and word are null when they are not known.
type (
	number float64
	count  int
	word   string
)

// MarshalJSON writes NaN as null.
func (n number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil // the shortest that reads back as the same
}

// MarshalJSON writes 0 as null.
func (n count) MarshalJSON() ([]byte, error) {
	if n == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(int(n))
}

// MarshalJSON writes the empty word as null.
func (s word) MarshalJSON() ([]byte, error) {
	if s == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(s))
}

// named gives a name, null for an empty one.
func named(n lang.Names) *lang.Names {
	if n == (lang.Names{}) {
		return nil
	}
	return &n
}

// listed gives a list that is [] and not null when it is empty.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
