package web

import (
	"slices"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/task"
)

// taskAndHelpers reads a task and the agencies that coordinate it; all their faults are told together.
func (f *form) taskAndHelpers(t *task.Task) (helpers []task.Helper, err error) {
	helpers, faults, err := f.helpers()
	if err != nil {
		return nil, err
	}
	if err := f.task(t); err != nil {
		more := fault.Items(err)
		if len(more) == 0 {
			return nil, err
		}
		faults = append(more, faults...)
	}
	return helpers, fault.Batch(faults)
}

// helpers reads the agencies that coordinate, one a line.
func (f *form) helpers() (helpers []task.Helper, faults []fault.Item, err error) {
	for i, line := range strings.Split(f.get("helpers"), "\n") {
		name, words, _ := strings.Cut(line, ";")
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		found, err := f.v.agenciesNamed(name)
		if err != nil {
			return nil, nil, err
		}
		if !slices.ContainsFunc(found, func(c candidate) bool { return c.exact }) && len(found) != 1 {
			faults = append(faults, fault.Item{Field: "helpers", What: fault.T("Line %d names no agency of today, or several.", i+1), Remedy: fault.T("Write its name in full.")})
			continue
		}
		if !slices.ContainsFunc(helpers, func(h task.Helper) bool { return h.Agency == found[0].id }) {
			helpers = append(helpers, task.Helper{Agency: found[0].id, Words: strings.TrimSpace(words)})
		}
	}
	return helpers, faults, nil
}

// helpersText writes the agencies that coordinate as the form reads them.
func (v *visit) helpersText(helpers []task.Helper) (string, error) {
	ids := make([]string, len(helpers))
	for i, h := range helpers {
		ids[i] = h.Agency
	}
	names, err := v.app.Agencies.Names(v.ctx(), v.actor.Day, ids...)
	var lines []string
	for _, h := range helpers {
		lines = append(lines, strings.TrimSuffix(names[h.Agency]+"; "+h.Words, "; "))
	}
	return strings.Join(lines, "\n"), err
}
