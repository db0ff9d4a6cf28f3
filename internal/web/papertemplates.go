package web

import (
	"bytes"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/docx"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/registry"
	"thuoc/internal/sheet"
	"thuoc/internal/ui"
)

// templatesPage is the templates of the places in which somebody may set them.
type templatesPage struct {
	Title   string
	Default string
	Form    *form
	Rows    []templateRow
	Fields  []docx.Field
}

// templateRow is a template of a place.
type templateRow struct {
	Href, Name, Place, Kind string
	Since, Who, When, Hash  string
	Missing                 string // fields it does not show
	Holds                   bool   // today
}

// templatePlaces are the places whose templates the person may set.
func (v *visit) templatePlaces() (list []ui.Choice, err error) {
	seen := map[string]bool{}
	for _, g := range v.actor.Grants {
		may, err := v.may(account.SetTemplates, account.Subject{Place: g.Place})
		if err != nil {
			return nil, err
		}
		if g.Place == "" || !may || seen[g.Place] {
			continue
		}
		seen[g.Place] = true
		name, err := v.placeName(g.Place)
		if err != nil {
			return nil, err
		}
		list = append(list, ui.Choice{Value: g.Place, Text: name})
	}
	return list, nil
}

func (v *visit) templates() (*page, error) {
	places, err := v.templatePlaces()
	if err != nil {
		return nil, err
	}
	kinds := []ui.Choice{{Value: "", Text: v.text(registry.AnyKind.Text())}}
	for _, k := range registry.Kinds {
		kinds = append(kinds, ui.Choice{Value: string(k), Text: v.text(k.Text())})
	}
	steps := []ui.Choice{{Value: "check", Text: v.t("only check the file")}, {Value: "set", Text: v.t("use it from the day on")}, {Value: "own", Text: v.t("go back to the program's own template")}}
	f, err := v.form(v.t("Go on"),
		&ui.Field{Name: "place", Label: v.t("Place"), Kind: "select", Options: places},
		&ui.Field{Name: "kind", Label: v.t("For which documents"), Kind: "select", Options: kinds, Optional: true},
		&ui.Field{Name: "step", Label: v.t("Use of the file"), Kind: "radio", Options: steps, Value: "check"},
		&ui.Field{Name: "since", Label: v.t("From the day"), Kind: "date", Value: v.actor.Day.String()},
		&ui.Field{Name: "file", Label: v.t("The template"), Hint: v.t("DOCX, at most %d MB, without macros. Its fields stand in double braces.", 8), Kind: "file", Accept: ".docx", Optional: true})
	if err != nil {
		return nil, err
	}
	body := templatesPage{Title: v.t("Templates of documents"), Default: v.to("template-default"), Form: f, Fields: docx.Fields}
	for _, p := range places {
		rows, err := v.templateRows(p)
		if err != nil {
			return nil, err
		}
		body.Rows = append(body.Rows, rows...)
	}
	pg := &page{template: "paper-templates", title: body.Title, nav: "templates", body: body}
	return f.send(pg, func() (*page, error) { return v.setTemplate(f) })
}

// setTemplate checks a template, and lets it hold where that was asked.
func (v *visit) setTemplate(f *form) (*page, error) {
	t := registry.Template{Place: f.get("place"), Kind: registry.Kind(f.get("kind"))}
	t.Since, _ = sheet.ParseDate(f.get("since"))
	if f.get("step") == "own" {
		_, err := v.app.Registry.SetTemplate(v.ctx(), v.actor, t)
		return v.done(v.to("templates"), "From that day on, the program's own template holds."), err
	}
	u, err := v.upload("file")
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, fault.Batch([]fault.Item{{Field: "file", What: fault.T("No file was chosen."), Remedy: fault.T("Choose the template as DOCX.")}})
	}
	defer u.Close() // it was only read
	name, data, err := u.all(8 << 20)
	if err != nil {
		return nil, err
	}
	tmpl, err := docx.Open(data)
	if err != nil {
		return nil, blamed("file", err)
	}
	missing := named(tmpl.Missing())
	if f.get("step") != "set" {
		if missing == "" {
			return v.done(v.to("templates"), "The template is sound and shows every field."), nil
		}
		return v.done(v.to("templates"), "The template is sound. It does not show: %s. That is right where it bears the words themselves.", missing), nil
	}
	ref, err := v.app.Blobs.Put(v.ctx(), bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	t.Name, t.File, t.Size = name, ref.SHA256, ref.Size
	_, err = v.app.Registry.SetTemplate(v.ctx(), v.actor, t)
	return v.done(v.to("templates"), "The template holds from %s on.", lang.Date(v.lang, t.Since)), err
}

// named lists fields as they are written.
func named(fields []docx.Field) string {
	var names []string
	for _, f := range fields {
		names = append(names, "{{"+f.Name+"}}")
	}
	return strings.Join(names, " ")
}

// templateRows lists the templates of a place, the latest first.
func (v *visit) templateRows(p ui.Choice) (rows []templateRow, err error) {
	list, err := v.app.Registry.Templates(v.ctx(), v.actor, p.Value)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var who []string
	for _, t := range list {
		who = append(who, t.Actor)
	}
	called, err := v.app.Accounts.Called(v.ctx(), who...)
	if err != nil {
		return nil, err
	}
	held := map[registry.Kind]bool{}
	for _, t := range list {
		row := templateRow{Name: t.Name, Place: p.Text, Kind: v.text(t.Kind.Text()), Since: lang.Date(v.lang, t.Since), Who: called[t.Actor], When: v.moment(t.Added), Hash: t.File}
		if !v.actor.Day.Before(t.Since) && !held[t.Kind] {
			held[t.Kind], row.Holds = true, true
		}
		if t.File == "" {
			row.Name = v.t("the program's own, by Decree 30/2020")
		} else {
			row.Href = v.to("template", t.ID)
			data, err := v.blob(t.File)
			if err != nil {
				return nil, err
			}
			if tmpl, err := docx.Open(data); err == nil {
				row.Missing = named(tmpl.Missing())
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (v *visit) defaultTemplate() (*page, error) { return v.word("mau-van-ban.docx", docx.Default()) }

func (v *visit) templateFile() (*page, error) {
	t, err := v.app.Registry.Template(v.ctx(), v.actor, v.arg("template"))
	if err != nil {
		return nil, err
	}
	data, err := v.blob(t.File)
	if err != nil {
		return nil, err
	}
	return v.word("mau-van-ban-"+t.Since.String()+".docx", data)
}
