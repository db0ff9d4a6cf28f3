package api

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// The parameters.
const (
	keyYear    = "year"
	keyLevel   = "level"
	keyCode    = "code"
	keyUnit    = "unit"
	keyFrame   = "frame"
	keyVerdict = "verdict"
	keyOn      = "on"
	keyParent  = "parent"
	keyQuery   = "q"
	keyLimit   = "limit"
	keyCursor  = "cursor"
	keyLang    = "lang"
)

// query is what the parameters say, checked as far as that goes without an edition. Zero values were left open.
type query struct {
	years                             []int
	levels, codes, unitCodes, verdict []string
	frame                             int
	on                                clock.Date
	parent, text, cursor              string
	limit                             int
	lang                              lang.Lang
}

// many are the parameters that may hold several values, separated by commas or given again.
var many = map[string]bool{keyYear: true, keyLevel: true, keyCode: true, keyUnit: true, keyVerdict: true}

// mostValues bounds the values of one parameter: more than there are provinces or nodes of a level.
const mostValues = 200

// parse reads the parameters. Whatever is wrong goes to the faults; what is right is kept.
func (q *request) parse() {
	q.frame, q.limit, q.lang = former, usualItems, languageOf(q.Request)
	values, err := url.ParseQuery(q.URL.RawQuery)
	if err != nil {
		q.fault("", fault.T("The part of the address after the question mark cannot be read."))
	}
	for _, key := range sortedKeys(values) {
		if key != keyLang && !slices.Contains(q.route.takes, key) {
			q.unknown(key)
			continue
		}
		for _, s := range q.split(key, values[key]) {
			if what := q.take(key, s); what.Key != "" {
				q.fault(key, what)
			}
		}
	}
	for _, list := range [][]string{q.levels, q.codes, q.unitCodes, q.verdict} {
		slices.Sort(list)
	}
	slices.Sort(q.years)
	q.years, q.levels, q.codes = slices.Compact(q.years), slices.Compact(q.levels), slices.Compact(q.codes)
	q.unitCodes, q.verdict = slices.Compact(q.unitCodes), slices.Compact(q.verdict)
	if slices.Contains(q.route.takes, keyOn) && q.on.IsZero() {
		q.on = q.api.Today()
	}
}

func sortedKeys(values url.Values) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// split gives the single values of a parameter; the search text is one value, commas and all.
func (q *request) split(key string, given []string) []string {
	if !many[key] {
		if len(given) > 1 {
			q.fault(key, fault.T("The parameter can be given once."))
		}
		return given[:1]
	}
	var list []string
	for _, s := range given {
		for part := range strings.SplitSeq(s, ",") {
			list = append(list, strings.TrimSpace(part))
		}
	}
	if len(list) > mostValues {
		q.fault(key, fault.T("At most %d values can be given.", mostValues))
		return nil
	}
	return list
}

// unknown names a parameter the route does not take, with the one that was probably meant.
func (q *request) unknown(key string) {
	it := fault.Item{Field: shown(key), What: fault.T("This parameter is not known here.")}
	if near := lang.Nearest(key, q.route.takes); near != "" && len(key) < 40 {
		it.Remedy = fault.T("Did you mean “%s”?", near)
	} else if len(q.route.takes) > 0 {
		it.Remedy = fault.T("There are: %s.", strings.Join(q.route.takes, ", "))
	}
	q.faults = append(q.faults, it)
}

// take reads one value; the text is what is wrong with it, empty for nothing.
func (q *request) take(key, s string) fault.Text {
	var ok bool
	switch key {
	case keyYear:
		return q.takeYear(s)
	case keyLevel:
		q.levels = append(q.levels, s)
	case keyCode:
		q.codes = append(q.codes, s)
	case keyUnit:
		q.unitCodes = append(q.unitCodes, s)
	case keyVerdict:
		q.verdict = append(q.verdict, s)
		return oneOf(s, verdicts)
	case keyFrame:
		q.frame, _ = strconv.Atoi(s)
		return oneOf(s, []string{"63", "34"})
	case keyOn:
		var err error
		if q.on, err = clock.ParseDate(s); err != nil {
			return fault.T("“%s” is not a date of the form 2025-07-01.", shown(s))
		}
	case keyParent:
		q.parent = s
	case keyQuery:
		if q.text = strings.ToValidUTF8(s, ""); len(s) > 200 {
			return fault.T("The search is longer than %d letters.", 200)
		}
	case keyLimit:
		var err error
		if q.limit, err = strconv.Atoi(s); err != nil || q.limit < 1 || q.limit > mostItems {
			q.limit = usualItems
			return fault.T("“%s” is not a whole number from 1 to %d.", shown(s), mostItems)
		}
	case keyCursor:
		q.cursor = s
	case keyLang:
		if q.lang, ok = lang.Parse(s); !ok {
			return oneOf(s, []string{string(lang.Vi), string(lang.En)})
		}
	}
	return fault.Text{}
}

func (q *request) takeYear(s string) fault.Text {
	year, err := strconv.Atoi(s)
	if err != nil {
		return fault.T("“%s” is not a year.", shown(s))
	}
	if years := q.api.Shelf.Years(); !slices.Contains(years, year) {
		return fault.T("No results of %d are published.", year)
	}
	q.years = append(q.years, year)
	return fault.Text{}
}

func oneOf(s string, list []string) fault.Text {
	if slices.Contains(list, s) {
		return fault.Text{}
	}
	return fault.T("“%s” is none of: %s.", shown(s), strings.Join(list, ", "))
}

// shown shortens what a stranger wrote, for a sentence about it.
func shown(s string) string {
	if len(s) > 40 {
		s = s[:40] + "…"
	}
	return strings.ToValidUTF8(s, "")
}

func (q *request) fault(field string, what fault.Text) {
	q.faults = append(q.faults, fault.Item{Field: field, What: what})
}

// wrong gives all faults of the question, nil when there are none.
func (q *request) wrong() error {
	if len(q.faults) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Text: fault.T("This address asks for something that does not exist."), Items: q.faults}
}

// canonical writes what was asked in one way: parameters in alphabetical order, values in order and once, nothing that
// is so anyway. Page and language are not part of it.
func (q *request) canonical() url.Values {
	v := url.Values{}
	set := func(key, value string) {
		if value != "" {
			v.Set(key, value)
		}
	}
	var years []string
	for _, y := range q.years {
		years = append(years, strconv.Itoa(y))
	}
	set(keyYear, strings.Join(years, ","))
	set(keyLevel, strings.Join(q.levels, ","))
	set(keyCode, strings.Join(q.codes, ","))
	set(keyUnit, strings.Join(q.unitCodes, ","))
	set(keyVerdict, strings.Join(q.verdict, ","))
	set(keyOn, q.on.String())
	set(keyParent, q.parent)
	set(keyQuery, q.text)
	if q.frame != former {
		set(keyFrame, strconv.Itoa(q.frame))
	}
	return v
}

// key names the answer among all answers.
func (q *request) key() string {
	v := q.canonical()
	v.Set(keyLimit, strconv.Itoa(q.limit))
	v.Set(keyCursor, q.cursor)
	if q.route.worded {
		v.Set(keyLang, string(q.lang))
	}
	return q.URL.Path + "?" + v.Encode()
}
