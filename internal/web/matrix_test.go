package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/edition"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/internal/place"
)

// cell is what the matrix expects of one request.
type cell string

const (
	let    cell = "let in" // 200, 204, 303 to somewhere in the house, 409 or 422: the right is there
	barred cell = "barred" // 403: the role does not allow it at all
	hidden cell = "hidden" // 403 or 404, and nothing of the thing
	gate   cell = "to the gate"
)

// about is what the routes of the matrix are about: each name of a pattern has a thing of its own account and one of
// another's, in another place. A name that is not here fails: a new route says what it is about.
var about = map[string]func(m *matrix, r *route, own bool) string{
	"token":   func(*matrix, *route, bool) string { return "made-up" },
	"user":    func(m *matrix, _ *route, own bool) string { return pick(own, m.near, m.far) },
	"grant":   func(m *matrix, _ *route, own bool) string { return pick(own, m.nearGrant, m.farGrant) },
	"session": func(m *matrix, _ *route, own bool) string { return pick(own, m.session, m.farSession) },
	"device": func(m *matrix, _ *route, own bool) string {
		return m.telephone(pick(own, m.login, "xa@khac.gov.vn")).id
	},
	"passkey": func(*matrix, *route, bool) string { return made("passkey") },
	"index":   func(*matrix, *route, bool) string { return "papi-2023" },
	"run":     func(m *matrix, _ *route, own bool) string { return pick(own, m.nearEdition.Run, m.farEdition.Run) },
	"edition": func(m *matrix, _ *route, own bool) string { return pick(own, m.nearEdition.ID, m.farEdition.ID) },
	"job":     func(*matrix, *route, bool) string { return made("job") },
	"place":   func(_ *matrix, _ *route, own bool) string { return made(pick(own, "ward", "far ward")) },
	"agency":  func(_ *matrix, _ *route, own bool) string { return made(pick(own, "agency", "far agency")) },
	"post":    func(_ *matrix, _ *route, own bool) string { return made(pick(own, "post", "far post")) },
	"tenure":  func(_ *matrix, _ *route, own bool) string { return made(pick(own, "tenure", "far tenure")) },
	"version": func(*matrix, *route, bool) string { return "1" },
	"list":    func(*matrix, *route, bool) string { return agencyList },
	"file":    func(*matrix, *route, bool) string { return "made-up" },
	"kind":    func(*matrix, *route, bool) string { return "rename" },
	"change":  func(m *matrix, _ *route, own bool) string { return pick(own, m.change, m.farChange) },
}

// expects says what a role gets of a route, about a thing of its own place or another's, when it is not what MayAnywhere
// says of the route's action. Each line has its reason.
var expects = map[string]func(role account.Role, own bool) cell{
	// whoever holds no role over the person sees their own account and nobody else's
	"user": func(role account.Role, own bool) cell {
		if role == account.Administrator || role == account.PlanOwner && own {
			return let
		}
		return hidden
	},
	// a session is its owner's or an administrator's; whose it is not, it is not there
	"session-end": func(role account.Role, own bool) cell {
		if own || role == account.Administrator {
			return let
		}
		return hidden
	},
	"agency":          ofPlace(account.ReadAgencies),
	"agency-confirm":  ofPlace(account.ChangeAgency),
	"agency-dismiss":  ofPlace(account.ChangeAgency),
	"agency-revise":   ofPlace(account.ChangeAgency),
	"agency-close":    ofPlace(account.ChangeAgency),
	"agency-succeed":  ofPlace(account.ChangeAgency),
	"agencies-usual":  ofPlace(account.ChangeAgency),
	"post-add":        ofPlace(account.ChangePosts),
	"post-close":      ofPlace(account.ChangePosts),
	"appoint":         ofPlace(account.ChangePosts),
	"tenure-end":      ofPlace(account.ChangePosts),
	"place-propose":   ofPlace(account.ProposePlace),
	"change-review":   ofPlace(account.ReviewPlace),
	"change-withdraw": func(role account.Role, _ bool) cell { return hidden }, // only who proposed it may
	// a telephone is its owner's or an administrator's to revoke
	"device-revoke": func(role account.Role, own bool) cell {
		if own || role == account.Administrator {
			return let
		}
		return hidden
	},
	"proof-ask":  func(account.Role, bool) cell { return hidden }, // nobody here has a passkey
	"key-remove": func(account.Role, bool) cell { return hidden },
	"oidc-join":  func(account.Role, bool) cell { return hidden }, // no other house is set
	"job-revive": func(role account.Role, _ bool) cell {
		if role == account.Administrator {
			return hidden // there is none
		}
		return barred
	},
	"job-discard": func(role account.Role, _ bool) cell {
		if role == account.Administrator {
			return hidden
		}
		return barred
	},
}

