package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"golang.org/x/text/language"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/limit"
)

// errMethod marks a request that does not read.
var errMethod = errors.New("method not allowed")

// problem is an error as RFC 9457 has it, with one entry of errors for every fault.
type problem struct {
	Type     string        `json:"type"`
	Title    string        `json:"title"`
	Status   int           `json:"status"`
	Detail   string        `json:"detail"`
	Instance string        `json:"instance"`
	Errors   []problemItem `json:"errors,omitempty"`
}

// problemItem is one fault of a question.
type problemItem struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitempty"`
}

// kinds gives each kind of error its status, its name in the description and its title.
var kinds = map[fault.Kind]struct {
	status int
	name   string
	title  fault.Text
}{
	fault.Invalid:  {http.StatusBadRequest, "Invalid", fault.T("This address cannot be read")},
	fault.NotFound: {http.StatusNotFound, "NotFound", fault.T("Not found")},
	fault.Gone:     {http.StatusGone, "Gone", fault.T("Withdrawn")},
	fault.TooLarge: {http.StatusRequestURITooLong, "TooLong", fault.T("This address cannot be read")},
	fault.Busy:     {http.StatusServiceUnavailable, "Busy", fault.T("Too busy just now")},
	fault.Internal: {http.StatusInternalServerError, "Internal", fault.T("Something went wrong")},
}

// fail is the one place where an error becomes an answer, in the language asked for.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	l := languageOf(r)
	kind, known := kinds[fault.KindOf(err)]
	if !known {
		kind = kinds[fault.Internal]
	}
	h := w.Header()
	if refusal, ok := errors.AsType[*limit.Refusal](err); ok {
		kind.status, kind.name = refusal.Header(h), "TooMany"
	} else if errors.Is(err, errMethod) {
		kind.status, kind.name = http.StatusMethodNotAllowed, "Method"
	} else if kind.status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "5")
	}
	p := problem{Type: Prefix + "/openapi.yaml#/components/responses/" + kind.name, Title: lang.Translate(l, kind.title), Status: kind.status, Instance: r.URL.EscapedPath()}
	if e, ok := errors.AsType[*fault.Error](err); ok && kind.status != http.StatusInternalServerError {
		p.Detail = lang.Translate(l, e.Text)
		for _, it := range e.Items {
			p.Errors = append(p.Errors, problemItem{it.Field, lang.Translate(l, it.What), lang.Translate(l, it.Remedy)})
		}
	} else {
		a.Report(r, err)
		p.Detail = lang.Translate(l, fault.T("The fault is on our side and has been recorded. Please try again later."))
	}
	body, err := json.Marshal(p)
	if err != nil {
		a.Report(r, err)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", string(l))
	h.Set("Vary", "Accept-Language")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(kind.status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

var spoken = language.NewMatcher([]language.Tag{language.Vietnamese, language.English})

// languageOf gives the language asked for: by the parameter, else by the client's preferences, else Vietnamese.
func languageOf(r *http.Request) lang.Lang {
	if values, err := url.ParseQuery(r.URL.RawQuery); err == nil {
		if l, ok := lang.Parse(values.Get(keyLang)); ok {
			return l
		}
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return lang.Vi
	}
	if _, i, sure := spoken.Match(tags...); sure > language.No && i == 1 {
		return lang.En
	}
	return lang.Vi
}
