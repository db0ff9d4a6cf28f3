package web

import (
	"encoding/hex"
	"net/url"
	"runtime"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/fault"
	"thuoc/internal/ui"
)

// The query keys of the log.
const (
	keyActor  = "ai"
	keyAction = "viec"
	keyObject = "gi"
	keyBefore = "truoc"
)

// auditPage is the log.
type auditPage struct {
	Title               string
	Action              string
	Actor, Verb, Object string
	Filtered            bool
	Clear               string
	Rows                []auditRow
	Older               string
	Head                string
	Verify              ui.Act
	Report              *reportView
}

// auditRow is an entry of the log.
type auditRow struct {
	At, Who, Action, Object string
	Named                   bool // the object is a person
	ActorHref, ObjectHref   string
	Seq                     string // its place in the chain; "" while it waits for the sealer
	Hash                    string
}

// reportView is what looking through the chain found.
type reportView struct {
	Whole    bool
	Head     string
	Unsealed int
	Findings []string
}

// logPage is how many entries a page of the log holds.
const logPage = 100

func (v *visit) audit() (*page, error) {
	f := audit.Filter{Actor: v.ask(keyActor), Action: v.ask(keyAction), Object: v.ask(keyObject), Before: v.ask(keyBefore), Limit: logPage + 1}
	rows, names, err := v.app.Upkeep.Entries(v.ctx(), v.actor, f)
	if err != nil {
		return nil, err
	}
	body := auditPage{Title: v.t("Audit log"), Action: v.to("audit"), Actor: f.Actor, Verb: f.Action, Object: f.Object, Clear: v.to("audit"),
		Filtered: f.Actor+f.Action+f.Object != "", Verify: v.act(v.t("Look through the whole chain"), "shield-check", "primary", "audit-verify")}
	if len(rows) > logPage {
		rows = rows[:logPage]
		q := v.r.URL.Query()
		q.Set(keyBefore, rows[logPage-1].ID)
		body.Older = v.at(q, "audit")
	}
	for _, r := range rows {
		body.Rows = append(body.Rows, v.auditRow(r, names))
	}
	return &page{template: "audit", title: body.Title, nav: "audit", body: body}, nil
}

func (v *visit) auditRow(r audit.Row, names map[string]string) auditRow {
	row := auditRow{At: v.moment(r.At), Who: r.Actor, Action: v.deed(r.Action), Object: r.Object,
		ActorHref: v.at(url.Values{keyActor: {r.Actor}}, "audit"), ObjectHref: v.at(url.Values{keyObject: {r.Object}}, "audit")}
	if name := names[r.Actor]; name != "" {
		row.Who = name
	}
	if name := names[r.Object]; name != "" {
		row.Object, row.Named = name, true
	}
	if r.Seq != nil {
		row.Seq, row.Hash = count(v, *r.Seq), hex.EncodeToString(r.Hash)[:12]
	}
	return row
}

// verifyAudit reads the whole log and says on the page what it found; it changes nothing, so sending it twice is harmless.
func (v *visit) verifyAudit() (*page, error) {
	r, err := v.app.Upkeep.Verify(v.ctx(), v.actor)
	if err != nil {
		return nil, err
	}
	pg, err := v.audit()
	if err != nil {
		return nil, err
	}
	body := pg.body.(auditPage)
	body.Report = &reportView{Whole: len(r.Findings) == 0, Head: r.Head.String(), Unsealed: r.Unsealed}
	for _, f := range r.Findings {
		body.Report.Findings = append(body.Report.Findings, v.text(f))
	}
	pg.body = body
	return pg, nil
}

// systemPage is how the machine stands.
type systemPage struct {
	Title   string
	Parts   []systemPart
	Letters []letterRow
	May     bool // mend
	Found   []foundRow
	Asked   bool // the doctor was
}

// Health is what the doctor says of the house and its machine.
type Health struct {
	Backup   time.Time // when the newest one was made; zero when there is none
	Findings []Finding // what is not well
}

// Finding is one thing that is not well, and what to do about it.
type Finding struct {
	Bad          bool // it cannot wait
	Seen, Remedy fault.Text
}

// foundRow is a finding in words.
type foundRow struct {
	Bad          bool
	Seen, Remedy string
}

// systemPart is a group of facts with one verdict.
type systemPart struct {
	Head  string
	Good  bool
	Says  string
	Facts []fact
}

// fact is a term with its value.
type fact struct{ Term, Value string }

// letterRow is a job that failed for good.
type letterRow struct {
	Kind, Args, Error, When string
	Attempts                int
	Revive, Discard         ui.Act
}

