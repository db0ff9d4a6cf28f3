package web

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/edition"
	"thuoc/internal/plan"
	"thuoc/internal/run"
	"thuoc/internal/target"
)

// houseOwn is an index of the house's own, whose values are handed in with their errors.
const houseOwn = `
format: 1
id: nha-2024
family: nha
names: {vi: "Chỉ số của nhà", en: "Index of the house"}
years: [2020, 2100]
units: any
sources: ["test"]
levels:
  - {id: composite, names: {vi: "Tổng hợp", en: "Composite"}}
  - {id: dimension, names: {vi: "Nội dung", en: "Dimension"}}
tree:
  code: NHA
  names: {vi: "Cả chỉ số", en: "Whole"}
  scale: [2, 20]
  aggregate: {method: sum}
  parts:
    - {code: X, names: {vi: "Tiếp dân", en: "Receiving"}, scale: [1, 10], mark: published}
    - {code: Y, names: {vi: "Công khai", en: "Disclosure"}, scale: [1, 10], mark: published}
`

// ownEdition leads figures of the own index for units to the public; the first of them is called u00.
func (h *house) ownEdition(period string, units int) edition.Release {
	h.t.Helper()
	ctx, operator := h.t.Context(), account.Program("operator", h.today())
	var csv strings.Builder
	csv.WriteString("unit,code,value,se,n\n")
	r := rand.New(rand.NewPCG(uint64(period[3]), uint64(units)))
	for i := range units {
		x, y := 4+float64(i)/20+r.NormFloat64()/5, 5+float64(i)/20+r.NormFloat64()/5
		fmt.Fprintf(&csv, "u%02d,X,%.4f,0.1,100\nu%02d,Y,%.4f,0.1,100\nu%02d,NHA,%.4f,0.14,100\n", i, x, i, y, i, x+y)
	}
	made, err := h.app.Runs.AddComputed(ctx, operator, run.Computed{Place: made("province"), Source: run.Own, Period: period,
		Definition: &run.File{Name: "nha.yaml", Data: strings.NewReader(houseOwn)}, Figures: &run.File{Name: "so.csv", Data: strings.NewReader(csv.String())}})
	must(h.t, err)
	e, err := h.app.Editions.Freeze(ctx, operator, made.ID, "")
	must(h.t, err)
	return e
}

// open makes a frozen edition public by the hands it takes.
func (h *house) open(e edition.Release) {
	h.t.Helper()
	as := func(role account.Role) account.Actor {
		g := account.Grant{Role: role, Place: made("province")}
		return account.Actor{User: h.user(e.ID+string(role)+"@tinh.gov.vn", "Người "+string(role), g), Day: h.today(), Proven: h.app.Now(), Grants: []account.Grant{g}}
	}
	must(h.t, h.app.Editions.Approve(h.t.Context(), as(account.PlanOwner), edition.Seen{ID: e.ID, Version: e.Version}, "Đã đối chiếu với số gốc."))
	must(h.t, h.app.Editions.Publish(h.t.Context(), as(account.ProvincialChair), edition.Seen{ID: e.ID, Version: e.Version + 1}, time.Time{}, ""))
}

// A plan starts from an edition of the house: the form offers public ones alone, the page says what a target would take
// from it, with its own errors and history, and sorts what to keep and to fix.
func TestAPlanStartsFromAnOwnEdition(t *testing.T) {
	h := one(t)
	province := made("province")
	owner := h.as(t, "chu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: province})
	first, second, hidden := h.ownEdition("2023", 30), h.ownEdition("2024", 30), h.ownEdition("2025", 30)
	h.open(first)
	h.open(second)
	entry := url.Values{"title": {"Kế hoạch từ số của nhà"}, "kind": {"scheme"}, "place": {province}, "year": {"2026"}}
	entry.Set("edition", hidden.ID)
	if a := owner.fill(t, "/app/ke-hoach/moi", entry); a.status != 422 {
		t.Errorf("a plan starts from an edition nobody has seen: %d", a.status)
	}
	entry.Set("edition", second.ID)
	begun := owner.fill(t, "/app/ke-hoach/moi", entry)
	if begun.status != 303 {
		t.Fatalf("not begun: %d %s", begun.status, begun.text())
	}
	p := h.planAt(begun.to)
	if p.Edition != second.ID || p.BaseYear != 2024 {
		t.Errorf("the plan starts from %q, %d", p.Edition, p.BaseYear)
	}
	p.Aims = []plan.Aim{{Family: "nha", Code: "NHA", Kind: target.Gain, Rank: new(3)}}
	must(t, h.app.Plans.Save(t.Context(), account.Program("operator", h.today()), *p))
	at := begun.to + "/can-gi"
	owner.has(at+"?tinh=u10&loai=rank-gain&so=3", "section", "như giữa các năm 2023–2024")
	owner.has(at+"?tinh=u10&loai=rank-gain&so=3", "section", "Sai số: theo công bố.")
	owner.has(at+"?tinh=u10&loai=rank-gain&so=3", "section h3", "xác suất đạt")
	owner.has(at+"?tinh=u10", "section td", "giữ")
	owner.has(at+"?tinh=u10&nd=X&loai=points&so=9", "section", "điểm năm 2024")
	owner.has(at+"?nam=2020&tinh=01&loai=rank-gain&so=5", "h2", "53%")

	// Of the first edition alone nothing is known of how scores move: that is said, with what is assumed in its place.
	p = h.planAt(begun.to)
	p.Edition = first.ID
	must(t, h.app.Plans.Save(t.Context(), account.Program("operator", h.today()), *p))
	owner.has(at+"?tinh=u10&loai=rank-gain&so=3", "section", "Giả định: điểm thực giữ nguyên")
	owner.has(at+"?tinh=u10&loai=rank-gain&so=3", "section th", "số đơn vị đang hơn chừng ấy")
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// planAt reads the plan of an address.
func (h *house) planAt(at string) *plan.Plan {
	h.t.Helper()
	p, err := h.app.Plans.Get(h.t.Context(), account.Program("operator", h.today()), at[strings.LastIndex(at, "/")+1:])
	must(h.t, err)
	return p
}
