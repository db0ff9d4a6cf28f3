package badday

import (
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"thuoc/test/program"
)

// TestDemoKilled kills the demo while it furnishes its province. The next start in the same folder begins it anew, and
// what it says at the end is a province that is whole.
func TestDemoKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the real program")
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := mathrand.New(mathrand.NewPCG(seed, 0))
	dir, cut := filepath.Join(t.TempDir(), "trial"), 0
	for range 3 {
		cmd := exec.Command(path, "demo", "--listen", "127.0.0.1:0", "--data", dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if _, err := os.Stat(filepath.Join(dir, "unfinished.json")); err == nil {
				break
			}
		}
		time.Sleep(time.Duration(random.IntN(1200)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		if _, err := os.Stat(filepath.Join(dir, "thuoc.json")); err == nil {
			break
		}
		cut++
	}
	t.Logf("%d were cut short", cut)
	if cut == 0 {
		t.Error("none was cut short")
	}
	s, err := program.Serve(path, "--data", dir)
	if err != nil {
		t.Fatal(err)
	}
	endsWell(t, s)
	awaitReady(t, s, 200)
	if _, page := status(t, s, "/app/dang-nhap"); !strings.Contains(page, "Tỉnh Mẫu") {
		t.Error("its pages do not say whose house it is")
	}
	if code, _, talk := run(t, "verify", "--data", dir); code != 0 {
		t.Errorf("verify: %s", talk)
	}
}

// TestDemoRefused: a demo in the folder of a real house, or in one that another program furnishes, ends with words and
// does not serve half of what was asked for; the folder stays as it was.
func TestDemoRefused(t *testing.T) {
	real := founded(t)
	taken := t.TempDir()
	f, err := os.Open(taken)
	if err == nil {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for dir, words := range map[string]string{real: "is that of a real house", taken: "Another program is furnishing"} {
		if code, _, talk := run(t, "demo", "--listen", "127.0.0.1:0", "--data", dir); code != 1 || !strings.Contains(talk, words) {
			t.Errorf("code %d, %s", code, talk)
		}
	}
	if code, _, talk := run(t, "verify", "--data", real); code != 0 {
		t.Errorf("verify: %s", talk)
	}
}
