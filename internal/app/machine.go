package app

import (
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Machine is what the doctor asks the system. A test gives another.
type Machine struct {
	Disk      func(path string) (Disk, error)
	SameDisk  func(a, b string) (bool, error)
	OpenFiles func() uint64 // how many files the system allows; 0 when it does not say
	Memory    func() uint64 // how many bytes of memory it allows; 0 when it does not say
}

// Disk is a file system.
type Disk struct {
	Kind        string
	Network     bool
	Free, Total int64 // bytes
}

// ThisMachine asks the system that the program runs on.
func ThisMachine() Machine {
	return Machine{Disk: diskOf, SameDisk: sameDisk, OpenFiles: openFiles, Memory: allowedMemory}
}

// remote are the file systems of other machines by their number (statfs(2)): their locks and syncs are promises of
// whoever serves them.
var remote = map[int64]string{
	0x6969: "nfs", 0xFF534D42: "cifs", 0xFE534D42: "smb2", 0x517B: "smb", 0x01021997: "9p", 0x00C36400: "ceph",
	0x5346414F: "afs", 0x0BD00BD0: "lustre", 0x65735546: "fuse", 0x01161970: "gfs2",
}

func diskOf(path string) (Disk, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return Disk{}, &os.PathError{Op: "statfs", Path: path, Err: err}
	}
	name, network := remote[int64(uint32(st.Type))]
	return Disk{Kind: name, Network: network, Free: int64(st.Bavail) * st.Bsize, Total: int64(st.Blocks) * st.Bsize}, nil
}

func sameDisk(a, b string) (bool, error) {
	var x, y syscall.Stat_t
	if err := syscall.Stat(a, &x); err != nil {
		return false, err
	}
	if err := syscall.Stat(b, &y); err != nil {
		return false, err
	}
	return x.Dev == y.Dev, nil
}

// claim takes an open folder for this process alone; the system lets go of it when the process ends, however it ends.
func claim(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

func openFiles() uint64 {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil {
		return 0
	}
	return l.Cur
}

// allowedMemory reads the bound of the container or service that the program runs in (cgroup v2).
func allowedMemory() uint64 {
	b, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64)
	if err != nil || n == math.MaxUint64 { // "max"
		return 0
	}
	return n
}
