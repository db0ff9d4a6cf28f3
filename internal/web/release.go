package web

import (
	"strconv"
	"time"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/ui"
)

// mostNote bounds a note or a reason, in characters.
const mostNote = 2000

// decision is a form that takes an edition one step on its way, as the person who sends it saw the edition.
func (v *visit) decision(r edition.Release, title, lead string, f *form, do func(edition.Seen) (*page, error)) (*page, error) {
	now := strconv.Itoa(r.Version)
	f.editing(now)
	f.Cancel = ui.Link{Href: v.to("edition", r.ID), Text: v.t("Cancel")}
	pg := &page{template: "form", title: title, crumbs: v.toEdition(r), nav: "editions", body: formPage{Title: title, Lead: lead, Form: f}}
	pg, err := f.send(pg, func() (*page, error) {
		version, err := strconv.Atoi(f.Version)
		if err != nil {
			version = -1 // no version has it: a conflict
		}
		return do(edition.Seen{ID: r.ID, Version: version})
	})
	if err == nil && f.Clash != "" {
		f.Clash += " " + v.t("It now is: %s.", v.text(editionStates[r.State].name))
		f.editing(now)
	}
	return pg, err
}

// freezeEdition makes an edition of a run. Where one of the period is public, it asks what is corrected.
func (v *visit) freezeEdition() (*page, error) {
	of, err := v.app.Runs.Get(v.ctx(), v.actor, v.arg("run"))
	if err != nil {
		return nil, err
	}
	public, err := v.app.Editions.List(v.ctx(), v.actor, edition.Filter{Place: of.Place, Source: of.Source, Family: of.Family, Period: of.Period, State: edition.Public})
	if err != nil {
		return nil, err
	}
	lead := v.t("The run is computed again; only one that comes out the same is frozen. Nothing of the edition can be changed afterwards.")
	reason := &ui.Field{Name: "reason", Label: v.t("What it says, in a sentence"), Kind: "area", Most: mostNote, Wide: true, Optional: true}
	if len(public) > 0 {
		reason.Optional, reason.Label = false, v.t("What it corrects, and why")
		reason.Hint = v.t("An edition of this period is public already. Whoever reads the new one will read this.")
	}
	f, err := v.form(v.t("Freeze"), reason)
	if err != nil {
		return nil, err
	}
	f.Cancel = ui.Link{Href: v.to("run", of.ID), Text: v.t("Cancel")}
	title := v.t("Freeze %s as an edition", v.runName(of))
	pg := &page{template: "form", title: title, crumbs: v.toRun(of), nav: "runs", body: formPage{Title: title, Lead: lead, Form: f}}
	return f.send(pg, func() (*page, error) {
		r, err := v.app.Editions.Freeze(v.ctx(), v.actor, of.ID, f.get("reason"))
		if err != nil {
			return nil, err
		}
		return v.done(v.to("edition", r.ID), "The edition is frozen. Somebody else reviews it."), nil
	})
}

// The verdicts of a review.
const (
	approved = "approve"
	returned = "return"
)

// reviewEdition keeps a review. Who froze the edition may only take it back, and so may anybody once it was approved.
func (v *visit) reviewEdition() (*page, error) {
	r, _, err := v.app.Editions.Get(v.ctx(), v.actor, v.arg("edition"))
	if err != nil {
		return nil, err
	}
	verdict := &ui.Field{Name: "verdict", Label: v.t("The review finds"), Kind: "radio"}
	lead := v.t("Look at the differences to the former edition first. What you decide stays in the history.")
	if _, err := r.State.After(edition.Approve); err == nil && r.FrozenBy != v.actor.User || v.posted() {
		verdict.Options = append(verdict.Options, ui.Choice{Value: approved, Text: v.t("that it may be published"), Aside: v.t("by somebody who did not freeze it")})
	} else {
		verdict.Value = returned
		lead = v.t("You can send the edition back here. It then ends, and a new one may be frozen.")
	}
	verdict.Options = append(verdict.Options, ui.Choice{Value: returned, Text: v.t("that it must go back"), Aside: v.t("the note says why; a new one may be frozen")})
	f, err := v.form(v.t("Keep the review"), verdict, &ui.Field{Name: "note", Label: v.t("Note"), Kind: "area", Optional: true, Most: mostNote, Wide: true})
	if err != nil {
		return nil, err
	}
	return v.decision(r, v.t("Review %s", v.editionName(r)), lead, f, func(seen edition.Seen) (*page, error) {
		switch f.get("verdict") {
		case approved:
			return v.done(v.to("edition", r.ID), "The review is kept: the edition may be published."), v.app.Editions.Approve(v.ctx(), v.actor, seen, f.get("note"))
		case returned:
			return v.done(v.to("edition", r.ID), "The edition went back."), v.app.Editions.Return(v.ctx(), v.actor, seen, f.get("note"))
		}
		return nil, fault.Batch([]fault.Item{{Field: "verdict", What: fault.T("Nothing is chosen."), Remedy: fault.T("Choose one of the two.")}})
	})
}

