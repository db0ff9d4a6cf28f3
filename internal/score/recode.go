package score

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/fault"
)

// Recode turns the code of an answer into a value, by rules read from left to right; the first that matches holds:
//
//	1,2 -> 1; 3..5 -> 0; 888,999 -> missing; else -> value
//
// A rule's left side lists codes and closed ranges, or is "else" (last only). Its right side is a number, "value" (the
// code itself) or "missing". An answer that no rule matches is missing.
type Recode struct{ rules []recodeRule }

type recodeRule struct {
	from []Range // a single code has Min = Max; nil for else
	to   recodeTo
}

type recodeTo struct {
	kind  byte // 'n' a number, 'v' the code itself, 'm' missing
	value float64
}

// maxRules bounds a recode, so that an absurd text is refused rather than carried.
const maxRules = 200

// ParseRecode reads a recode. Its fault names the column, from 1, and the remedy.
func ParseRecode(text string) (*Recode, error) {
	r := &Recode{}
	column := 1
	for part := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(part) != "" {
			rule, err := parseRule(part, column)
			if err != nil {
				return nil, err
			}
			if n := len(r.rules); n > 0 && r.rules[n-1].from == nil {
				return nil, recodeFault(column, fault.T("A rule after else can never hold."), fault.T("Put else last."))
			}
			r.rules = append(r.rules, rule)
		}
		column += len([]rune(part)) + 1
	}
	if len(r.rules) == 0 || len(r.rules) > maxRules {
		return nil, recodeFault(1, fault.T("A recode has 1 to %d rules.", maxRules), fault.T("Write it like: 1,2 -> 1; 3..5 -> 0; else -> missing"))
	}
	return r, nil
}

func recodeFault(column int, what, remedy fault.Text) error {
	return fault.Batch([]fault.Item{{Column: column, What: what, Remedy: remedy}})
}

func parseRule(part string, column int) (recodeRule, error) {
	left, right, ok := strings.Cut(part, "->")
	if !ok {
		return recodeRule{}, recodeFault(column, fault.T("The rule %q has no arrow.", strings.TrimSpace(part)), fault.T("Write it like: 1,2 -> 1"))
	}
	var rule recodeRule
	if strings.TrimSpace(left) != "else" {
		for item := range strings.SplitSeq(left, ",") {
			span, ok := parseSpan(strings.TrimSpace(item))
			if !ok {
				return rule, recodeFault(column, fault.T("%q is neither a code nor a range.", strings.TrimSpace(item)), fault.T("Write codes like 1,2 and ranges like 3..5, the smaller end first."))
			}
			rule.from = append(rule.from, span)
		}
	}
	switch to := strings.TrimSpace(right); to {
	case "value":
		rule.to.kind = 'v'
	case "missing":
		rule.to.kind = 'm'
	default:
		v, ok := parseNumber(to)
		if !ok {
			return rule, recodeFault(column, fault.T("%q is no result of a rule.", to), fault.T("After the arrow stands a number, value or missing."))
		}
		rule.to = recodeTo{'n', v}
	}
	return rule, nil
}

func parseSpan(s string) (Range, bool) {
	lo, hi, isRange := strings.Cut(s, "..")
	min, ok := parseNumber(strings.TrimSpace(lo))
	if !ok || !isRange {
		return Range{min, min}, ok
	}
	max, ok := parseNumber(strings.TrimSpace(hi))
	return Range{min, max}, ok && min <= max
}

// parseNumber reads a plain decimal number: no exponent, no infinity, no underscore.
func parseNumber(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "+-.0123456789") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// Apply gives the value of an answer's code; false when the answer is missing.
func (r *Recode) Apply(code float64) (float64, bool) {
	for _, rule := range r.rules {
		if rule.from != nil && !slices.ContainsFunc(rule.from, func(s Range) bool { return s.Min <= code && code <= s.Max }) {
			continue
		}
		switch rule.to.kind {
		case 'v':
			return code, !math.IsNaN(code)
		case 'm':
			return 0, false
		default:
			return rule.to.value, true
		}
	}
	return 0, false
}

// String writes the recode in its canonical form, which ParseRecode reads back to the same rules.
func (r *Recode) String() string {
	var rules []string
	for _, rule := range r.rules {
		left := "else"
		if rule.from != nil {
			var spans []string
			for _, s := range rule.from {
				if s.Min == s.Max {
					spans = append(spans, plain(s.Min))
				} else {
					spans = append(spans, plain(s.Min)+".."+plain(s.Max))
				}
			}
			left = strings.Join(spans, ",")
		}
		right := map[byte]string{'v': "value", 'm': "missing"}[rule.to.kind]
		if rule.to.kind == 'n' {
			right = plain(rule.to.value)
		}
		rules = append(rules, fmt.Sprintf("%s -> %s", left, right))
	}
	return strings.Join(rules, "; ")
}

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
