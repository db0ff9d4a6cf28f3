package blob

import "os"

// FailSync replaces how a disk syncs.
func FailSync(d *Disk, sync func(*os.File) error) { d.sync = sync }

// SetSpace sets what a disk believes to have.
func SetSpace(d *Disk, free, total int64) {
	d.space = func() (int64, int64, error) { return free, total, nil }
}
