package ui

import "sync"

// Sized is something whose memory can be told.
type Sized interface{ Size() int }

// Cache keeps finished answers by the address they were asked by, within Bytes of memory. It has two generations: when
// the present one is full it becomes the former, and the former is forgotten; what is asked for again moves up. So what
// is read often stays, and nothing has to be counted. It is for answers that cannot grow stale. It may be used from
// several goroutines.
type Cache[V Sized] struct {
	Bytes int // half of it is the present generation, half the one before

	mu          sync.RWMutex
	now, before map[string]V
	size        int
}

// Get finds an answer.
func (c *Cache[V]) Get(key string) (V, bool) {
	c.mu.RLock()
	v, ok := c.now[key]
	old := false
	if !ok {
		v, old = c.before[key]
	}
	c.mu.RUnlock()
	if old {
		c.Put(key, v)
	}
	return v, ok || old
}

// Put keeps an answer, unless it alone would take a quarter of the memory.
func (c *Cache[V]) Put(key string, v V) {
	size := v.Size() + len(key)
	if size > c.Bytes/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now == nil || c.size+size > c.Bytes/2 {
		c.before, c.now, c.size = c.now, map[string]V{}, 0
	}
	if _, there := c.now[key]; !there {
		c.now[key], c.size = v, c.size+size
	}
}

// Len is how many answers are kept.
func (c *Cache[V]) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n := len(c.now)
	for key := range c.before {
		if _, also := c.now[key]; !also {
			n++
		}
	}
	return n
}

// Forget empties the cache.
func (c *Cache[V]) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.before, c.size = nil, nil, 0
}
