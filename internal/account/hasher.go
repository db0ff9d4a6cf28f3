package account

import (
	"context"
	"io"
	"sync"

	"thuoc/internal/account/password"
	"thuoc/internal/fault"
)

// hasher works on passwords, few at a time: each takes 19 MiB, so that a crowd at the sign-in cannot exhaust the memory.
type hasher struct {
	cost   password.Cost
	random io.Reader
	slots  chan struct{} // working
	queue  chan struct{} // working or waiting
	decoy  string        // a hash of nothing, judged when there is none, so that an unknown login takes as long as a known one
}

// waitingPerSlot is how many may wait behind each that is worked on; at 30 ms a password that is half a second.
const waitingPerSlot = 16

func newHasher(cost password.Cost, slots int, random io.Reader) (*hasher, error) {
	if cost == (password.Cost{}) {
		cost = password.Standard
	}
	if slots == 0 {
		slots = 4
	}
	decoy, err := password.Hash("", cost, random)
	return &hasher{cost: cost, random: random, decoy: decoy,
		slots: make(chan struct{}, slots), queue: make(chan struct{}, slots*(1+waitingPerSlot))}, err
}

// hash gives what is kept of a password.
func (h *hasher) hash(ctx context.Context, plain string) (kept string, err error) {
	return kept, h.inTurn(ctx, func() error {
		kept, err = password.Hash(plain, h.cost, h.random)
		return err
	})
}

// verify judges a password against what is kept; "" is kept of an account that has none. fresh is what to keep from now
// on when the cost was raised, else "".
func (h *hasher) verify(ctx context.Context, kept, plain string) (right bool, fresh string, err error) {
	err = h.inTurn(ctx, func() error {
		against := kept
		if against == "" {
			against = h.decoy
		}
		ok, outdated, err := password.Verify(against, plain, h.cost)
		right = ok && kept != ""
		if err == nil && right && outdated {
			fresh, err = password.Hash(plain, h.cost, h.random)
		}
		return err
	})
	return right, fresh, err
}

func (h *hasher) inTurn(ctx context.Context, f func() error) error {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		return fault.New(fault.Busy, "Too many people are signing in at this moment. Try again in a few seconds.")
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return f()
}

// lockedReader lets many goroutines draw from one source: crypto/rand needs no lock, a seeded one does.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(b)
}
