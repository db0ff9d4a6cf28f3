package db

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"
)

// idSource makes UUIDv7 ids (RFC 9562 §5.7) that never go back: within a millisecond, and when the clock is set back,
// the 12 bits of rand_a count (§6.2, method 1).
type idSource struct {
	mu     sync.Mutex // a seeded source is not safe for several goroutines
	random io.Reader
	ms     int64
	seq    uint16
}

func (s *idSource) next(now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b [16]byte
	s.fill(b[6:])
	if ms := now.UnixMilli(); ms > s.ms {
		s.ms, s.seq = ms, binary.BigEndian.Uint16(b[6:])&0x7ff // the upper half is left for counting
	} else if s.seq++; s.seq > 0xfff {
		s.ms, s.seq = s.ms+1, 0
	}
	var stamp [8]byte
	binary.BigEndian.PutUint64(stamp[:], uint64(s.ms)<<16|0x7000|uint64(s.seq))
	copy(b[:8], stamp[:])
	b[8] = b[8]&0x3f | 0x80
	return uuid.UUID(b).String()
}

// jitter spreads a wait over its upper half, so that those who collided do not meet again.
func (s *idSource) jitter(d time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var seed [8]byte
	s.fill(seed[:])
	r := rand.New(rand.NewPCG(binary.BigEndian.Uint64(seed[:]), 0))
	return d/2 + time.Duration(r.Int64N(int64(d/2)+1))
}

// fill takes random bytes; without them nothing here can work.
func (s *idSource) fill(b []byte) {
	if _, err := io.ReadFull(s.random, b); err != nil {
		panic("db: no randomness for ids: " + err.Error())
	}
}

// ValidID tells whether text has the form of an id made here.
func ValidID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.Version() == 7 && id.String() == text
}
