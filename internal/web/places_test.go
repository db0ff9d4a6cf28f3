package web

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/lang"
	"thuoc/internal/place"
)

// country is a database with all places in it, as the bytes of its file: it is seeded once for all tests.
var country struct {
	sync.Once
	file []byte
}

// inCountry is a house on SQLite with all places in it, at a moment.
func inCountry(t *testing.T, moment string) *house {
	t.Helper()
	country.Do(func() {
		cfg := dbtest.Fresh(t, db.SQLite)
		d := dbtest.Open(t, cfg)
		log, err := audit.New(key)
		must(t, err)
		must(t, place.New(place.Options{DB: d, Log: log}).Seed(t.Context(), account.Program("operator", clock.MustDate("2025-07-01"))))
		copied := t.TempDir() + "/country.db"
		must(t, d.Backup(t.Context(), copied))
		country.file, err = os.ReadFile(copied)
		must(t, err)
	})
	now, err := time.Parse(time.RFC3339, moment)
	must(t, err)
	cfg := dbtest.Fresh(t, db.SQLite)
	hands := dbtest.ClockAt(now)
	cfg.Now = hands.Now
	must(t, os.WriteFile(cfg.URL, country.file, 0o600))
	h := open(t, dbtest.Open(t, cfg), hands.Now)
	h.clock = hands
	return h
}

