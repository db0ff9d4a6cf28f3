package demo

import (
	"fmt"

	"thuoc/internal/account"
	"thuoc/internal/agency"
)

// The agencies that the demo speaks of by name.
const (
	environment = "Sở Nông nghiệp và Môi trường"
	front       = "Ủy ban MTTQ Việt Nam tỉnh"
	centre      = "Trung tâm Phục vụ hành chính công tỉnh Mẫu"
	committee   = "UBND tỉnh Mẫu"
	interior    = "Sở Nội vụ"
	finance     = "Sở Tài chính"
	office      = "Văn phòng UBND tỉnh"
	inspection  = "Thanh tra tỉnh"
	justice     = "Sở Tư pháp"
	works       = "Sở Xây dựng"
	health      = "Sở Y tế"
	schools     = "Sở Giáo dục và Đào tạo"
	science     = "Sở Khoa học và Công nghệ"
)

// otherLeads are the lead agencies whose heads have accounts, but the first.
var otherLeads = []string{interior, finance, office, inspection, justice, works, health, schools, science}

// body is an agency of the demo with the post that heads it.
type body struct {
	id, post string
	seen     int64
}

// agencies offers the usual agencies of the province, confirms them, and adds those that the demo needs besides.
func (b *builder) agencies() error {
	if _, err := b.Agencies.Start(b.ctx, b.operator(), b.home, b.at.day(past)); err != nil {
		return err
	}
	offered, _, err := b.Agencies.List(b.ctx, b.operator(), agency.Filter{On: b.at.day(past), Place: b.home, Limit: 200})
	if err != nil {
		return err
	}
	for _, a := range offered {
		if err := b.Agencies.Confirm(b.ctx, b.operator(), a.ID, a.Version, ""); err != nil {
			return err
		}
		b.body[a.Name] = &body{id: a.ID, seen: a.Version + 1}
	}
	more := []agency.Addition{{Place: b.home, Bloc: agency.Department, Name: committee}, {Place: b.home, Bloc: agency.ServiceUnit, Name: centre}}
	for _, n := range leadingCommunes {
		more = append(more, agency.Addition{Place: commune(n), Bloc: agency.Locality, Name: committeeOf(n)})
	}
	for _, a := range more {
		a.Since = Since
		id, err := b.Agencies.Add(b.ctx, b.operator(), a)
		if err != nil {
			return err
		}
		b.body[a.Name] = &body{id: id, seen: 1}
	}
	return nil
}

// committeeOf names the People's Committee of a commune.
func committeeOf(n int) string {
	if n <= wards {
		return fmt.Sprintf("UBND phường Mẫu %02d", n)
	}
	return fmt.Sprintf("UBND xã Mẫu %02d", n)
}

// organise gives agencies the posts that head them, and people to hold these.
func (b *builder) organise() error {
	owner := b.first(account.PlanOwner)
	heads := map[string]string{committee: Login(account.ProvincialChair), environment: Login(account.LeadHead)}
	for i, name := range otherLeads {
		heads[name] = fmt.Sprintf("lead-head-%d%s", i+2, domain)
	}
	names := append([]string{committee, environment}, otherLeads...)
	for i, n := range leadingCommunes {
		names = append(names, committeeOf(n))
		login := Login(account.CommuneChair)
		if i > 0 {
			login = fmt.Sprintf("commune-chair-%d%s", i+1, domain)
		}
		heads[committeeOf(n)] = login
	}
	for _, name := range names {
		a, ok := b.body[name]
		if !ok {
			return fmt.Errorf("demo: the province has no agency %q", name)
		}
		var err error
		if a.post, err = b.Agencies.AddPost(b.ctx, owner, a.id, a.seen, agency.NewPost{Title: headOf(name), Head: true, Since: Since}); err != nil {
			return err
		}
		a.seen++
		_, err = b.Agencies.Appoint(b.ctx, owner, a.post, a.seen, agency.Appointment{Account: b.who[heads[name]].user, Capacity: agency.Holder, Since: b.at.day(past)})
		if err != nil {
			return err
		}
		a.seen++
	}
	return nil
}

// headOf is the title of who heads an agency.
func headOf(name string) string {
	switch {
	case name == committee:
		return "Chủ tịch UBND tỉnh"
	case name == inspection:
		return "Chánh Thanh tra tỉnh"
	case name == office:
		return "Chánh Văn phòng UBND tỉnh"
	case len(name) > 4 && name[:4] == "UBND":
		return "Chủ tịch UBND cấp xã"
	}
	return "Giám đốc"
}
