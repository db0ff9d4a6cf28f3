package web

import (
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/place"
)

// partNames are the parts of a former place in the words of the law.
var partNames = map[gazetteer.Share]fault.Text{
	gazetteer.Whole:      fault.T("all of it"),
	gazetteer.Part:       fault.T("a part of its area and people"),
	gazetteer.AreaOnly:   fault.T("a part of its area, nobody living there"),
	gazetteer.AllPeople:  fault.T("a part of its area and all its people"),
	gazetteer.AllArea:    fault.T("all its area and a part of its people"),
	gazetteer.PeopleOnly: fault.T("a part of its people, no area"),
}

// basisNames say what a share of people is known from.
var basisNames = map[place.Basis]fault.Text{
	place.ByLaw:        fault.T("the law says so"),
	place.ByPopulation: fault.T("counted people"),
	place.ByVillages:   fault.T("villages that went"),
	place.ByArea:       fault.T("area, in the place of people"),
	place.ByCommunes:   fault.T("what became of its communes"),
	place.Unknown:      fault.T("nobody says how many"),
}

// countNames are the kinds of counts of people.
var countNames = map[gazetteer.Basis]fault.Text{
	gazetteer.Census:         fault.T("census of 1 April"),
	gazetteer.Average:        fault.T("average of the year"),
	gazetteer.AverageRevised: fault.T("average of the year, revised after the census"),
	gazetteer.Resolution:     fault.T("resolution, from registers"),
	gazetteer.Rearrangement:  fault.T("plan of rearranging communes, from registers"),
}

// confidenceNames say how a count is known.
var confidenceNames = map[gazetteer.Confidence]fault.Text{
	gazetteer.Sourced:  fault.T("printed by the source"),
	gazetteer.Summed:   fault.T("computed from printed numbers"),
	gazetteer.Doubtful: fault.T("doubtful: sources differ or give no origin"),
}

// changeNames are the kinds of boundary changes, as what one proposes.
var changeNames = map[place.ChangeKind]fault.Text{
	place.Rename: fault.T("Another name"),
	place.Retype: fault.T("Another kind"),
	place.Recode: fault.T("Another code"),
	place.Move:   fault.T("Into another province"),
	place.Merge:  fault.T("Merger with others"),
	place.Split:  fault.T("Division"),
}

// changeStates are how far a change has come, with the badge of each.
var changeStates = map[place.State]struct {
	name fault.Text
	kind string
}{
	place.Proposed:  {fault.T("waits for review"), "lua"},
	place.Approved:  {fault.T("approved, waits for its day"), "cham"},
	place.Applied:   {fault.T("applied"), "ngoc"},
	place.Rejected:  {fault.T("rejected"), "son"},
	place.Withdrawn: {fault.T("withdrawn"), ""},
}
