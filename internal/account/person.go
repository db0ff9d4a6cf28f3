package account

import (
	"context"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	housemail "thuoc/internal/mail"
)

// Person is what is known of somebody. It stands apart from what they did and can be erased.
type Person struct {
	Name  string `db:"name"`
	Email string `db:"email"` // in lower case; "" for none
	Phone string `db:"phone"` // digits from 0 on; "" for none
}

// Login gives what the person signs in with, for authenticator apps and letters.
func (p Person) Login() string {
	if p.Email != "" {
		return p.Email
	}
	return p.Phone
}

// longestName is in characters.
const longestName = 120

// check gives the person in the form that is kept, or every fault of it.
func (p Person) check() (Person, []fault.Item) {
	var faults []fault.Item
	add := func(field string, what, remedy fault.Text) {
		faults = append(faults, fault.Item{Field: field, What: what, Remedy: remedy})
	}
	p.Name = strings.Join(strings.Fields(norm.NFC.String(p.Name)), " ")
	switch {
	case p.Name == "":
		add("name", fault.T("The name is missing."), fault.T("Write the full name."))
	case utf8.RuneCountInString(p.Name) > longestName || strings.ContainsFunc(p.Name, unicode.IsControl):
		add("name", fault.T("This is not a name."), fault.T("Write the full name in at most %d characters.", longestName))
	}
	if strings.TrimSpace(p.Email) == "" && strings.TrimSpace(p.Phone) == "" {
		add("email", fault.T("There is neither an e-mail address nor a telephone number."), fault.T("Give at least one: it is what the person signs in with."))
	}
	var ok bool
	if p.Email, ok = foldEmail(p.Email); !ok {
		add("email", fault.T("This is not an e-mail address."), fault.T("Write it as name@agency.gov.vn."))
	}
	if p.Phone, ok = foldPhone(p.Phone); !ok {
		add("phone", fault.T("This is not a telephone number of Vietnam."), fault.T("Write ten digits, 0912 345 678 or +84 912 345 678."))
	}
	return p, faults
}

// foldEmail gives an address in the form under which it is known.
func foldEmail(s string) (string, bool) {
	s = strings.ToLower(norm.NFC.String(strings.TrimSpace(s)))
	if s == "" {
		return "", true
	}
	a, err := mail.ParseAddress(s)
	return s, err == nil && a.Address == s && housemail.Check(s) == nil
}

var phonePattern = regexp.MustCompile(`^0[1-9][0-9]{8,9}$`)

// foldPhone gives a telephone number in the form under which it is known.
func foldPhone(s string) (string, bool) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(".-()", r) {
			return -1
		}
		return r
	}, s)
	for _, country := range []string{"+84", "0084"} {
		if rest, ok := strings.CutPrefix(s, country); ok {
			s = "0" + strings.TrimPrefix(rest, "0")
		}
	}
	return s, s == "" || phonePattern.MatchString(s)
}

// findLogin gives the account that signs in with a text, or "".
func findLogin(ctx context.Context, q *db.Q, login string) (user string, err error) {
	email, phone := foldLogin(login)
	user, _, err = db.Maybe[string](ctx, q, "SELECT user_id FROM person WHERE email = ? OR phone = ?", email, phone)
	return user, err
}

// foldLogin gives the two things a login may be; what it is not matches nobody.
func foldLogin(login string) (email, phone string) {
	if strings.Contains(login, "@") {
		email, _ = foldEmail(login)
	} else {
		phone, _ = foldPhone(login)
	}
	if len(email)+len(phone) > 320 || !utf8.ValidString(email+phone) || strings.ContainsRune(email+phone, 0) {
		return "", ""
	}
	return email, phone
}

// putPerson writes a person for the first time.
func putPerson(ctx context.Context, q *db.Q, user string, p Person) error {
	if err := free(ctx, q, user, p); err != nil {
		return err
	}
	_, err := q.Exec(ctx, "INSERT INTO person (user_id, name, email, phone, version, folded, sort) VALUES (?, ?, ?, ?, 1, ?, ?)",
		user, p.Name, orNull(p.Email), orNull(p.Phone), p.folded(), p.sort())
	return err
}

// folded is what a search looks into.
func (p Person) folded() string { return lang.Fold(p.Name) + " " + p.Email + " " + p.Phone }

// sort is the place in a list: Vietnamese are listed by given name, which stands last.
func (p Person) sort() []byte {
	given := p.Name[strings.LastIndexByte(p.Name, ' ')+1:]
	return lang.SortKey(given + " " + p.Name)
}

// free checks that nobody else signs in with the person's address or number. It does not repeat them.
func free(ctx context.Context, q *db.Q, user string, p Person) error {
	var faults []fault.Item
	for _, f := range []struct{ field, statement, value string }{
		{"email", "SELECT count(*) FROM person WHERE email = ? AND user_id <> ?", p.Email},
		{"phone", "SELECT count(*) FROM person WHERE phone = ? AND user_id <> ?", p.Phone},
	} {
		if f.value == "" {
			continue
		}
		n, err := db.One[int](ctx, q, f.statement, f.value, user)
		if err != nil {
			return err
		}
		if n > 0 {
			faults = append(faults, fault.Item{Field: f.field, What: fault.T("Somebody has an account with this already."),
				Remedy: fault.T("Look for it in the list of users, or give another.")})
		}
	}
	return fault.Batch(faults)
}

// orNull keeps "" out of a unique column.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// maybePerson reads a person; of an erased account there is none.
func maybePerson(ctx context.Context, q *db.Q, user string) (Person, error) {
	p, _, err := db.Maybe[Person](ctx, q, `SELECT name, coalesce(email, '') AS email, coalesce(phone, '') AS phone
		FROM person WHERE user_id = ?`, user)
	return p, err
}

// errGone is the fault of an account that does not exist or that the actor may not know of.
func errGone() error { return fault.New(fault.NotFound, "There is no such account.") }
