package follow_test

import (
	"testing"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/task"
)

// BenchmarkRemind sends ten thousand reminders on one morning: five thousand tasks of a hundred communes, each to its
// official and its chair, with a letter to each of the two hundred. Bound: 5 s. The next run finds nothing to send.
func BenchmarkRemind(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		d, _ := dbtest.New(b, db.SQLite)
		h := open(b, d, 100)
		var tasks []task.Task
		for i := range 5000 {
			tasks = append(tasks, task.Task{Title: "Việc", Place: commune(i % 100), Due: today.Add(-5)}) // three working days late
		}
		h.give(b, tasks...)
		b.StartTimer()
		if n := h.remind(b.Context(), b, today); n != 10000 {
			b.Fatalf("%d reminders, want 10000", n)
		}
		if n := h.remind(b.Context(), b, today); n != 0 {
			b.Fatalf("%d reminders were sent twice", n)
		}
	}
}
