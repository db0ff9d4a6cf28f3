package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/draft"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/ui"
)

// The fields that every form has beside its own.
const (
	keyField     = "_khoa" // makes a second sending harmless
	versionField = "_ban"  // the version of what is edited
)

// secretFields are never kept in a draft.
var secretFields = []string{"password", "before", "code", "step", "tra_loi"}

// enteredOnly is what of a form may be kept.
func enteredOnly(values url.Values) url.Values {
	kept := url.Values{}
	for name, list := range values {
		if name != keyField && !slices.Contains(secretFields, name) {
			kept[name] = list
		}
	}
	return kept
}

// keptFrom is the number of fields from which on a form is saved while somebody writes; what was sent in vain is kept of
// every form.
const keptFrom = 3

// form is an entry form in a visit: what was entered, and what became of it.
type form struct {
	*ui.EntryForm
	v *visit
}

// form makes the form of the visit's page. Its fields come filled as they are stored; what is in a draft, and above that
// what was just sent, replaces it.
func (v *visit) form(submit string, fields ...*ui.Field) (*form, error) {
	f := &form{v: v, EntryForm: &ui.EntryForm{ID: "nhap-lieu", Action: v.r.URL.RequestURI(), Submit: submit, Fields: fields}}
	stored := map[string]string{}
	entered := 0
	for _, x := range fields {
		if x.Secret && !slices.Contains(secretFields, x.Name) {
			panic("web: the secret field " + x.Name + " would be kept in drafts")
		}
		if x.Kind != "hidden" {
			entered++
		}
		f.Multiple = f.Multiple || x.Kind == "file"
		stored[x.Name] = x.Value
	}
	if v.actor.User == "" {
		f.fill(v.r.PostForm)
		return f, nil
	}
	f.Key = v.app.Drafts.Key(v.actor.User, v.address())
	if entered >= keptFrom {
		f.Save = v.to("draft")
	}
	if v.posted() {
		f.fill(v.r.PostForm)
		return f, nil
	}
	return f, f.restore(stored)
}

// editing says which version of a thing the form was opened on, unless what was entered was entered on another.
func (f *form) editing(version string) {
	if f.Version == "" {
		f.Version = version
	}
}

// fill puts entered values into the fields.
func (f *form) fill(values url.Values) {
	if len(values) == 0 {
		return
	}
	for _, x := range f.Fields {
		if x.Kind != "file" {
			x.Set(values[x.Name])
		}
	}
	f.Version = values.Get(versionField)
}

// restore puts a draft into the fields, and says so when it differs from what is stored.
func (f *form) restore(stored map[string]string) error {
	v := f.v
	d, ok, err := v.app.Drafts.Find(v.ctx(), v.actor.User, v.address())
	if err != nil || !ok {
		return err
	}
	f.fill(d.Values)
	if slices.ContainsFunc(f.Fields, func(x *ui.Field) bool { return !x.Secret && x.Value != stored[x.Name] }) {
		f.Restored = v.t("Here is what you entered until %s and did not send.", v.moment(d.Saved))
		f.Discard = ui.Act{Action: v.to("draft-drop"), Key: f.Key, Text: v.t("Drop the draft"), Icon: "eraser"}
	}
	return nil
}

// get gives what a field holds, without blanks around it.
func (f *form) get(name string) string {
	for _, x := range f.Fields {
		if x.Name == name {
			if x.Secret {
				return x.Value
			}
			return strings.TrimSpace(x.Value)
		}
	}
	panic("web: the form has no field " + name)
}

// field finds a field.
func (f *form) field(name string) *ui.Field {
	i := slices.IndexFunc(f.Fields, func(x *ui.Field) bool { return x.Name == name })
	if i < 0 {
		return nil
	}
	return f.Fields[i]
}

// send does what the form asks for when it was sent: once for each copy of the form. A fault comes back with the page, in
// the form; what cannot come back with it is the error. pg is the page the form stands on.
func (f *form) send(pg *page, do func() (*page, error)) (*page, error) {
	v := f.v
	if !v.posted() {
		return pg, nil
	}
	next, err := v.once(func() (*page, error) {
		if err := f.offered(); err != nil {
			return nil, err
		}
		return do()
	})
	if err == nil {
		return next, nil
	}
	if fault.KindOf(err) == fault.Busy && v.actor.User != "" { // nor can what was entered be kept now, except before whoever entered it
		pg.status = f.later(err)
		return pg, nil
	}
	if v.actor.User != "" {
		kept := v.app.Drafts.Keep(v.ctx(), v.actor.User, v.address(), enteredOnly(v.r.PostForm))
		if kept != nil && fault.KindOf(err) != fault.Invalid {
			return nil, errors.Join(err, kept)
		}
		v.kept = kept == nil
	}
	if errors.Is(err, account.ErrNotFresh) {
		return v.proveFirst(v.to(v.route.name, v.values()...)), nil
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		f.blame(err)
		pg.status = http.StatusUnprocessableEntity
	case fault.Conflict:
		f.clash(err)
		pg.status = http.StatusConflict
	default:
		return nil, err
	}
	return pg, nil
}

// offered refuses a choice that was not offered: nobody sends the id of what they were not shown, as of another province.
func (f *form) offered() error {
	var items []fault.Item
	for _, x := range f.Fields {
		if x.Kind != "select" && x.Kind != "radio" || x.Value == "" {
			continue
		}
		if !slices.ContainsFunc(x.Options, func(c ui.Choice) bool { return c.Value == x.Value }) {
			items = append(items, fault.Item{Field: x.Name, What: fault.T("This was not offered here."), Remedy: fault.T("Choose one of the list.")})
		}
	}
	return fault.Batch(items)
}

