package web

import (
	"encoding/json"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
)

// changeLine is a line that two versions of a plan do not share, in people's words.
type changeLine struct{ What, Was, Now string }

// changedParts are what a line of a version is about.
var changedParts = map[string]fault.Text{
	"title": fault.T("Title"), "kind": fault.T("Kind of paper"), "agency": fault.T("Agency"), "base-year": fault.T("Results it starts from"),
	"years": fault.T("Years"), "number": fault.T("Number and sign"), "signed": fault.T("Date of signing"), "signer": fault.T("Post that signed"),
	"paper": fault.T("The signed file"), "basis": fault.T("What it rests on"), "aim": fault.T("Target"), "duty": fault.T("Duty"),
}

func (v *visit) changeLine(d plan.Difference) (line changeLine, err error) {
	line.What = d.What
	if t, ok := changedParts[d.What]; ok {
		line.What = v.text(t)
	}
	if line.Was, err = v.lineWords(d.What, d.Was); err != nil {
		return line, err
	}
	line.Now, err = v.lineWords(d.What, d.Now)
	return line, err
}

// lineWords writes what a version says in one line of it.
func (v *visit) lineWords(what, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	switch what {
	case "kind":
		return v.text(planKinds[plan.Kind(text)]), nil
	case "base-year":
		return strings.TrimPrefix(text, "0"), nil // no year
	case "signed":
		day, err := clock.ParseDate(text)
		return lang.Date(v.lang, day), err
	case "paper":
		return "SHA-256 " + text[:min(12, len(text))] + "…", nil
	case "agency":
		return v.agencyWord(text)
	case "basis":
		var b plan.Basis
		err := json.Unmarshal([]byte(text), &b)
		return v.basis(b), err
	case "aim":
		var a plan.Aim
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			return "", err
		}
		return strings.TrimSpace(a.Code + ": " + v.aim(a) + " " + a.Note), nil
	case "duty":
		var d plan.SettledDuty
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return "", err
		}
		name, err := v.agencyWord(d.Agency)
		return strings.TrimSuffix(d.Code+": "+name+", "+v.text(dutyParts[d.Part])+". "+d.Words, ". "), err
	}
	return text, nil
}

// agencyWord names an agency as it is called today.
func (v *visit) agencyWord(id string) (string, error) {
	named, err := v.app.Agencies.Names(v.ctx(), v.actor.Day, id)
	if name := named[id]; name != "" || err != nil {
		return name, err
	}
	return v.t("an agency not known here"), nil
}

// basis writes a document that a plan rests on.
func (v *visit) basis(b plan.Basis) string {
	return strings.TrimSpace(strings.Join([]string{b.Number, dated(v, b.Dated), b.Issuer, b.Title}, " "))
}
