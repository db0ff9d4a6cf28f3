// Package editiontest keeps a house whose own editions went every way: one is public, one was corrected, one withdrawn,
// one is under embargo. Only tests import it. It promises that every edition came by the store's own steps.
package editiontest

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/edition"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/run"
)

// Place is the id of the place whose house it is.
const Place = "province-1"

// Secret is a unit that stands in the embargoed edition alone: nothing public may hold it.
const Secret = "don-vi-cho-cong-bo"

// The reasons that the public is told.
const (
	CorrectedFor = "Bỏ 14 phiếu bị nhập hai lần."
	WithdrawnFor = "Mẫu của kỳ này bị chọn sai."
)

// House is a house with its editions.
type House struct {
	Dir                                     string // the public folder
	Shelf                                   *edition.Shelf
	Clock                                   *dbtest.Clock
	Store                                   *edition.Store
	Runs                                    *run.Store
	Jobs                                    *job.Runner
	DB                                      *db.DB
	Public, Corrected, Withdrawn, Embargoed edition.Release
	Pledge, PledgeEmbargoed                 edition.Release // of a plan

	t testing.TB
}

// Opens is when the embargo of Embargoed ends.
var Opens = dbtest.Start.Add(48 * time.Hour)

// New makes the house on an engine.
func New(t testing.TB, e db.Engine) *House {
	t.Helper()
	d, c := dbtest.New(t, e)
	h := &House{Dir: t.TempDir(), Clock: c, DB: d, t: t, Jobs: job.New(d, slog.New(slog.DiscardHandler), 1)}
	blobs := filepath.Join(t.TempDir(), "blobs")
	h.must(blob.CreateDisk(blobs))
	disk, err := blob.OpenDisk(blobs, c.Now())
	h.must(err)
	t.Cleanup(func() { disk.Close() })
	log, err := audit.New(bytes.Repeat([]byte{7}, 32))
	h.must(err)
	h.Runs = run.New(run.Options{DB: d, Blobs: disk, Log: log, Code: "test"})
	h.Store = edition.New(edition.Options{DB: d, Blobs: disk, Log: log, Runs: h.Runs, Code: "test", Dir: h.Dir})
	h.Store.Register(h.Jobs)
	h.Shelf = edition.Released(h.Dir, edition.Embedded(edition.Made{By: "test", Code: "test"}), func(err error) { t.Error(err) })
	h.Corrected = h.publish(h.freeze("2024", figures(11, ""), ""), time.Time{})
	h.Public = h.publish(h.freeze("2024", figures(10.5, ""), CorrectedFor), time.Time{})
	h.Withdrawn = h.publish(h.freeze("2023", figures(9, ""), ""), time.Time{})
	h.must(h.Store.Withdraw(t.Context(), h.Actor("chi", account.ProvincialChair), h.seen(h.Withdrawn.ID), WithdrawnFor))
	h.pledges(plan.New(plan.Options{DB: d, Log: log}))
	h.Embargoed = h.publish(h.freeze("2025", figures(12, Secret), ""), Opens)
	h.Drain()
	return h
}

// pledges releases what a plan promised: once publicly, and once under embargo, with a task whose title is Secret.
func (h *House) pledges(plans *plan.Store) {
	h.t.Helper()
	binh := h.Actor("binh", account.PlanOwner)
	id, err := plans.Create(h.t.Context(), binh, plan.Plan{Head: plan.Head{Place: Place, Kind: plan.Scheme, Title: "Kế hoạch thử", Year: 2025, Until: 2025}})
	h.must(err)
	take := func(day, title string, from time.Time) edition.Release {
		c := Commitments(id, clock.MustDate(day), title)
		r, err := h.Store.FreezePlan(h.t.Context(), binh, c, day, "")
		h.must(err)
		h.must(h.Store.Approve(h.t.Context(), h.Actor("anna", account.Analyst), h.seen(r.ID), ""))
		h.must(h.Store.Publish(h.t.Context(), h.Actor("chi", account.ProvincialChair), h.seen(r.ID), from, ""))
		h.Drain()
		return r
	}
	h.Pledge = take("2025-06-01", "Niêm yết danh sách", time.Time{})
	h.PledgeEmbargoed = take("2025-07-01", Secret, Opens)
}

