package edition

import (
	"thuoc/internal/fault"
	"thuoc/internal/score"
)

// Column describes a column of the tables of cells. An empty cell is not known in every one of them.
type Column struct {
	Name  string
	Type  string   // string, number or integer
	Only  []string // the values it may have; nil = not listed
	About fault.Text
}

// The types of columns.
const (
	text    = "string"
	number  = "number"
	integer = "integer"
)

var verdicts = []string{string(score.Rose), string(score.Fell), string(score.NoEvidence), string(score.NotTestable), string(score.NotComparable)}

// Columns is the codebook of the tables of cells, column by column in their order.
func Columns() []Column {
	return []Column{
		{"unit", text, nil, fault.T("code of the province in the map of the file's name")},
		{"code", text, nil, fault.T("node of the index, in the framework of the year")},
		{"status", text, []string{string(score.OK), string(score.Partial), string(score.NotPublished), string(score.Suppressed), string(score.Missing)},
			fault.T("whether there is a value, and if not why")},
		{"value", number, nil, fault.T("value on the scale of the node")},
		{"se", number, nil, fault.T("standard error of the value")},
		{"lo", number, nil, fault.T("lower limit of the proper interval")},
		{"hi", number, nil, fault.T("upper limit of the proper interval")},
		{"level", number, nil, fault.T("level of the proper interval, 0.95 for 95 per cent")},
		{"printed_lo", number, nil, fault.T("lower limit as printed by the publisher; its true level stands in content.json")},
		{"printed_hi", number, nil, fault.T("upper limit as printed by the publisher")},
		{"n", integer, nil, fault.T("people who answered")},
		{"mark", text, []string{string(score.Given), string(score.Exact), string(score.Published)},
			fault.T("exact: computed from its parts; published: taken as printed; given: an input")},
		{"group", integer, nil, fault.T("group from 1, the lowest, to 4, the highest")},
		{"sure", number, nil, fault.T("probability that the unit belongs to its group")},
		{"shares", text, nil, fault.T("probabilities of all groups from the highest, separated by spaces")},
		{"rank", integer, nil, fault.T("order by value, 1 the highest; not a result without its range")},
		{"of", integer, nil, fault.T("units with a value")},
		{"rank_lo", integer, nil, fault.T("best rank the unit may truly have")},
		{"rank_hi", integer, nil, fault.T("worst rank the unit may truly have")},
		{"from_year", integer, nil, fault.T("year of the former value")},
		{"from", number, nil, fault.T("former value")},
		{"change", number, nil, fault.T("value less the former value")},
		{"change_relative", number, nil, fault.T("change as a share of the former value")},
		{"change_se", number, nil, fault.T("standard error of the change")},
		{"verdict", text, verdicts, fault.T("what the test says of the change")},
		{"five_percent", text, append([]string{string(score.Stood)}, verdicts...), fault.T("what the publisher's rule of five per cent says of it, which is no test")},
		{"change_why", text, nil, fault.T("id of the sentence in content.json that says why the change was not tested")},
		{"why", text, nil, fault.T("id of the sentence in content.json that says why there is no value, or a partial one")},
		{"error_why", text, nil, fault.T("id of the sentence in content.json that says why there is no error")},
		{"note", text, nil, fault.T("key of a remark in content.json")},
		{"source", text, nil, fault.T("key of a source in content.json; a part of it may follow after #")},
	}
}
