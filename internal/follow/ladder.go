package follow

import (
	"cmp"
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/workday"
)

// Rung is how far up somebody is told. Whoever stands below is told as well: nobody is reported behind their back.
type Rung string

// The rungs, from below.
const (
	Responsible Rung = "responsible" // who does it: of the agency, or the officials of the commune
	Head        Rung = "head"        // of the agency or the commune
	Owner       Rung = "owner"       // of the plan
	Leader      Rung = "leader"      // chair and vice-chairs of the province
)

// Rungs lists the rungs from below.
var Rungs = []Rung{Responsible, Head, Owner, Leader}

var rungTexts = map[Rung]fault.Text{
	Responsible: fault.T("who is responsible"), Head: fault.T("the head of the unit"),
	Owner: fault.T("the owner of the plan"), Leader: fault.T("the leaders of the province"),
}

// Text gives the rung in words.
func (r Rung) Text() fault.Text { return rungTexts[r] }

// roles are who stands on a rung over a thing, by its agency or its place; around tells that a grant of a place around
// counts. A task of a commune often names the commune and its committee: people of either are asked.
func (r Rung) roles() (roles []account.Role, around bool) {
	switch r {
	case Owner:
		return []account.Role{account.PlanOwner}, true
	case Leader:
		return []account.Role{account.ProvincialChair, account.ProvincialViceChair}, true
	case Head:
		return []account.Role{account.LeadHead, account.CommuneChair}, false
	}
	return []account.Role{account.LeadDrafter, account.Coordinator, account.ServiceUnit, account.CommuneOfficial}, false
}

// Step is one reminder of a ladder.
type Step struct {
	Days int  `json:"days"` // working days after the last day; before it, negative
	To   Rung `json:"to"`   // up to whom
	Mail bool `json:"mail"` // by letter too, not in the app alone
}

// Ladder is the reminders of a thing that falls due, the earliest first.
type Ladder []Step

// Usual is the ladder of a place that has set none.
var Usual = Ladder{
	{-7, Responsible, true}, {-3, Responsible, true}, {-1, Responsible, true}, {0, Responsible, false},
	{1, Responsible, true}, {3, Head, true}, {7, Owner, true}, {15, Leader, true},
}

// The bounds of a ladder.
const (
	mostSteps = 20
	mostDays  = 60 // working days to either side
)

// check gives all faults of a ladder.
func (l Ladder) check() (items []fault.Item) {
	wrong := func(line int, field string, what, remedy fault.Text) {
		items = append(items, fault.Item{Line: line, Field: field, What: what, Remedy: remedy})
	}
	if len(l) == 0 || len(l) > mostSteps {
		wrong(0, "days", fault.T("A ladder has between 1 and %d reminders.", mostSteps), fault.T("Write at least the day itself."))
	}
	seen := map[int]bool{}
	for i, s := range l {
		if s.Days < -mostDays || s.Days > mostDays {
			wrong(i+1, "days", fault.T("%d is more than %d working days away.", s.Days, mostDays), fault.T("Write a nearer day."))
		}
		if seen[s.Days] {
			wrong(i+1, "days", fault.T("There are two reminders for the same day."), fault.T("Keep the one that goes further up."))
		}
		seen[s.Days] = true
		if !slices.Contains(Rungs, s.To) {
			wrong(i+1, "to", fault.T("“%s” is nobody who can be told.", string(s.To)), fault.T("Choose one of the four."))
		}
	}
	return items
}

// sorted gives the ladder from its earliest step.
func (l Ladder) sorted() Ladder {
	return slices.SortedStableFunc(slices.Values(l), func(a, b Step) int { return cmp.Compare(a.Days, b.Days) })
}

// stale is after how many working days a reminder that was missed, because the house stood still, is left out.
const stale = 5

// At gives the step that a day has reached for a thing due on another: the latest whose day has come. A step that lies
// further back than a week is not sent late, so that an old plan that is taken in rings no bells.
func (l Ladder) At(due, today clock.Date) (Step, bool) {
	for _, s := range slices.Backward(l.sorted()) {
		on := s.on(due)
		if today.Before(on) {
			continue
		}
		return s, workday.Between(on, today) <= stale
	}
	return Step{}, false
}

// on is the day of a step. A last day on which offices rest is not moved: its own step falls on the working day before.
func (s Step) on(due clock.Date) clock.Date {
	switch {
	case s.Days != 0:
		d, _ := workday.Add(due, s.Days)
		return d
	case workday.Works(due):
		return due
	}
	d, _ := workday.Add(due, -1)
	return d
}

// reach is how many calendar days to either side of today a ladder may speak of, long holidays included.
func (l Ladder) reach() (before, after int) {
	for _, s := range l {
		before, after = max(before, s.Days), max(after, -s.Days)
	}
	return 2*(before+stale) + 14, 2*after + 14
}
