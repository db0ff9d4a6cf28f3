package task_test

import (
	"testing"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/task"
)

// Numbers that somebody enters one after another on one telephone do not cross each other, in whatever state the network
// is; a number from another device in between does, also one's own, and one's own words over it do not.
func TestNumbersThatCross(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		id := h.give(t, task.Task{Place: commune, Title: "Niêm yết", Measure: task.Count, Goal: new(12.0)})
		send := func(key, origin, seen string, n float64) error {
			return h.Send(ctx, h.official, task.Progress{Task: id, Key: key, Origin: origin, Seen: seen, Done: &n})
		}
		must(t, send("a", "phone", task.NothingSeen, 3))
		must(t, send("b", "phone", task.NothingSeen, 5)) // entered before "a" had left
		seen := h.page(t, id).Events[1].ID
		must(t, send("c", "desk", seen, 9))
		refused(t, fault.Conflict, send("d", "phone", seen, 6))
		refused(t, fault.Conflict, send("e", "", seen, 6)) // the plain form of an old page
		for range 2 {
			must(t, send("c", "desk", seen, 9)) // sent again it is answered as before
		}
		must(t, h.Send(ctx, h.official, task.Progress{Task: id, Key: "f", Origin: "phone", Seen: seen, Note: "words cross nothing"}))
		must(t, send("d", "phone", "", 6)) // knowingly over it
		if p := h.page(t, id); *p.Done != 6 || len(p.Events) != 5 {
			t.Errorf("%v done after %d events", *p.Done, len(p.Events))
		}
		for key, want := range map[string]bool{"a": true, "e": false} {
			if got, err := h.Arrived(ctx, id, key); err != nil || got != want {
				t.Errorf("%s arrived: %v, %v", key, got, err)
			}
		}
		must(t, h.Send(ctx, h.official, task.Progress{Task: id, Key: "g", Submit: true}))
		must(t, h.Send(ctx, h.official, task.Progress{Task: id, Key: "h", Note: "taken after it was submitted", Evidence: []task.Evidence{{Task: id, Sort: task.Photo, File: "ab", Mime: "image/jpeg", Size: 9}}}))
		p := h.page(t, id)
		if len(p.Evidence) != 1 || p.Evidence[0].Words != "taken after it was submitted" || len(p.Events) != 6 {
			t.Errorf("further evidence is %+v after %d events", p.Evidence, len(p.Events))
		}
		last, err := h.LastEvents(ctx, []task.Task{p.Task})
		must(t, err)
		if last[id] != p.Events[5].ID {
			t.Errorf("the last event is %v", last)
		}
	})
}
