package account_test

import (
	"fmt"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/account/password"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/lang"
)

// province is a house with an account for each of 20,000 officials: five in each of 3,321 communes, and the agencies'.
func province(b *testing.B) (*account.Store, *db.DB) {
	d, _ := dbtest.New(b, db.SQLite)
	log, err := audit.New(key)
	if err != nil {
		b.Fatal(err)
	}
	s, err := account.New(account.Options{DB: d, Log: log, Random: zeros{}, Key: key, Base: base, Cost: password.Standard})
	if err != nil {
		b.Fatal(err)
	}
	names := []string{"Nguyễn Thị Ánh", "Trần Văn Bền", "Lê Đức Cảnh", "Phạm Thị Dung", "Đặng Ích Đạt", "Hoàng Thị Én"}
	err = d.Update(b.Context(), func(q *db.Q) error {
		for i := range 20_000 {
			user, name := q.NewID(), fmt.Sprint(names[i%len(names)], " ", i)
			for _, st := range []struct {
				text string
				args []any
			}{
				{"INSERT INTO account (id, state, added) VALUES (?, 'active', 0)", []any{user}},
				{"INSERT INTO person (user_id, name, email, phone, version, folded, sort) VALUES (?, ?, ?, ?, 1, ?, ?)",
					[]any{user, name, fmt.Sprintf("u%d@tinh.gov.vn", i), fmt.Sprintf("09%08d", i), lang.Fold(name), lang.SortKey(name)}},
				{`INSERT INTO role_grant (id, user_id, role, place, agency, since, added, added_by, revoked_by)
					VALUES (?, ?, 'commune_official', ?, '', '2025-01-01', 0, '', '')`, []any{q.NewID(), user, id(fmt.Sprint("c", i/5))}},
			} {
				if _, err := q.Exec(b.Context(), st.text, st.args...); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return s, d
}

// zeros is a source of bits for benchmarks, which need none.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// BenchmarkUsers: a page of the list of 20,000 accounts, found by a part of the name, takes at most 150 ms, the bound of a
// working page.
func BenchmarkUsers(b *testing.B) {
	s, _ := province(b)
	for name, f := range map[string]account.UserFilter{"all": {}, "by name": {Text: "dang ich"}, "by role": {Role: account.CommuneOfficial, Skip: 10_000}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if page, _, err := s.Users(b.Context(), account.Program("operator", since), f); err != nil || len(page) != 50 {
					b.Fatal(len(page), err)
				}
			}
		})
	}
}

// BenchmarkActor: knowing who asks takes at most 1 ms a request.
func BenchmarkActor(b *testing.B) {
	s, _ := province(b)
	link, err := s.First(b.Context(), account.Person{Name: "Đỗ Quản Trị", Email: "quantri@tinh.gov.vn"})
	if err == nil {
		err = s.Accept(b.Context(), token(link), right)
	}
	if err != nil {
		b.Fatal(err)
	}
	tok, _, err := s.SignIn(b.Context(), account.Credentials{Login: "quantri@tinh.gov.vn", Password: right, From: office})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Actor(b.Context(), tok); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSignIn: signing in takes at most 150 ms, most of it the password; a login that nobody has takes as long as one
// that somebody has.
func BenchmarkSignIn(b *testing.B) {
	s, d := province(b)
	hash, err := password.Hash(right, password.Standard, zeros{})
	if err == nil {
		err = d.Update(b.Context(), func(q *db.Q) error {
			_, err := q.Exec(b.Context(), "INSERT INTO password (user_id, hash, changed) SELECT user_id, ?, 0 FROM person", hash)
			return err
		})
	}
	if err != nil {
		b.Fatal(err)
	}
	for name, login := range map[string]string{"known": "u%d@tinh.gov.vn", "unknown": "x%d@tinh.gov.vn"} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				s.SignIn(b.Context(), account.Credentials{Login: fmt.Sprintf(login, i%20_000), Password: "wrong", From: account.Client{}})
			}
		})
	}
}