// ofPlace expects of a thing that it is done by whose role reaches it: in one's own place, and as administrator anywhere.
func ofPlace(do account.Action) func(account.Role, bool) cell {
	return func(role account.Role, own bool) cell {
		if slices.Contains(do.Holders(), role) && (own || role == account.Administrator) {
			return let
		}
		return hidden
	}
}

func pick[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}

// matrix is a house with somebody of each role, and people of their place and of another.
type matrix struct {
	*house
	login                          string // of whoever asks
	near, far, nearGrant, farGrant string
	session, farSession            string
	change, farChange              string // boundary changes of made("ward") and made("far ward")
	nearEdition, farEdition        edition.Release
	task, farTask                  string
	reported, farReported          reported
	request, farRequest            string
	evidence, farEvidence          string
	inspected, farInspected        inspected
}

func newMatrix(h *house) *matrix {
	m := &matrix{house: h}
	h.settle()
	for ward, at := range map[string]*string{"ward": &m.change, "far ward": &m.farChange} {
		var err error
		*at, err = h.app.Places.Propose(h.t.Context(), account.Program("operator", h.today()), place.Proposal{Kind: place.Retype, On: clock.MustDate("2026-01-01"),
			Law: "Nghị quyết 1", Places: []string{made(ward)}, Type: gazetteer.Commune})
		must(h.t, err)
	}
	m.near = h.user("gan@tinh.gov.vn", "Người Ở Gần", account.Grant{Role: account.CommuneOfficial, Place: made("province")})
	m.far = h.user("xa@khac.gov.vn", "Người Ở Xa", account.Grant{Role: account.CommuneOfficial, Place: made("another")})
	admin := account.Program("operator", h.today())
	for user, at := range map[string]*string{m.near: &m.nearGrant, m.far: &m.farGrant} {
		grants, err := h.app.Accounts.Grants(h.t.Context(), admin, user)
		must(h.t, err)
		*at = grants[0].ID
	}
	m.login = "gan@tinh.gov.vn"
	h.person("xa@khac.gov.vn")
	sessions, err := h.app.Accounts.Sessions(h.t.Context(), admin, m.far)
	must(h.t, err)
	m.farSession = sessions[0].ID
	m.session = m.farSession
	m.nearEdition, m.farEdition = h.frozen(made("province"), 2011), h.frozen(made("another"), 2011)
	m.giveTasks()
	m.giveReports()
	m.inspect()
	return m
}

// seen tells what an answer was.
func seen(a answer) cell {
	switch {
	case a.status == http.StatusSeeOther && (strings.HasPrefix(a.to, "/app/dang-nhap") || strings.HasPrefix(a.to, "/en/app/sign-in")):
		return gate
	case a.status == http.StatusForbidden:
		return barred
	case a.status == http.StatusNotFound:
		return hidden
	case slices.Contains([]int{200, 204, 303, 409, 410, 422}, a.status):
		return let
	}
	return cell(fmt.Sprint(a.status))
}

func fits(want, got cell) bool { return got == want || want == hidden && got == barred }

// ask sends what a person would send to a route: a form with a key of its own.
func (m *matrix) ask(p *person, actor string, r *route, l lang.Lang, own bool) answer {
	var args []string
	for _, name := range r.names() {
		of, ok := about[name]
		if !ok {
			m.t.Fatalf("the matrix does not know what {%s} of %s is", name, r.vi)
		}
		args = append(args, of(m, r, own))
	}
	path := fill(r.path(l), args...)
	if r.method == http.MethodGet {
		return p.get(path)
	}
	key := m.app.Drafts.Key(actor, fill(r.path(lang.Vi), args...))
	return p.post(path, url.Values{keyField: {key}})
}

