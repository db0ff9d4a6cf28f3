package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Freeze keeps the sum of a period as it is now, with the owner's own words, and gives its hash. Earlier ones stay.
func (s *Store) Freeze(ctx context.Context, actor account.Actor, home string, p Period, text Narrative) (hash string, err error) {
	measures, err := s.measures(ctx, home, p) // opens files: not while the database waits
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.JudgeReport, account.Subject{Place: home}); err != nil {
			return err
		}
		if err := text.whole(); err != nil {
			return err
		}
		c, err := s.sum(ctx, q, home, p, false)
		if err != nil {
			return err
		}
		c.Measures, c.Text, c.Author = measures, text, actor.User
		body, err := json.Marshal(c)
		if err != nil {
			return err
		}
		digest := sha256.Sum256(body)
		hash = hex.EncodeToString(digest[:])
		id := q.NewID()
		if _, err := q.Exec(ctx, "INSERT INTO report_sum (id, home, kind, period, at, actor, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			id, home, p.Kind, p.String(), q.Now(), actor.User, string(body), hash); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "report.sum", Object: "sum:" + id, Content: []byte(hash)})
	})
	return hash, err
}

// Frozen gives the sum that was frozen last for a period; ok is false where none was.
func (s *Store) Frozen(ctx context.Context, actor account.Actor, home string, p Period) (c Consolidated, ok bool, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.SumReports, account.Subject{Place: home}); err != nil {
			return err
		}
		type kept struct {
			Body string `db:"body"`
			Hash string `db:"hash"`
		}
		k, found, err := db.Maybe[kept](ctx, q, "SELECT body, hash FROM report_sum WHERE home = ? AND kind = ? AND period = ? ORDER BY id DESC LIMIT 1", home, p.Kind, p.String())
		if err != nil || !found {
			return err
		}
		ok = true
		if err := json.Unmarshal([]byte(k.Body), &c); err != nil {
			return err
		}
		c.Hash = k.Hash
		return nil
	})
	return c, ok, err
}

// whole gives all that the owner's own words lack.
func (n Narrative) whole() error {
	items := Entry{Text: n}.bounds()
	for _, f := range []struct {
		field, text string
		what        fault.Text
	}{{"results", n.Results, fault.T("The results are missing.")}, {"shortcomings", n.Shortcomings, fault.T("The shortcomings are missing.")}} {
		if f.text == "" {
			items = append(items, fault.Item{Field: f.field, What: f.what, Remedy: fault.T("Write it in the owner's own words; the units' words stand beside it.")})
		}
	}
	return fault.Batch(items)
}