// Commitments are what a plan of two parts, three tasks and two communes promised; title is that of the last task.
func Commitments(id string, day clock.Date, title string) *edition.Commitments {
	on := edition.Day{Date: day}
	return &edition.Commitments{Names: edition.CommitmentsName, AsOf: on, Place: Place, PlaceName: lang.Names{VI: "Tỉnh Thử", EN: "Thu province"},
		Plan:    edition.Plan{ID: id, Title: "Kế hoạch thử", Kind: "scheme", Year: 2025, Until: 2025, State: "issued", Number: "1/KH-UBND", Signed: on, Signer: "Chủ tịch UBND tỉnh"},
		Targets: []edition.Promise{{Family: "own", Code: "A", Kind: "change", Baseline: new(5.0), Value: new(0.5), Latest: &edition.Measured{Period: "2024", Value: 5.25, SE: new(0.2), Lo: new(4.86), Hi: new(5.64), N: 300}}},
		Parts:   []edition.Charge{{Code: "A", Lead: &edition.Doing{Agency: "Sở Tài chính", Settled: true}}, {Code: "B"}}, Agencies: []edition.Doer{{Agency: "Sở Tài chính"}},
		Tasks: []edition.Deed{{Code: "A", Title: "Công khai dự toán", Agency: "Sở Tài chính", State: "confirmed", Shown: 2, Sufficient: 1}, {Code: "A;B", Title: "Tập huấn", Agency: "Sở Tài chính", State: "doing", Late: true,
			Reasons: []edition.Granted{{Ask: "extend", To: on, Reason: "Chờ hướng dẫn.", On: on}}}, {Code: "B", Title: title, State: "waiting"}},
		Communes: []edition.CommuneIssue{{Name: "Xã Một", Issued: true, Number: "2/KH-UBND", Signed: on}, {Name: "Xã Hai"}}}
}

// Actor is somebody of the place in a role, who has just proved who they are.
func (h *House) Actor(user string, r account.Role) account.Actor {
	return account.Actor{User: user, Day: clock.MustDate("2025-07-01"), Proven: h.Clock.Now(), Grants: []account.Grant{{Role: r, Place: Place}}}
}

// Drain runs the jobs that are due.
func (h *House) Drain() {
	h.t.Helper()
	_, err := h.Jobs.DrainTwice(h.t.Context())
	h.must(err)
}

func (h *House) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// figures are of two units and one that may be named.
func figures(a float64, more string) string {
	var b strings.Builder
	b.WriteString("unit,code,value,se,n\n")
	for _, u := range []string{"u1", "u2", more} {
		if u != "" {
			fmt.Fprintf(&b, "%s,A,%.2f,0.2,300\n%s,B,%.2f,0.3,290\n", u, a/2, u, a/2+0.5)
		}
	}
	return b.String()
}

// freeze makes an edition of a period.
func (h *House) freeze(period, figures, corrects string) edition.Release {
	h.t.Helper()
	anna := h.Actor("anna", account.Analyst)
	r, err := h.Runs.AddComputed(h.t.Context(), anna, run.Computed{Place: Place, Source: run.Own, Period: period,
		Definition: &run.File{Name: "own.yaml", Data: bytes.NewReader(index)}, Figures: &run.File{Name: "figures.csv", Data: strings.NewReader(figures)}})
	h.must(err)
	e, err := h.Store.Freeze(h.t.Context(), anna, r.ID, corrects)
	h.must(err)
	return e
}

// publish leads an edition to the public by a second and a third person.
func (h *House) publish(r edition.Release, from time.Time) edition.Release {
	h.t.Helper()
	h.must(h.Store.Approve(h.t.Context(), h.Actor("binh", account.PlanOwner), h.seen(r.ID), ""))
	h.must(h.Store.Publish(h.t.Context(), h.Actor("chi", account.ProvincialChair), h.seen(r.ID), from, ""))
	h.Drain()
	return r
}

func (h *House) seen(id string) edition.Seen {
	h.t.Helper()
	r, _, err := h.Store.Get(h.t.Context(), h.Actor("binh", account.PlanOwner), id)
	h.must(err)
	return edition.Seen{ID: id, Version: r.Version}
}
