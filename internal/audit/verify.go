package audit

import (
	"context"
	"crypto/sha256"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Report is what Verify found.
type Report struct {
	Head     Head         // where the chain ends
	Unsealed int          // entries that wait for the sealer
	Findings []fault.Text // what is wrong, in the order of the log; empty when the log is whole
}

// Verify reads the whole log and compares it with its hashes and with heads that were written down outside.
func Verify(ctx context.Context, d *db.DB, anchors ...Head) (Report, error) {
	return verify(ctx, d, 1000, anchors)
}

// verify reads by pages, so that no View holds the database for long.
func verify(ctx context.Context, d *db.DB, page int, anchors []Head) (Report, error) {
	v := verifier{anchors: map[int64][][sha256.Size]byte{}}
	for _, a := range anchors {
		v.anchors[a.Seq] = append(v.anchors[a.Seq], a.Hash)
	}
	for more := true; more; {
		err := d.View(ctx, func(q *db.Q) error {
			rows, err := db.All[Row](ctx, q, "SELECT "+columns+" FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", v.head.Seq, page)
			for _, r := range rows {
				v.entry(r)
			}
			more = len(rows) > 0
			return err
		})
		if err != nil {
			return Report{}, err
		}
	}
	report := Report{Head: v.head, Findings: v.findings}
	report.Findings = append(report.Findings, v.cutOff(anchors)...)
	err := d.View(ctx, func(q *db.Q) (err error) {
		report.Unsealed, err = db.One[int](ctx, q, "SELECT count(*) FROM audit WHERE seq IS NULL")
		return err
	})
	return report, err
}

// verifier walks along the chain.
type verifier struct {
	head     Head // of what was read
	anchors  map[int64][][sha256.Size]byte
	findings []fault.Text
}

func (v *verifier) find(key string, args ...any) {
	v.findings = append(v.findings, fault.T(key, args...))
}

// entry looks at the next entry. After one that is wrong the walk goes on from the hash it bears, so that every
// entry that was touched is named and no other.
func (v *verifier) entry(r Row) {
	seq := *r.Seq
	missing := seq - v.head.Seq - 1
	switch {
	case missing == 1:
		v.find("Entry %d is missing.", seq-1)
	case missing > 1:
		v.find("The entries %d to %d are missing.", v.head.Seq+1, seq-1)
	}
	var bears [sha256.Size]byte
	copy(bears[:], r.Hash)
	if len(r.Hash) != sha256.Size || missing == 0 && seal(v.head.Hash, seq, r) != bears {
		v.find("Entry %d is not what was sealed: it was changed or moved.", seq)
	}
	v.head = Head{seq, bears}
	for _, hash := range v.anchors[seq] {
		if hash != bears {
			v.find("Entry %d does not lead to the anchor: the log up to there was written anew.", seq)
		}
	}
}

// cutOff compares the end of the log with the furthest anchor.
func (v *verifier) cutOff(anchors []Head) []fault.Text {
	var furthest int64
	for _, a := range anchors {
		furthest = max(furthest, a.Seq)
	}
	if furthest <= v.head.Seq {
		return nil
	}
	return []fault.Text{fault.T("The log ends at entry %d; an anchor shows that it had reached %d. Its end was cut off.",
		v.head.Seq, furthest)}
}
