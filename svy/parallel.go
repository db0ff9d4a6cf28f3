package svy

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// each calls do(0) … do(n−1), each once, on up to workers goroutines (0 = GOMAXPROCS), and returns when all are done.
// The calls must not depend on one another's order: that is what keeps results the same on any number of goroutines.
func each(n, workers int, do func(i int)) {
	eachWith(n, workers, func() struct{} { return struct{}{} }, func(_ struct{}, i int) { do(i) })
}

// eachWith is each for calls that need working memory: every goroutine makes its own once and hands it to its calls.
func eachWith[M any](n, workers int, memory func() M, do func(m M, i int)) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	if workers = min(workers, n); workers <= 1 {
		m := memory()
		for i := range n {
			do(m, i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			m := memory()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(m, i)
			}
		})
	}
	wg.Wait()
}
