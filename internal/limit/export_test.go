package limit

// Kept is the number of callers that are remembered.
func Kept(b *Buckets) int { return len(b.keys) }
