package registry_test

import (
	"bytes"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/registry"
)

func open(t *testing.T, d *db.DB) *registry.Store {
	t.Helper()
	log, err := audit.New(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return registry.New(registry.Options{DB: d, Log: log})
}

var day = clock.MustDate("2026-06-15")

func as(role account.Role, place string) account.Actor {
	return account.Actor{User: string(role), Day: day, Grants: []account.Grant{{Role: role, Place: place}}}
}

func TestTemplatesHoldFromADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s, owner := open(t, d), as(account.PlanOwner, "province")
		set := func(kind registry.Kind, since, file string) {
			t.Helper()
			if _, err := s.SetTemplate(t.Context(), owner, registry.Template{Place: "province", Kind: kind, Since: clock.MustDate(since), Name: "mau.docx", File: file}); err != nil {
				t.Fatal(err)
			}
		}
		set(registry.AnyKind, "2026-06-15", "first")
		set(registry.AnyKind, "2026-07-01", "second")
		set(registry.Plan, "2026-08-01", "plans")
		set(registry.AnyKind, "2026-09-01", "")
		for on, want := range map[string][2]string{ // for a report, for a plan
			"2026-06-14": {"", ""}, "2026-06-15": {"first", "first"}, "2026-07-01": {"second", "second"}, "2026-08-02": {"second", "plans"}, "2026-09-01": {"", "plans"}} {
			for i, kind := range []registry.Kind{registry.Report, registry.Plan} {
				got, err := s.TemplateOn(t.Context(), "province", kind, clock.MustDate(on))
				if err != nil || got.File != want[i] {
					t.Errorf("%s on %s: %q, %v; want %q", kind, on, got.File, err, want[i])
				}
			}
		}
		if list, err := s.Templates(t.Context(), owner, "province"); err != nil || len(list) != 4 || list[3].File != "first" {
			t.Errorf("a superseded template is not kept: %v, %v", list, err)
		}
		_, err := s.SetTemplate(t.Context(), owner, registry.Template{Place: "province", Since: clock.MustDate("2026-06-14"), File: "x"})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("a template of a day that is over: %v", err)
		}
		for _, other := range []account.Actor{as(account.PlanOwner, "another"), as(account.Inspector, "province")} {
			if _, err := s.SetTemplate(t.Context(), other, registry.Template{Place: "province", Since: day, File: "x"}); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s sets a template: %v", other.User, err)
			}
			if _, err := s.Templates(t.Context(), other, "province"); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s reads templates: %v", other.User, err)
			}
		}
	})
}

func TestSignedFilesAreSupersededNotOverwritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s, owner := open(t, d), as(account.PlanOwner, "province")
		p := registry.Paper{Kind: registry.Plan, About: "plan-1", Place: "province", Number: "41/KH-UBND", Signed: day, Signer: "Chủ tịch", Name: "kh.pdf", File: strings.Repeat("a", 64), Size: 9}
		first, err := s.Keep(t.Context(), owner, p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Keep(t.Context(), owner, p); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the same file twice: %v", err)
		}
		p.File = strings.Repeat("b", 64)
		second, err := s.Keep(t.Context(), owner, p)
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.Papers(t.Context(), as(account.CouncilMonitor, "province"), registry.Plan, "plan-1")
		if err != nil || len(list) != 2 || list[0].ID != second || list[1].ID != first {
			t.Errorf("kept: %v, %v", list, err)
		}
		if list, err := s.Papers(t.Context(), as(account.PlanOwner, "another"), registry.Plan, "plan-1"); err != nil || len(list) != 0 {
			t.Errorf("another province sees %v, %v", list, err)
		}
		if _, err := s.Paper(t.Context(), as(account.PlanOwner, "another"), first); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("another province reads: %v", err)
		}
		if _, err := s.Keep(t.Context(), as(account.CouncilMonitor, "province"), registry.Paper{Kind: registry.Plan, About: "x", Place: "province", Number: "1", Signed: day, Signer: "x", File: "y"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a monitor keeps: %v", err)
		}
		_, err = s.Keep(t.Context(), owner, registry.Paper{Signed: day.Add(1)})
		e, ok := err.(*fault.Error)
		if !ok || len(e.Items) != 4 {
			t.Errorf("faults of an empty paper: %v", err)
		}
	})
}
