package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Head is the end of the chain: whoever holds one can later tell whether what came before it has been changed.
type Head struct {
	Seq  int64 // the number of sealed entries; 0 of an empty log
	Hash [sha256.Size]byte
}

// String writes the head as it is printed in editions and mails: 1234:9f86d0….
func (h Head) String() string { return fmt.Sprintf("%d:%s", h.Seq, hex.EncodeToString(h.Hash[:])) }

// ParseHead reads what String writes.
func ParseHead(s string) (h Head, err error) {
	seq, hash, _ := strings.Cut(strings.TrimSpace(s), ":")
	n, err := strconv.ParseInt(seq, 10, 64)
	b, hexErr := hex.DecodeString(hash)
	if err != nil || hexErr != nil || n < 0 || len(b) != sha256.Size {
		return Head{}, fault.New(fault.Invalid, "%s is not an anchor: it is a number, a colon and 64 hexadecimal digits.", s)
	}
	return Head{n, [sha256.Size]byte(b)}, nil
}

// seal gives the hash of an entry at its place: SHA-256 over the hash before it (32 zero bytes before the first) and
// the netstrings (cr.yp.to/proto/netstrings.txt) of its number, id, time in milliseconds, actor, action, object and
// digest.
func seal(before [sha256.Size]byte, seq int64, r Row) [sha256.Size]byte {
	var b bytes.Buffer
	b.Write(before[:])
	for _, field := range []string{
		strconv.FormatInt(seq, 10), r.ID, strconv.FormatInt(r.At.UnixMilli(), 10), r.Actor, r.Action, r.Object, string(r.Digest),
	} {
		fmt.Fprintf(&b, "%d:%s,", len(field), field)
	}
	return sha256.Sum256(b.Bytes())
}

// CurrentHead gives the head of the chain.
func CurrentHead(ctx context.Context, q *db.Q) (Head, error) {
	last, ok, err := db.Maybe[Row](ctx, q, "SELECT "+columns+" FROM audit WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1")
	if err != nil || !ok {
		return Head{}, err
	}
	if len(last.Hash) != sha256.Size {
		return Head{}, fmt.Errorf("audit: entry %d has no hash", *last.Seq)
	}
	return Head{*last.Seq, [sha256.Size]byte(last.Hash)}, nil
}

// Pending is what waits for the sealer.
type Pending struct {
	Entries int       `db:"entries"`
	Oldest  time.Time `db:"oldest"` // zero when none waits
}

// Waiting counts what is not sealed yet.
func Waiting(ctx context.Context, q *db.Q) (Pending, error) {
	return db.One[Pending](ctx, q, "SELECT count(*) AS entries, min(at) AS oldest FROM audit WHERE seq IS NULL")
}

// sealChunk is how many entries are sealed in one transaction.
const sealChunk = 500

// Seal seals what is waiting and gives how many entries it was. Several programs may seal at once: the numbers are
// unique, so one of them wins each and the others look again.
func Seal(ctx context.Context, d *db.DB) (sealed int, err error) {
	for {
		var n int
		err := d.Update(ctx, func(q *db.Q) (err error) {
			n, err = sealSome(ctx, q)
			return err
		})
		if fault.KindOf(err) == fault.Conflict {
			continue
		}
		sealed += n
		if err != nil || n < sealChunk {
			return sealed, err
		}
	}
}

func sealSome(ctx context.Context, q *db.Q) (int, error) {
	rows, err := db.All[Row](ctx, q, "SELECT "+columns+" FROM audit WHERE seq IS NULL ORDER BY id LIMIT ?", sealChunk)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	head, err := CurrentHead(ctx, q)
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		head.Seq++
		head.Hash = seal(head.Hash, head.Seq, r)
		if _, err := q.Exec(ctx, "UPDATE audit SET seq = ?, hash = ? WHERE id = ?", head.Seq, head.Hash[:], r.ID); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// gather is how long the sealer waits after a change for others to seal with it: each sealing takes the one place to
// write from those who wait for their forms.
const gather = 250 * time.Millisecond

// Run seals in the background until ctx ends: soon after a change in this process, and every ten seconds for those of
// other programs.
func Run(ctx context.Context, d *db.DB, log *slog.Logger) {
	wake := d.Subscribe(signal)
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		if _, err := Seal(ctx, d); err != nil && ctx.Err() == nil {
			log.Error("the audit could not be sealed", "error", err)
		}
		select {
		case <-wake:
			select {
			case <-time.After(gather):
			case <-ctx.Done():
				return
			}
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
