// Package limit keeps one caller from taking what is everybody's: it bounds bodies, the rate of each caller, and how
// many requests are worked on at once.
//
// It promises that what is refused is refused at once and has had no effect, with a time after which to try again that
// differs from caller to caller; that under load the cheap to lose is refused first and a citizen's answer last; and
// that its memory is bounded however many callers there are.
package limit

import (
	"container/list"
	"errors"
	"math"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"thuoc/internal/fault"
)

// Refusal is a request not taken. It is Busy.
type Refusal struct {
	After  time.Duration // when to try again
	Caller bool          // this caller asks too often (429), rather than all of them (503)
	cause  *fault.Error
}

// Wait refuses a caller who asks too often, in the words of cause, until after has passed.
func Wait(after time.Duration, cause *fault.Error) *Refusal {
	return &Refusal{After: after, Caller: true, cause: cause}
}

// Error gives the sentence.
func (r *Refusal) Error() string { return r.cause.Error() }

// Unwrap gives the fault.
func (r *Refusal) Unwrap() error { return r.cause }

// Header writes the refusal's Retry-After, in whole seconds, and gives its status.
func (r *Refusal) Header(h http.Header) (status int) {
	h.Set("Retry-After", seconds(r.After))
	if r.Caller {
		return http.StatusTooManyRequests
	}
	return http.StatusServiceUnavailable
}

// Body bounds what a handler reads of a request. Reading on fails; Explain words it.
func Body(w http.ResponseWriter, r *http.Request, most int64) {
	r.Body = http.MaxBytesReader(w, r.Body, most)
}

// Explain turns the error of a body over its bound into TooLarge; any other passes.
func Explain(err error) error {
	if over, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &fault.Error{Kind: fault.TooLarge, Err: err,
			Text: fault.T("This is too large: at most %d MB are taken.", max(1, over.Limit>>20))}
	}
	return err
}

// Buckets bounds the rate of each caller: an address, an account, a device, a link. Each has a bucket of tokens that
// fills evenly. The buckets of the callers seen last are kept; who is dropped starts with a full one.
type Buckets struct {
	now   func() time.Time
	rate  rate.Limit
	burst int
	most  int

	mu    sync.Mutex
	order *list.List // of *bucket, the last seen in front
	keys  map[string]*list.Element
}

type bucket struct {
	key    string
	tokens *rate.Limiter
}

// NewBuckets gives each caller perMinute requests a minute and burst at once, and remembers most callers.
func NewBuckets(perMinute float64, burst, most int, now func() time.Time) *Buckets {
	return &Buckets{now: now, rate: rate.Limit(perMinute / 60), burst: burst, most: most,
		order: list.New(), keys: map[string]*list.Element{}}
}

// Take takes a token of a caller's bucket, or gives a *Refusal. A clock that is set back takes nothing away.
func (b *Buckets) Take(key string) error {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.of(key).ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	r.CancelAt(now)
	return Wait(wait, fault.New(fault.Busy, "Too many tries. Wait a little and try again."))
}

// of finds or makes a caller's bucket.
func (b *Buckets) of(key string) *rate.Limiter {
	if e, ok := b.keys[key]; ok {
		b.order.MoveToFront(e)
		return e.Value.(*bucket).tokens
	}
	if b.order.Len() >= b.most {
		last := b.order.Back()
		delete(b.keys, b.order.Remove(last).(*bucket).key)
	}
	fresh := &bucket{key, rate.NewLimiter(b.rate, b.burst)}
	b.keys[key] = b.order.PushFront(fresh)
	return fresh.tokens
}

// Worth is how late a request is shed.
type Worth int

// The worths, the first to be shed first.
const (
	Export Worth = iota // maps, files, large tables: anyone can come back for them
	Page                // reading
	Write               // an official's work
	Answer              // what a citizen or an interviewer sends, which may not come twice
)

// shares is how much of the gate each worth may fill.
var shares = [...]float64{Export: 0.5, Page: 0.75, Write: 0.9, Answer: 1}

// Gate bounds how many requests are worked on at once.
type Gate struct {
	room    [len(shares)]int64
	inside  atomic.Int64
	refused [len(shares)]atomic.Int64
}

// NewGate makes a gate for at most most requests at once.
func NewGate(most int) *Gate {
	g := &Gate{}
	for w, share := range shares {
		g.room[w] = max(1, int64(float64(most)*share))
	}
	return g
}

// Enter lets a request in, or gives a *Refusal at once. leave must be called when the request is done.
func (g *Gate) Enter(w Worth) (leave func(), err error) {
	if g.inside.Add(1) > g.room[w] {
		g.inside.Add(-1)
		n := g.refused[w].Add(1)
		return nil, &Refusal{After: spread(n), cause: fault.New(fault.Busy, "There is much to do just now. Nothing was stored; try again in a moment.")}
	}
	var once sync.Once
	return func() { once.Do(func() { g.inside.Add(-1) }) }, nil
}

// spread gives the nth refused between one and eight seconds, evenly (multiples of the golden ratio), so that they do
// not all come back together.
func spread(n int64) time.Duration {
	_, part := math.Modf(float64(n) * 0.6180339887498949)
	return time.Second + time.Duration(part*float64(7*time.Second))
}

// seconds writes a duration in whole seconds, rounded up, as HTTP wants it.
func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }

// Guard lets requests to a handler through the gate; refuse writes the answer of one that is not let in.
func (g *Gate) Guard(worth func(*http.Request) Worth, refuse func(http.ResponseWriter, *http.Request, error), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, err := g.Enter(worth(r))
		if err != nil {
			refuse(w, r, err)
			return
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}

// Load is how full the gate is, for metrics.
type Load struct {
	Inside  int64
	Refused [len(shares)]int64 // by worth
}

// Load gives the requests inside now and those refused so far.
func (g *Gate) Load() (l Load) {
	l.Inside = g.inside.Load()
	for w := range g.refused {
		l.Refused[w] = g.refused[w].Load()
	}
	return l
}
