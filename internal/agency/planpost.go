package agency

import (
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/sheet"
)

// postOf finds or makes the post a row speaks of, and puts the person into it.
func (p *planner) postOf(r sheet.Row, b *body, l *line) {
	var f form
	title, person, law := p.table.Text(r, colPost), p.table.Text(r, colPerson), p.table.Text(r, colHeldLaw)
	f.text(colPost, &title, person != "")
	f.text(colPerson, &person, false)
	f.text(colHeldLaw, &law, false)
	p.report(r, f)
	if title == "" || len(f.faults) > 0 {
		return
	}
	head, said := p.headOf(r)
	s := b.posts[lang.Fold(title)]
	if s == nil {
		s = &seat{id: p.newID(), title: title, isNew: true, lines: map[string]int{}}
		b.posts[lang.Fold(title)] = s
		l.addPost = true
		if !said {
			head = b.head == nil && !strings.HasPrefix(lang.Fold(title), "pho ")
		}
		if head && b.head != nil {
			p.table.Report(r, colHead, fault.T("Another post heads the agency: %s.", b.head.title), fault.T("Leave one head, or close the other post first."))
		} else if head {
			b.head = s
		}
	} else if said && head != (s == b.head) {
		p.table.Report(r, colHead, fault.T("On record, or on an earlier line, it is otherwise."), fault.T("Write the same on every line of the post, or leave the cell empty."))
	}
	l.post, l.title, l.head = s.id, s.title, s == b.head
	if person != "" {
		l.person, l.heldLaw = person, law
		p.tenureOf(r, s, l)
	}
}

// headOf reads whether a post heads its agency, and whether the row says so at all.
func (p *planner) headOf(r sheet.Row) (head, said bool) {
	cell := p.table.Text(r, colHead)
	if cell == "" {
		return false, false
	}
	head, ok := parseYes(cell)
	if !ok {
		p.table.Report(r, colHead, fault.T("“%s” is neither yes nor no.", cell), fault.T("Write yes or no."))
	}
	return head, ok
}

// tenureOf puts the person of a row into a post, unless they are there already.
func (p *planner) tenureOf(r sheet.Row, s *seat, l *line) {
	l.capacity = Holder
	if cell := p.table.Text(r, colCapacity); cell != "" {
		c, ok := parseCapacity(cell)
		if !ok {
			p.table.Report(r, colCapacity, fault.T("“%s” is no capacity.", cell),
				fault.T("Write one of: %s, %s, %s.", Holder.Names(), Acting.Names(), InCharge.Names()))
			return
		}
		l.capacity = c
	}
	l.held, l.heldKnown = p.table.Date(r, colHeld)
	if !l.heldKnown {
		if p.table.Text(r, colHeld) != "" {
			return // is a fault already
		}
		l.held = p.file.On
	}
	if p.twice(r, s, l) || s.holds(*l, p.file.On) {
		return
	}
	l.addTenure, l.tenure, l.official = true, p.newID(), p.newID()
	if l.head && l.capacity == Holder {
		p.follows(r, s, l)
	}
}

// twice reports a person who stands in a post on two lines, and a second holder of a post that heads its agency.
func (p *planner) twice(r sheet.Row, s *seat, l *line) bool {
	who := lang.Fold(l.person) + " " + string(l.capacity)
	if earlier := s.lines[who]; earlier > 0 {
		p.table.Report(r, colPerson, fault.T("The same person, post and capacity as on line %d.", earlier), fault.T("Keep one of the two rows."))
		return true
	}
	s.lines[who] = r.Line
	if !l.head || l.capacity != Holder {
		return false
	}
	if s.taken > 0 {
		p.table.Report(r, colPerson, fault.T("Line %d puts somebody else at the head of the agency.", s.taken), fault.T("Keep one of the two rows."))
		return true
	}
	s.taken = r.Line
	return false
}

// holds tells whether a tenure on record is the one a row speaks of.
func (s *seat) holds(l line, on clock.Date) bool {
	for _, t := range s.held {
		if lang.Fold(t.Name) == lang.Fold(l.person) && t.Capacity == l.capacity && (t.Until.IsZero() || !t.Until.Before(on)) &&
			(!l.heldKnown || t.Since.IsZero() || t.Since == l.held) {
			return true
		}
	}
	return false
}

// follows ends the tenures of those who headed the agency before; without the first day of the new one nobody could
// say when.
func (p *planner) follows(r sheet.Row, s *seat, l *line) {
	for _, t := range s.held {
		if !t.Until.IsZero() && t.Until.Before(l.held) {
			continue
		}
		start := t.Since
		if start.IsZero() {
			start = t.KnownOn
		}
		switch {
		case !l.heldKnown:
			p.table.Report(r, colHeld, fault.T("On record somebody else heads the agency; from which day this person does is missing."), fault.T("Write the day."))
			return
		case !start.Before(l.held):
			p.table.Report(r, colHeld, fault.T("On record somebody else heads the agency from %s.", start), fault.T("Correct the day, or end that tenure first."))
			return
		}
		l.ends = l.held.Add(-1)
		l.endsTenure++
	}
}
