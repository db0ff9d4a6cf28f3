package portal

import "thuoc/internal/ui"

// cacheBytes bounds the memory that finished answers take. Editions do not change while the program runs, so no answer
// grows stale.
const cacheBytes = 32 << 20

// cached is a finished answer.
type cached struct {
	body       *ui.Body
	embeddable bool
	name       string // of the file, when it is one to keep
}

// Size is the memory the answer takes, for the cache.
func (a *cached) Size() int { return a.body.Size() }
