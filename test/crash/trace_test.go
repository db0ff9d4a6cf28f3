package crash

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	syncCall   = regexp.MustCompile(`^(\d+)\s+f(?:data)?sync\(\d+<([^>]*)>(.*)$`)
	syncResume = regexp.MustCompile(`^(\d+)\s+<\.\.\. f(?:data)?sync resumed>\)?\s+= 0`)
	ackCall    = regexp.MustCompile(`write\(\d+<.*>, "HTTP/1\.1 201`)
	shard      = regexp.MustCompile(`/blobs/[0-9a-f]{2}$`)
)

// readTrace reads what strace wrote and gives the number of acknowledgements, and for those before which something was
// not synced since the one before, what.
func readTrace(trace string) (acks int, unsynced []string) {
	pending := map[string]string{} // by process: the path whose sync has begun
	synced := map[string]bool{}
	for line := range strings.Lines(trace) {
		line = strings.TrimSpace(line)
		switch m := syncCall.FindStringSubmatch(line); {
		case m != nil && strings.HasSuffix(m[3], "= 0"):
			synced[what(m[2])] = true
		case m != nil && strings.Contains(m[3], "unfinished"):
			pending[m[1]] = m[2]
		case ackCall.MatchString(line):
			acks++
			for _, need := range []string{"file", "folder", "log"} {
				if !synced[need] {
					unsynced = append(unsynced, fmt.Sprintf("%d: %s", acks, need))
				}
			}
			clear(synced)
		default:
			if r := syncResume.FindStringSubmatch(line); r != nil {
				synced[what(pending[r[1]])] = true
				delete(pending, r[1])
			}
		}
	}
	return acks, unsynced
}

// what tells what a path is to us.
func what(path string) string {
	switch {
	case strings.Contains(path, "/blobs/drafts/"):
		return "file"
	case shard.MatchString(path):
		return "folder"
	case strings.HasSuffix(path, "/thuoc.db-wal"):
		return "log"
	}
	return "other"
}

// TestReadTrace holds the reader: it must find what is missing.
func TestReadTrace(t *testing.T) {
	const whole = `100 fsync(9</d/blobs/drafts/1-1>) = 0
101 fsync(9</d/blobs/ab> <unfinished ...>
100 write(7<TCP:[1->2]>, "other", 5) = 5
101 <... fsync resumed>) = 0
100 fdatasync(6</d/thuoc.db-wal>) = 0
100 write(7<TCP:[1->2]>, "HTTP/1.1 201 Created\r\nDate: Tu"..., 85) = 85
`
	for _, c := range []struct {
		name, trace string
		acks        int
		unsynced    []string
	}{
		{"whole", whole + whole, 2, nil},
		{"nothing", "", 0, nil},
		{"the second without any", whole + whole[strings.LastIndex(whole, "100 write"):], 2, []string{"2: file", "2: folder", "2: log"}},
		{"the log is not synced, as with synchronous=NORMAL", strings.Replace(whole, "thuoc.db-wal", "thuoc.db-shm", 1), 1, []string{"1: log"}},
		{"a sync that failed", strings.Replace(whole, "drafts/1-1>) = 0", "drafts/1-1>) = -1 EIO", 1), 1, []string{"1: file"}},
		{"a sync that ended too late", strings.Replace(whole, "101 <... fsync resumed>) = 0\n", "", 1) + "101 <... fsync resumed>) = 0\n", 1, []string{"1: folder"}},
	} {
		acks, unsynced := readTrace(c.trace)
		if acks != c.acks || !slices.Equal(unsynced, c.unsynced) {
			t.Errorf("%s: %d %q, want %d %q", c.name, acks, unsynced, c.acks, c.unsynced)
		}
	}
}