func (v *visit) system() (*page, error) {
	x, err := v.app.Upkeep.Look(v.ctx(), v.actor)
	if err != nil {
		return nil, err
	}
	body := systemPage{Title: v.t("System health"), May: v.actor.MayAnywhere(account.MendSystem)}
	body.Parts = []systemPart{
		{Head: v.t("Work in the background"), Good: x.Jobs.Dead == 0, Says: v.either(x.Jobs.Dead == 0, v.t("Nothing has failed for good."), v.t("%d jobs have failed for good; see below.", x.Jobs.Dead)),
			Facts: []fact{{v.t("Waiting"), count(v, x.Jobs.Waiting)}, {v.t("Running"), count(v, x.Jobs.Running)}, {v.t("For later"), count(v, x.Jobs.Later)}, {v.t("Oldest waits since"), v.moment(x.Jobs.Oldest)}}},
		{Head: v.t("Mail"), Good: x.Mail.Waiting == 0 || v.app.Now().Sub(x.Mail.Oldest) < time.Hour, Says: v.either(x.Mail.Waiting == 0, v.t("Everything is sent."), v.t("%d letters wait to be sent.", x.Mail.Waiting)),
			Facts: []fact{{v.t("Oldest waits since"), v.moment(x.Mail.Oldest)}}},
		{Head: v.t("Audit chain"), Good: x.Unsealed < 1000, Says: v.t("%s entries are sealed; %s wait for the sealer.", count(v, x.Head.Seq), count(v, x.Unsealed)),
			Facts: []fact{{v.t("Head, to be kept outside"), x.Head.String()}, {v.t("Last sent outside by mail"), v.either(x.Mailed.IsZero(), v.t("never, or not lately"), v.moment(x.Mailed))}}},
		{Head: v.t("Database"), Good: x.Facts.Durable, Says: v.either(x.Facts.Durable, v.t("What is confirmed is on disk."), v.t("What is confirmed may be lost in a power cut: the engine is set so.")),
			Facts: []fact{{v.t("Engine"), x.Facts.Engine}, {v.t("Schema"), count(v, x.Facts.Schema)}, {v.t("Log not yet written back"), v.bytes(x.Stats.LogBytes)},
				{v.t("Changes"), count(v, x.Stats.Updates)}, {v.t("Changes over 250 ms"), count(v, x.Stats.Overlong)}, {v.t("Changes refused as busy"), count(v, x.Stats.Busy)}}},
		v.programPart(),
	}
	v.doctor(&body)
	for _, l := range x.Dead {
		row := letterRow{Kind: l.Kind, Args: l.Args, Error: l.Error, When: v.moment(l.Dead), Attempts: l.Attempts}
		row.Revive = v.act(v.t("Try again"), "rotate-ccw", "", "job-revive", l.ID)
		row.Discard = v.act(v.t("Discard"), "trash-2", "danger", "job-discard", l.ID)
		body.Letters = append(body.Letters, row)
	}
	return &page{template: "system", title: body.Title, nav: "system", body: body}, nil
}

// oldBackup is when a backup is late: one night may be, none may be missed.
const oldBackup = 36 * time.Hour

// doctor adds what the doctor says, and how old the newest backup is.
func (v *visit) doctor(body *systemPage) {
	if v.app.Health == nil {
		return
	}
	x := v.app.Health(v.ctx())
	body.Asked = true
	for _, f := range x.Findings {
		body.Found = append(body.Found, foundRow{f.Bad, v.text(f.Seen), v.text(f.Remedy)})
	}
	p := systemPart{Head: v.t("Backups"), Says: v.t("There is no backup yet.")}
	if !x.Backup.IsZero() {
		age := v.app.Now().Sub(x.Backup)
		p.Good, p.Says = age <= oldBackup, v.t("The newest backup is %d hours old.", int(age.Hours()))
		p.Facts = []fact{{v.t("Made at"), v.moment(x.Backup)}}
	}
	body.Parts = append(body.Parts, p)
}

// lowSpace is the share of a disk under which nothing more is taken.
const lowSpace = 0.05

func (v *visit) programPart() systemPart {
	p := systemPart{Head: v.t("Program and disk"), Good: true, Facts: []fact{{v.t("Version of the program"), v.app.Code}, {"Go", runtime.Version()[2:]}}}
	if v.app.Space == nil {
		p.Says = v.t("How much space is left is not known.")
		return p
	}
	free, total, err := v.app.Space()
	if err != nil {
		p.Good, p.Says = false, v.t("The disk cannot be asked how much space is left.")
		return p
	}
	p.Good = float64(free) > lowSpace*float64(total)
	p.Says = v.either(p.Good, v.t("%s of %s are free.", v.bytes(free), v.bytes(total)), v.t("Only %s of %s are free: no more files are taken. Make room on the disk.", v.bytes(free), v.bytes(total)))
	return p
}

// either gives the first text where something holds, else the second.
func (v *visit) either(holds bool, yes, no string) string {
	if holds {
		return yes
	}
	return no
}

func (v *visit) reviveJob() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("system"), "The job will be tried again."), v.app.Upkeep.Revive(v.ctx(), v.actor, v.arg("job"))
	})
}

func (v *visit) discardJob() (*page, error) {
	return v.once(func() (*page, error) {
		return v.done(v.to("system"), "The job is discarded."), v.app.Upkeep.Discard(v.ctx(), v.actor, v.arg("job"))
	})
}
