package demo

import (
	"fmt"
	"path"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/account/password"
)

// Password is that of everybody in the demo.
const Password = "thuyen nan qua song 99"

// Cost is what a password may cost while a house is furnished. Everybody is told it, so nothing is guarded by making
// guesses dear; who signs in later has theirs hashed anew at the full cost.
var Cost = password.Cost{Memory: 64, Passes: 1, Lanes: 1}

// domain is where the people of the demo have their addresses: nobody can have one there.
const domain = "@tinh-mau.example"

// leading is how many communes have a chair and an official with accounts.
const leading = 9

// Login gives the address with which the first holder of a role signs in.
func Login(r account.Role) string { return strings.ReplaceAll(string(r), "_", "-") + domain }

// person is somebody of the demo.
type person struct {
	name, login string
	user        string // id of the account
	grants      []account.Grant
}

// seat is a role to be filled.
type seat struct {
	login  string
	role   account.Role
	place  string // id
	agency string // name
}

// seats are all roles that are filled: one of each, heads of the other lead agencies, and nine communes.
func (b *builder) seats() []seat {
	var all []seat
	for _, r := range account.Roles {
		s := seat{login: Login(r), role: r, place: b.home}
		switch r {
		case account.Administrator:
			s.place = ""
		case account.LeadHead, account.LeadDrafter:
			s.place, s.agency = "", environment
		case account.Coordinator:
			s.place, s.agency = "", front
		case account.ServiceUnit:
			s.place, s.agency = "", centre
		case account.CommuneChair, account.CommuneOfficial:
			s.place = commune(leadingCommunes[0])
		}
		all = append(all, s)
	}
	for i, name := range otherLeads {
		all = append(all, seat{fmt.Sprintf("lead-head-%d%s", i+2, domain), account.LeadHead, "", name})
	}
	for i, n := range leadingCommunes[1:] {
		all = append(all, seat{fmt.Sprintf("commune-chair-%d%s", i+2, domain), account.CommuneChair, commune(n), ""},
			seat{fmt.Sprintf("commune-official-%d%s", i+2, domain), account.CommuneOfficial, commune(n), ""})
	}
	return all
}

// leadingCommunes are the communes whose people have accounts, by number.
var leadingCommunes = [leading]int{1, 2, 5, 13, 21, 34, 47, 58, 72}

// invite fills the seats. The agencies are offered first, because some roles are held in one.
func (b *builder) invite() error {
	if err := b.agencies(); err != nil {
		return err
	}
	for i, s := range b.seats() {
		g := account.Grant{Role: s.role, Place: s.place, Since: b.at.day(past)}
		if s.agency != "" {
			g.Agency = b.body[s.agency].id
		}
		p := &person{name: nameOf(i), login: s.login}
		user, link, err := b.Accounts.Invite(b.ctx, b.operator(), account.Invitation{Person: account.Person{Name: p.name, Email: p.login}, Grants: []account.Grant{g}})
		if err != nil {
			return err
		}
		g.User = user
		p.user, p.grants = user, []account.Grant{g}
		b.who[s.login] = p
		if err := b.Accounts.Accept(b.ctx, path.Base(link), Password); err != nil {
			return err
		}
	}
	return nil
}

// as is a person at work on the day the calendar shows, who has just proved who they are.
func (b *builder) as(p *person) account.Actor {
	return account.Actor{User: p.user, Grants: p.grants, Day: b.operator().Day, Proven: b.at.Now()}
}

// first is the first holder of a role at work.
func (b *builder) first(r account.Role) account.Actor { return b.as(b.who[Login(r)]) }

// nameOf invents the name of the n-th person: the last words say that nobody is meant.
func nameOf(n int) string {
	families := []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ"}
	middles := []string{"Văn", "Thị", "Đức", "Ngọc", "Minh"}
	given := []string{"Ví Dụ", "Thử", "Mẫu", "Giả Định", "Minh Họa", "Làm Thử", "Tưởng Tượng"}
	return families[n%len(families)] + " " + middles[n%len(middles)] + " " + given[n%len(given)]
}
