package portal

import (
	"sync"

	"thuoc/internal/ui"
)

// cacheBytes bounds the memory that finished answers take. Half of it is the present generation, half the one before.
const cacheBytes = 32 << 20

// cached is a finished answer.
type cached struct {
	body       *ui.Body
	embeddable bool
	name       string // of the file, when it is one to keep
}

// cache keeps finished answers by the address they were asked by. It has two generations: when the present one is full it
// becomes the former, and the former is forgotten; what is asked for again moves up. So what is read often stays, and
// nothing has to be counted. Editions do not change while the program runs, so nothing grows stale.
type cache struct {
	mu          sync.RWMutex
	now, before map[string]*cached
	size        int
}

func (c *cache) get(key string) (*cached, bool) {
	c.mu.RLock()
	a, ok := c.now[key]
	if !ok {
		if a, ok = c.before[key]; ok {
			defer c.put(key, a)
		}
	}
	c.mu.RUnlock()
	return a, ok
}

func (c *cache) put(key string, a *cached) {
	size := a.body.Size() + len(key)
	if size > cacheBytes/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now == nil || c.size+size > cacheBytes/2 {
		c.before, c.now, c.size = c.now, map[string]*cached{}, 0
	}
	if _, there := c.now[key]; !there {
		c.now[key], c.size = a, c.size+size
	}
}