// once does what a form or a button asks for, once for each copy of it, and remembers where that leads. Somebody who
// has not signed in has no keys; what they may send is harmless twice.
func (v *visit) once(do func() (*page, error)) (*page, error) {
	if v.actor.User == "" {
		return do()
	}
	f, err := v.app.Drafts.Read(v.r.PostForm.Get(keyField))
	if err == nil && (f.User != v.actor.User || f.Address != v.address()) {
		err = fault.New(fault.Invalid, "This form was opened by somebody else or for something else. Look at it again before you send it.")
	}
	if err != nil {
		return nil, err
	}
	var direct *page
	kept, err := v.app.Drafts.Once(v.ctx(), f, func() (string, error) {
		pg, err := do()
		if err != nil {
			return "", err
		}
		direct = pg
		return v.app.closed("outcome", outcome{pg.to, pg.flash}), nil
	})
	if direct != nil {
		if err != nil { // it took effect; only that the same form was done could not be written down
			v.app.Report(v.r, err)
		}
		return direct, nil
	}
	if err != nil {
		return nil, err
	}
	var before outcome
	if !v.app.opened("outcome", kept, &before) {
		return v.done(v.to("work"), "This form was sent before and took effect."), nil
	}
	return &page{to: before.To, flash: before.Flash}, nil
}

// mostFaults is how many faults a page names: a file can have one on every line.
const mostFaults = 200

// blame writes an error's faults at the fields they belong to, and all of them at the head.
func (f *form) blame(err error) {
	e, _ := errors.AsType[*fault.Error](err)
	f.Head = f.v.text(e.Text)
	if n := len(e.Items); n > 0 {
		f.Head = f.v.t("%d places need correcting", n)
	}
	for i, it := range e.Items {
		if i == mostFaults {
			f.Faults = append(f.Faults, ui.Link{Text: f.v.t("… and %d more faults.", len(e.Items)-i)})
			break
		}
		said := strings.TrimSpace(lang.Translate(f.v.lang, it.What) + " " + lang.Translate(f.v.lang, it.Remedy))
		link := ui.Link{Text: said}
		if at := it.Place(); at != "" { // in a file that was sent
			link.Text = strings.Join(slices.DeleteFunc([]string{at, it.Field, said}, func(s string) bool { return s == "" }), ": ")
			f.Faults = append(f.Faults, link)
			continue
		}
		x := f.field(it.Field)
		if x != nil && x.Kind == "hidden" {
			x = f.field(typedIn(it.Field))
		}
		if x != nil {
			x.Faults = append(x.Faults, said)
			link.Text, link.Href = x.Label+": "+said, "#"+x.At()
		}
		f.Faults = append(f.Faults, link)
	}
}

// later says that it cannot be done now, and gives the status. The form stays as it was sent, under the same key: should it
// have been done after all, it is not done twice.
func (f *form) later(err error) (status int) {
	e, _ := errors.AsType[*fault.Error](err)
	f.Head, f.Key = f.v.text(e.Text), f.v.r.PostForm.Get(keyField)
	return f.v.refuse(err)
}

// clash says that somebody else was first. The fields show what is stored now beside what was entered, and the form takes
// the new version: sent again it replaces knowingly.
func (f *form) clash(err error) {
	e, _ := errors.AsType[*fault.Error](err)
	f.Clash = strings.TrimSpace(f.v.text(e.Text) + " " + f.v.lastChange())
	f.Version = ""
}

// beside shows what is stored now where it differs from what was entered.
func (f *form) beside(now map[string]string, version string) {
	for _, x := range f.Fields {
		if is, ok := now[x.Name]; ok && is != x.Value {
			if x.Now = is; is == "" {
				x.Now = f.v.t("nothing")
			}
		}
	}
	f.Version = version
}

// act makes a button that does one thing at a route.
func (v *visit) act(text, icon, kind, name string, args ...string) ui.Act {
	address := fill(routeOf(name).path(lang.Vi), args...)
	return ui.Act{Action: v.to(name, args...), Key: v.app.Drafts.Key(v.actor.User, address), Text: text, Icon: icon, Kind: kind}
}

// keepDraft takes what the script sends while somebody writes. The key alone says whose it is: that it comes from a
// session that has ended meanwhile is no reason to lose it.
func (v *visit) keepDraft() (*page, error) {
	f, err := v.app.Drafts.Read(v.r.PostForm.Get(keyField))
	if err != nil {
		return nil, err
	}
	if v.actor.User != "" && v.actor.User != f.User {
		return nil, fault.New(fault.Forbidden, "This draft is somebody else's.")
	}
	return &page{none: true}, v.app.Drafts.Keep(v.ctx(), f.User, f.Address, enteredOnly(v.r.PostForm))
}

// dropDraft forgets a draft, and shows the form as it is stored.
func (v *visit) dropDraft() (*page, error) {
	var f draft.Form
	f, err := v.app.Drafts.Read(v.r.PostForm.Get(keyField))
	if err != nil {
		return nil, err
	}
	if f.User != v.actor.User {
		return nil, fault.New(fault.Forbidden, "This draft is somebody else's.")
	}
	if err := v.app.Drafts.Drop(v.ctx(), f.User, f.Address); err != nil {
		return nil, err
	}
	return v.done(v.back(), "The draft is dropped."), nil
}