// expected is the cell of a route for somebody of one role; "" where the route asks for no right.
func expected(r *route, a account.Actor, own bool) cell {
	switch e, ok := expects[r.name]; {
	case ok:
		return e(a.Grants[0].Role, own)
	case r.needs == "":
		return ""
	case !a.MayAnywhere(r.needs):
		return barred
	}
	return let
}

// Every route, as everybody, about what is theirs and what is another's.
func TestMatrix(t *testing.T) {
	h := one(t)
	m := newMatrix(h)
	agency := map[account.Role]bool{account.LeadHead: true, account.LeadDrafter: true, account.Coordinator: true, account.ServiceUnit: true}
	for i := range table {
		r := &table[i]
		for _, l := range []lang.Lang{lang.Vi, lang.En} {
			if got := seen(m.ask(h.nobody(), m.near, r, l, true)); r.needs != "" && got != gate {
				t.Errorf("%s %s: anybody is %s", r.method, r.path(l), got)
			}
		}
	}
	for _, role := range account.Roles {
		t.Run(string(role), func(t *testing.T) {
			login := strings.ReplaceAll(string(role), "_", "") + "@tinh.gov.vn"
			g := account.Grant{Role: role, Place: made("province")}
			if agency[role] {
				g = account.Grant{Role: role, Agency: made("agency")}
			}
			id := h.user(login, "Người Thử", g)
			m.login = login
			var p *person
			for i := range table {
				r := &table[i]
				if r.name == "sign-out" || r.name == "draft" || r.name == "draft-drop" {
					continue // the first ends what is tested; the others have tests of their own
				}
				for _, own := range []bool{true, false} {
					if p == nil || strings.Contains(r.name, "session") {
						p = h.person(login)
						sessions, err := h.app.Accounts.Sessions(t.Context(), account.Program("operator", h.today()), id)
						must(t, err)
						m.session = sessions[len(sessions)-1].ID
					}
					want := expected(r, account.Actor{User: id, Grants: []account.Grant{g}}, own)
					a := m.ask(p, id, r, lang.Vi, own)
					if strings.Contains(r.name, "session") || r.needs == "" {
						p = nil // whoever signs in or ends a session may be somebody else afterwards
					}
					if want != "" && !fits(want, seen(a)) {
						t.Errorf("%s %s, own = %v: %s (%d), want %s", r.method, r.path(lang.Vi), own, seen(a), a.status, want)
					}
					if got := seen(a); (got == barred || got == hidden) && (strings.Contains(a.text(), "Người Ở Xa") || strings.Contains(a.text(), "xa@khac")) {
						t.Errorf("%s %s tells of what is not theirs", r.method, r.path(lang.Vi))
					}
				}
			}
		})
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

// A telephone is let in where the table says so, as far as its owner's role reaches, and asked to sign in everywhere else.
func TestTelephoneMatrix(t *testing.T) {
	h := one(t)
	m := newMatrix(h)
	for _, role := range []account.Role{account.Administrator, account.PlanOwner, account.LeadDrafter, account.CommuneOfficial, account.Interviewer} {
		m.login = strings.ReplaceAll(string(role), "_", "") + "@tinh.gov.vn"
		g := account.Grant{Role: role, Place: made("province")}
		if role == account.LeadDrafter {
			g = account.Grant{Role: role, Agency: made("agency")}
		}
		id := h.user(m.login, "Người Thử", g)
		phone := m.telephone(m.login)
		for i := range table {
			r := &table[i]
			if r.needs == "" || r.name == "draft-drop" { // what asks for no right does not ask who it is; drafts have tests of their own
				continue
			}
			want := gate
			if r.device {
				want = expected(r, account.Actor{User: id, Grants: []account.Grant{g}}, true)
			}
			if a := m.ask(phone.person, id, r, lang.Vi, true); !fits(want, seen(a)) {
				t.Errorf("%s: %s %s is %s (%d), want %s", role, r.method, r.path(lang.Vi), seen(a), a.status, want)
			}
		}
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}