// settle puts a few places in: a province, another, and a ward in each.
func (h *house) settle() {
	h.t.Helper()
	ctx := h.t.Context()
	must(h.t, h.db.Update(ctx, func(q *db.Q) error {
		if _, err := q.Exec(ctx, "INSERT INTO place_load (id, kind, actor, added, live) VALUES ('test', 'test', 'system', 0, 0)"); err != nil {
			return err
		}
		for _, p := range []struct {
			id, code, kind, name, parent string
			level                        int
		}{
			{"province", "33", "province", "Hưng Yên", "", 1}, {"another", "31", "city", "Hải Phòng", "", 1},
			{"ward", "12103", "ward", "Mỹ Hào", "province", 3}, {"far ward", "11296", "ward", "Thủy Nguyên", "another", 3},
		} {
			parent := ""
			if p.parent != "" {
				parent = made(p.parent)
				if err := account.PutWithin(ctx, q, made(p.id), parent, clock.MustDate("2020-01-01"), clock.Date{}); err != nil {
					return err
				}
			}
			if _, err := q.Exec(ctx, "INSERT INTO place (id, level, load) VALUES (?, ?, 'test')", made(p.id), p.level); err != nil {
				return err
			}
			if _, err := q.Exec(ctx, `INSERT INTO place_version (place, since, known, code, level, kind, name, parent, law, key, aliases, load)
				VALUES (?, '2020-01-01', 0, ?, ?, ?, ?, ?, '', ?, '', 'test')`, made(p.id), p.code, p.level, p.kind, p.name, parent, lang.Fold(p.name)); err != nil {
				return err
			}
		}
		for _, far := range []string{"", "far "} {
			place := made(pick(far == "", "province", "another"))
			for _, x := range []struct {
				sql  string
				args []any
			}{
				{"INSERT INTO agency (id, place, bloc, until, until_law, confirmed, version) VALUES (?, ?, 'department', NULL, '', 0, 1)", []any{made(far + "agency"), place}},
				{"INSERT INTO agency_version (agency, since, known, name, key, parent, law) VALUES (?, '2020-01-01', 0, ?, ?, '', '')", []any{made(far + "agency"), "Sở " + far, "so " + far}},
				{"INSERT INTO post (id, agency, title, key, head, since, until) VALUES (?, ?, 'Giám đốc', 'giam doc', 1, NULL, NULL)", []any{made(far + "post"), made(far + "agency")}},
				{"INSERT INTO official (id, account, name) VALUES (?, NULL, ?)", []any{made(far + "official"), pick(far == "", "Người Ở Đây", "Người Ở Xa")}},
				{"INSERT INTO tenure (id, post, official, capacity, since, known, until, law, until_law) VALUES (?, ?, ?, 'holder', '2020-01-01', 1, NULL, '', '')", []any{made(far + "tenure"), made(far + "post"), made(far + "official")}},
			} {
				if _, err := q.Exec(ctx, x.sql, x.args...); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// placeID gives the id of the place that had a code on a day.
func (h *house) placeID(code, on string) string {
	h.t.Helper()
	p, err := h.app.Places.At(h.t.Context(), code, clock.MustDate(on))
	must(h.t, err)
	return p.Place
}

// Mỹ Hào as of 19/02/2021 is a town of Hưng Yên, and its heirs of today are three wards.
func TestMyHaoInFebruary2021(t *testing.T) {
	h := inCountry(t, "2026-11-22T02:00:00Z")
	found := h.admin.get("/app/dia-danh?q=my+hao&ngay=2021-02-19").page(t)
	var at string
	for _, a := range found.All("tbody th a") {
		if strings.Contains(textOf(a), "Thị xã Mỹ Hào") {
			at, _ = attr(a, "href")
		}
	}
	if !strings.HasSuffix(at, "?ngay=2021-02-19") {
		t.Fatalf("the search leads to %q", at)
	}
	d := h.admin.get(at).page(t)
	for selector, want := range map[string]string{
		"h1": "Thị xã Mỹ Hào", "main .lead": "19/02/2021", ".crumb": "Tỉnh Hưng Yên", "input[name=ngay][value=2021-02-19]": "",
	} {
		if err := d.Has(selector, want); err != nil {
			t.Error(err)
		}
	}
	heirs := ""
	for _, a := range d.All(".kin a") {
		heirs += textOf(a) + "; "
	}
	for _, want := range []string{"Phường Mỹ Hào", "Phường Đường Hào", "Phường Thượng Hồng"} {
		if !strings.Contains(heirs, want) {
			t.Errorf("the heirs of today are %s without %s", heirs, want)
		}
	}
}

// A place whose start nobody knows says so, with the first day on record.
func TestUnknownStartIsSaid(t *testing.T) {
	h := inCountry(t, "2026-11-22T02:00:00Z")
	d := h.admin.get("/app/dia-danh/" + h.placeID("33", "2024-01-01") + "?ngay=2024-01-01").page(t)
	if err := d.Has("main dl", "chưa rõ ngày bắt đầu"); err != nil {
		t.Error(err)
	}
	if a := h.admin.get("/app/dia-danh?ngay=hom-nay"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a day that is none is answered by %d", a.status)
	}
	if a := h.admin.get("/app/dia-danh/" + made("nowhere")); a.status != http.StatusNotFound {
		t.Errorf("a place that is none is answered by %d", a.status)
	}
}

// A change is proposed by one person, reviewed by another, and takes effect on its day; who comes second is told so.
func TestBoundaryChange(t *testing.T) {
	h := inCountry(t, "2026-11-22T02:00:00Z")
	province, ward := h.placeID("33", "2026-11-22"), h.placeID("12103", "2026-11-22")
	h.user("noivu@tinh.gov.vn", "Nguyễn Thị Hoa", account.Grant{Role: account.PlanOwner, Place: province})
	h.user("chutich@tinh.gov.vn", "Trần Văn Chính", account.Grant{Role: account.ProvincialChair, Place: province})
	h.user("laichau@tinh.gov.vn", "Lò Văn Xa", account.Grant{Role: account.PlanOwner, Place: h.placeID("12", "2026-11-22")})
	owner, chair, other := h.person("noivu@tinh.gov.vn"), h.person("chutich@tinh.gov.vn"), h.person("laichau@tinh.gov.vn")
	form := "/app/dia-danh/" + ward + "/de-nghi/rename"
	if a := owner.post(form, owner.form(form, url.Values{"since": {""}, "law": {""}, "name": {"Mỹ Hào"}})); a.status != http.StatusUnprocessableEntity || len(a.page(t).All(".note.bad li")) < 2 {
		t.Errorf("an empty proposal is answered by %d %s", a.status, a.text())
	}
	sent := url.Values{"since": {"2027-01-01"}, "law": {"Nghị quyết 30/2026/QH16"}, "name": {"Bần Yên Nhân"}}
	if a := other.get(form); a.status != http.StatusForbidden {
		t.Errorf("the owner of another province is shown the form: %d", a.status)
	}
	if a := other.post(form, sent); a.status != http.StatusForbidden {
		t.Errorf("the owner of another province is answered by %d", a.status)
	}
	a := owner.post(form, owner.form(form, sent))
	if a.status != http.StatusSeeOther {
		t.Fatalf("proposing is answered by %d %s", a.status, a.text())
	}
	change := a.to
	if a := owner.post(form, owner.form(form, url.Values{"since": {"2027-02-01"}, "law": {"Nghị quyết 31/2026/QH16"}, "name": {"Dị Sử"}})); a.status != http.StatusConflict || a.page(t).Has(".note.warn", "Phường Mỹ Hào") != nil {
		t.Errorf("a second proposal is answered by %d %s", a.status, a.text())
	}
	review := change + "/tham-dinh"
	if a := owner.post(review, owner.form(review, url.Values{"verdict": {"approve"}})); a.status != http.StatusForbidden {
		t.Errorf("reviewing one's own proposal is answered by %d", a.status)
	}
	late := chair.form(review, url.Values{"verdict": {"reject"}, "remark": {"Chưa có văn bản."}})
	if a := chair.post(review, chair.form(review, url.Values{"verdict": {"approve"}})); a.status != http.StatusSeeOther {
		t.Fatalf("reviewing is answered by %d %s", a.status, a.text())
	}
	if a := chair.post(review, late); a.status != http.StatusConflict || a.page(t).Has(".note.warn", "đã được duyệt") != nil {
		t.Errorf("a second review is answered by %d %s", a.status, a.text())
	}
	if err := chair.get(change).page(t).Has("main", "Nguyễn Thị Hoa"); err != nil {
		t.Error(err)
	}
	if err := h.admin.get("/app/dia-danh/"+ward).page(t).Has("h1", "Phường Mỹ Hào"); err != nil {
		t.Error(err)
	}
}

// The forms of every kind of change can be sent without a script, and a division says what becomes of the people.
func TestDivisionIsProposed(t *testing.T) {
	h := inCountry(t, "2026-11-22T02:00:00Z")
	province, ward := h.placeID("33", "2026-11-22"), h.placeID("12103", "2026-11-22")
	h.user("noivu@tinh.gov.vn", "Nguyễn Thị Hoa", account.Grant{Role: account.PlanOwner, Place: province})
	owner := h.person("noivu@tinh.gov.vn")
	for _, kind := range []string{"rename", "retype", "recode", "move", "merge", "split"} {
		if a := owner.get("/app/dia-danh/" + ward + "/de-nghi/" + kind); a.status != http.StatusOK {
			t.Errorf("the form of %s is answered by %d", kind, a.status)
		}
	}
	form := "/app/dia-danh/" + ward + "/de-nghi/split"
	values := url.Values{"since": {"2027-01-01"}, "law": {"Nghị quyết 30/2026/QH16"}, "heirs.1.name": {"Mỹ Hào"}, "heirs.1.code": {"12103"}, "heirs.1.share": {"60"},
		"heirs.2.name": {"Dị Sử"}, "heirs.2.code": {"99901"}, "heirs.2.share": {"50"}}
	if a := owner.post(form, owner.form(form, values)); a.status != http.StatusUnprocessableEntity {
		t.Errorf("shares of 110 %% are answered by %d", a.status)
	}
	values.Set("heirs.2.share", "40")
	a := owner.post(form, owner.form(form, values))
	if a.status != http.StatusSeeOther {
		t.Fatalf("proposing is answered by %d %s", a.status, a.text())
	}
	d := owner.get(a.to).page(t)
	if err := d.Has(".list", "60"); err != nil {
		t.Error(err)
	}
	if withdrawn := owner.press(a.to, "/rut"); withdrawn.status != http.StatusSeeOther {
		t.Errorf("withdrawing is answered by %d", withdrawn.status)
	}
	if err := owner.get(a.to).page(t).Has(".badge", "đã được rút"); err != nil {
		t.Error(err)
	}
}
