package report

import (
	"context"
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Answer lets the scored unit answer a line of its score: once, while the days for it last and the line counts.
func (s *Store) Answer(ctx context.Context, actor account.Actor, id string, rev int, line, words string) error {
	return s.step(ctx, actor, id, rev, Answer, func(q *db.Q, r *Report) error {
		lines, err := linesOf(ctx, q, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(Current(lines), func(l Line) bool { return l.ID == line })
		if i < 0 {
			return fault.New(fault.NotFound, "This line of the score is not there, or another has taken its place.")
		}
		l := Current(lines)[i]
		replies, err := repliesOf(ctx, q, id)
		if err != nil {
			return err
		}
		switch until := AnswerUntil(l.At); {
		case words == "":
			return fault.Batch([]fault.Item{{Field: "words", What: fault.T("The answer has no words."), Remedy: fault.T("Write what should count and what shows it.")}})
		case until.Before(dayOf(q.Now())):
			return fault.New(fault.Conflict, "The score could be answered until %s.", until)
		case l.Decides != "" || slices.ContainsFunc(replies, func(a Reply) bool { return a.Line == line }):
			return fault.New(fault.Conflict, "This line has been answered already.")
		}
		if _, err := q.Exec(ctx, "INSERT INTO score_answer ("+replyColumns+") VALUES (?, ?, ?, ?, ?, ?)", q.NewID(), line, id, q.Now(), actor.User, words); err != nil {
			return err
		}
		return s.did(ctx, q, actor, id, string(Answer), event{note: words})
	})
}

// Decide settles an answer: somebody above, who has neither scored nor written, leaves the points or gives others, with a
// reason. The line before stays readable.
func (s *Store) Decide(ctx context.Context, actor account.Actor, id string, rev int, answer string, points float64, words string) error {
	return s.step(ctx, actor, id, rev, Decide, func(q *db.Q, r *Report) error {
		lines, err := linesOf(ctx, q, id)
		if err != nil {
			return err
		}
		replies, err := repliesOf(ctx, q, id)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(replies, func(a Reply) bool { return a.ID == answer })
		if at < 0 {
			return fault.New(fault.NotFound, "This answer is not there.")
		}
		l := lines[slices.IndexFunc(lines, func(l Line) bool { return l.ID == replies[at].Line })]
		switch {
		case slices.ContainsFunc(lines, func(d Line) bool { return d.Decides == answer }):
			return fault.New(fault.Conflict, "This answer has been decided already.")
		case l.Actor == actor.User:
			return fault.New(fault.Forbidden, "Who scored does not decide about the answer. Ask another person who may.")
		}
		var items []fault.Item
		if points < 0 || points > l.Most {
			items = append(items, fault.Item{Field: "points", What: fault.T("The points lie between 0 and %v.", l.Most), Remedy: fault.T("Write them so.")})
		}
		if words == "" {
			items = append(items, fault.Item{Field: "words", What: fault.T("The decision has no reason."), Remedy: fault.T("Write it; the unit and who scored will read it.")})
		}
		if err := fault.Batch(items); err != nil {
			return err
		}
		if err := s.line(ctx, q, Line{Report: id, Scheme: l.Scheme, Rule: l.Rule, Points: points, Most: l.Most, Fact: words, Source: "answer:" + answer, Actor: actor.User, Decides: answer}); err != nil {
			return err
		}
		return s.did(ctx, q, actor, id, string(Decide), event{note: words})
	})
}

// Lock ends a scored report: nothing about it changes any more. Every answer is decided, and the days for answering are over.
func (s *Store) Lock(ctx context.Context, actor account.Actor, id string, rev int) error {
	return s.step(ctx, actor, id, rev, Lock, func(q *db.Q, r *Report) error {
		lines, err := linesOf(ctx, q, id)
		if err != nil {
			return err
		}
		replies, err := repliesOf(ctx, q, id)
		if err != nil {
			return err
		}
		for _, a := range replies {
			if !slices.ContainsFunc(lines, func(l Line) bool { return l.Decides == a.ID }) {
				return fault.New(fault.Conflict, "An answer of the unit waits for a decision.")
			}
		}
		if until := AnswerUntil(lines[0].At); !until.Before(dayOf(q.Now())) {
			return fault.New(fault.Conflict, "The unit may answer its score until %s; the report can be locked after that.", until)
		}
		return s.did(ctx, q, actor, id, string(Lock), event{})
	})
}
