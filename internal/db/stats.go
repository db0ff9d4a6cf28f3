package db

import (
	"os"
	"sync/atomic"
	"time"

	"thuoc/internal/fault"
)

// slow is the bound of an Update: the one writer of SQLite is everybody's.
const slow = 250 * time.Millisecond

// meter counts what the transactions did.
type meter struct {
	views, updates, failures, overlong, retries, waiting atomic.Int64
	viewed, updated, longest                             atomic.Int64 // nanoseconds
}

func (m *meter) view(took time.Duration) {
	m.views.Add(1)
	m.viewed.Add(int64(took))
}

func (m *meter) update(took time.Duration, err error) {
	m.updates.Add(1)
	m.updated.Add(int64(took))
	if fault.KindOf(err) == fault.Busy {
		m.failures.Add(1)
	}
	if took > slow {
		m.overlong.Add(1)
	}
	for old := m.longest.Load(); int64(took) > old && !m.longest.CompareAndSwap(old, int64(took)); old = m.longest.Load() {
	}
}

// Stats is what the database has done since it was opened, for metrics and the page of an administrator.
type Stats struct {
	Views, Updates int64         // transactions
	Busy           int64         // Updates refused because the database could not take them
	Overlong       int64         // Updates over 250 ms, which hold up everybody else
	Retries        int64         // attempts lost against another transaction
	Waiting        int64         // Updates waiting for their turn now
	Viewing        time.Duration // time spent in Views, all together
	Updating       time.Duration // time spent in Updates, all together
	Longest        time.Duration // the longest Update
	LogBytes       int64         // SQLite: the size of the log not yet written back, which a long reader makes grow
}

// Stats gives the counts since Open.
func (d *DB) Stats() Stats {
	m := &d.meter
	s := Stats{
		Views: m.views.Load(), Updates: m.updates.Load(), Busy: m.failures.Load(), Overlong: m.overlong.Load(),
		Retries: m.retries.Load(), Waiting: m.waiting.Load(), Viewing: time.Duration(m.viewed.Load()),
		Updating: time.Duration(m.updated.Load()), Longest: time.Duration(m.longest.Load()),
	}
	if d.Engine() == SQLite {
		if info, err := os.Stat(d.cfg.URL + "-wal"); err == nil {
			s.LogBytes = info.Size()
		}
	}
	return s
}
