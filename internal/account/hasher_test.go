package account

import (
	"context"
	mathrand "math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"thuoc/internal/account/password"
	"thuoc/internal/fault"
)

func testHasher(t *testing.T, slots int) *hasher {
	t.Helper()
	h, err := newHasher(password.Cost{Memory: 64, Passes: 1, Lanes: 1}, slots, &lockedReader{r: mathrand.NewChaCha8([32]byte{})})
	must(t, err)
	return h
}

// However many sign in at once, a bounded number of passwords is worked on, a bounded number waits, and the others are
// told at once to come back.
func TestACrowdAtTheSignIn(t *testing.T) {
	h := testHasher(t, 2)
	var working, most, refused atomic.Int64
	hold := make(chan struct{})
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			err := h.inTurn(t.Context(), func() error {
				most.Store(max(most.Load(), working.Add(1)))
				<-hold
				working.Add(-1)
				return nil
			})
			if fault.KindOf(err) == fault.Busy {
				if refused.Add(1) == 100-2*(1+waitingPerSlot) {
					close(hold) // everybody who may wait waits
				}
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() != 2 || refused.Load() != 100-2*(1+waitingPerSlot) {
		t.Errorf("%d at once, %d refused", most.Load(), refused.Load())
	}
}

// Who gives up leaves the queue.
func TestWhoGivesUpLeavesTheQueue(t *testing.T) {
	h := testHasher(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	err := h.inTurn(t.Context(), func() error {
		cancel()
		return h.inTurn(ctx, func() error { return nil })
	})
	if err != context.Canceled {
		t.Errorf("%v, want that it was cancelled", err)
	}
	if len(h.queue)+len(h.slots) != 0 {
		t.Error("a place in the queue is lost")
	}
}

// An account without a password and a login of nobody are judged like any other, and no password is right for them: not
// even that of the decoy.
func TestTheDecoyOpensNothing(t *testing.T) {
	h := testHasher(t, 1)
	for _, plain := range []string{"", "x", "ba con mèo leo rào sắt"} {
		right, fresh, err := h.verify(t.Context(), "", plain)
		if right || fresh != "" || err != nil {
			t.Errorf("%q: right %v, fresh %q (%v)", plain, right, fresh, err)
		}
	}
}
