package web

import (
	"crypto/rand"
	"sync"
	"sync/atomic"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/sheet"
)

// The bounds of the tray.
const (
	trayKeeps = time.Hour
	trayBytes = 64 << 20
	trayWaits = 700 * time.Millisecond
)

// tray holds the files that people have sent to be looked at and not yet confirmed. They stay in memory alone: a list
// holds names of people, which belong neither on the disk nor into a backup before somebody wants them taken in. A file
// that a restart loses is chosen again.
type tray struct {
	mu       sync.Mutex
	files    []waiting     // the oldest first
	patience time.Duration // how long who takes a file in waits for the end; what takes longer is followed on a page
}

// waiting is a file in the tray.
type waiting struct {
	id, user, list string
	name           string // as the person named it
	content        []byte
	place          string     // id of the place the list is of; "" where its rows say
	on             clock.Date // the day of which it speaks
	mapping        sheet.Mapping
	since          time.Time

	plan, title string // what the file is of, where the person said so
	year        int
	taking      *taking // once it is being taken in
}

// taking is the taking in of a file.
type taking struct {
	done, of atomic.Int64  // rows written so far, and to be written; 0 while that is not known
	ended    chan struct{} // closed once found and err stand
	found    checked
	err      error
}

// tell notes how far it is.
func (t *taking) tell(done, of int) {
	t.done.Store(int64(done))
	t.of.Store(int64(of))
}

// take begins to take a file in; one that was begun goes on.
func (t *tray) take(id string, do func(*taking) (checked, error)) *taking {
	t.mu.Lock()
	defer t.mu.Unlock()
	begun := &taking{ended: make(chan struct{})}
	for i := range t.files {
		if t.files[i].id != id {
			continue
		}
		if t.files[i].taking != nil {
			return t.files[i].taking
		}
		t.files[i].taking = begun
	}
	go func() {
		defer close(begun.ended)
		begun.found, begun.err = do(begun)
	}()
	return begun
}

// retry lets a file that could not be taken in be tried again.
func (t *tray) retry(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.files {
		if t.files[i].id == id {
			t.files[i].taking = nil
		}
	}
}

// put keeps a file in the place of the person's last one of that list, and gives its id. Where there is no more room the
// oldest give way.
func (t *tray) put(w waiting, now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	w.id, w.since = rand.Text(), now
	var kept []waiting
	size := len(w.content)
	for i := len(t.files) - 1; i >= 0; i-- {
		f := t.files[i]
		if size += len(f.content); size > trayBytes || now.Sub(f.since) > trayKeeps {
			break
		}
		if f.user == w.user && f.list == w.list {
			size -= len(f.content)
			continue
		}
		kept = append([]waiting{f}, kept...)
	}
	t.files = append(kept, w)
	return w.id
}

// get finds a person's own file.
func (t *tray) get(id, user, list string, now time.Time) (waiting, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.files {
		if f.id == id && f.user == user && f.list == list && now.Sub(f.since) <= trayKeeps {
			return f, nil
		}
	}
	return waiting{}, fault.New(fault.Gone, "The file is not here any more: it waits for an hour, and a new start of the program forgets it. Choose it again.")
}

// choose notes which columns hold what.
func (t *tray) choose(id string, m sheet.Mapping) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.files {
		if t.files[i].id == id {
			t.files[i].mapping = m
		}
	}
}

// drop forgets a file.
func (t *tray) drop(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, f := range t.files {
		if f.id == id {
			t.files = append(t.files[:i:i], t.files[i+1:]...)
			return
		}
	}
}
