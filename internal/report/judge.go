package report

import (
	"context"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Return sends a report back, with kinds of reasons and words. The version that was sent stays readable.
func (s *Store) Return(ctx context.Context, actor account.Actor, id string, rev int, reasons []Reason, words string) error {
	return s.step(ctx, actor, id, rev, Return, func(q *db.Q, r *Report) error {
		var items []fault.Item
		kinds := make([]string, len(reasons))
		for i, reason := range reasons {
			if kinds[i] = string(reason); !slices.Contains(Reasons, reason) {
				items = append(items, fault.Item{Field: "reasons", What: fault.T("“%s” is no kind of reason.", string(reason)), Remedy: fault.T("Choose one.")})
			}
		}
		if len(reasons) == 0 {
			items = append(items, fault.Item{Field: "reasons", What: fault.T("No reason is chosen."), Remedy: fault.T("Choose at least one.")})
		}
		if words == "" {
			items = append(items, fault.Item{Field: "words", What: fault.T("The reason has no words."), Remedy: fault.T("Write what is to be mended; the unit will read it.")})
		}
		if err := fault.Batch(items); err != nil {
			return err
		}
		v, _, err := lastSent(ctx, q, id)
		if err != nil {
			return err
		}
		return s.did(ctx, q, actor, id, string(Return), event{reasons: strings.Join(kinds, " "), note: words, version: v.ID})
	})
}

// Accept takes a report as it was sent.
func (s *Store) Accept(ctx context.Context, actor account.Actor, id string, rev int, note string) error {
	return s.step(ctx, actor, id, rev, Accept, func(q *db.Q, r *Report) error {
		v, _, err := lastSent(ctx, q, id)
		if err != nil {
			return err
		}
		return s.did(ctx, q, actor, id, string(Accept), event{note: note, version: v.ID})
	})
}
