// Package badday runs the real program through its bad days: hostile addresses, readers that never read, more requests
// than can be served, a stop in the middle of the work, damaged editions, oversized files.
//
// It holds only tests; they need nothing but Go. They judge what is promised, never how fast a machine is.
package badday