func (v *visit) publishEdition() (*page, error) {
	r, _, err := v.app.Editions.Get(v.ctx(), v.actor, v.arg("edition"))
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Publish"),
		&ui.Field{Name: "day", Label: v.t("Public from the day"), Hint: v.t("Leave day and time empty to publish at once."), Kind: "date", Optional: true},
		&ui.Field{Name: "time", Label: v.t("at (Vietnamese time)"), Kind: "time", Optional: true},
		&ui.Field{Name: "note", Label: v.t("Note"), Kind: "area", Optional: true, Most: mostNote, Wide: true})
	if err != nil {
		return nil, err
	}
	lead := v.t("From then on everybody can read it, and it cannot be changed: only a later edition can correct it.")
	return v.decision(r, v.t("Publish %s", v.editionName(r)), lead, f, func(seen edition.Seen) (*page, error) {
		from, err := f.moment()
		if err != nil {
			return nil, err
		}
		if err := v.app.Editions.Publish(v.ctx(), v.actor, seen, from, f.get("note")); err != nil {
			return nil, err
		}
		if from.After(v.app.Now()) {
			return v.done(v.to("edition", r.ID), "The edition becomes public at %s.", v.moment(from)), nil
		}
		return v.done(v.to("edition", r.ID), "The edition is public."), nil
	})
}

// moment reads the fields day and time as a time in Vietnam; the zero time when both are empty. A day alone is from its
// first minute on.
func (f *form) moment() (time.Time, error) {
	day, hour := f.get("day"), f.get("time")
	switch {
	case day == "" && hour == "":
		return time.Time{}, nil
	case day == "":
		return time.Time{}, fault.Batch([]fault.Item{{Field: "day", What: fault.T("The day is missing."), Remedy: fault.T("Choose a day, or leave the time empty too.")}})
	case hour == "":
		hour = "00:00"
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", day+" "+hour, job.VietnamTime)
	if err != nil {
		return t, fault.Batch([]fault.Item{{Field: "day", What: fault.T("This is no day and time."), Remedy: fault.T("Write them as 2025-07-01 and 08:00.")}})
	}
	return t, nil
}

func (v *visit) withdrawEdition() (*page, error) {
	r, _, err := v.app.Editions.Get(v.ctx(), v.actor, v.arg("edition"))
	if err != nil {
		return nil, err
	}
	f, err := v.form(v.t("Withdraw"), &ui.Field{Name: "reason", Label: v.t("Reason"), Hint: v.t("Everybody who asks for the edition will read it."), Kind: "area", Most: mostNote, Wide: true})
	if err != nil {
		return nil, err
	}
	f.Danger = true
	lead := v.t("The public no longer gets the edition, and this cannot be undone. Where figures are only to be mended, freeze a correcting edition instead.")
	return v.decision(r, v.t("Withdraw %s", v.editionName(r)), lead, f, func(seen edition.Seen) (*page, error) {
		return v.done(v.to("edition", r.ID), "The edition is withdrawn; whoever asks for it reads the reason."), v.app.Editions.Withdraw(v.ctx(), v.actor, seen, f.get("reason"))
	})
}
