package badday

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDamagedEdition: an edition that differs from its manifest by a bit is found, its file named, and nothing served.
func TestDamagedEdition(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the real program")
	}
	dir := t.TempDir()
	if code, _, talk := run(t, "edition", "build", "--year", "2022", dir); code != 0 {
		t.Fatalf("no edition was built: %s", talk)
	}
	sound := start(t, "--editions", dir)
	well(t, sound)

	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("an edition of %d files, %v", len(files), err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.IsDir() {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			for how, damage := range damages {
				sound, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if err := damage(file, sound); err != nil {
					t.Fatal(err)
				}
				refused(t, how, filepath.Base(file), "edition", "verify", dir)
				refused(t, how, filepath.Base(file), "demo", "--listen", "127.0.0.1:0", "--editions", dir)
				if err := os.WriteFile(file, sound, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	if code, _, talk := run(t, "edition", "verify", dir); code != 0 {
		t.Errorf("the edition, whole again, is refused: %s", talk)
	}
	well(t, sound) // the server that opened it before is not touched by what happens to the files
}

var damages = map[string]func(file string, sound []byte) error{
	"a bit flipped": func(file string, sound []byte) error {
		damaged := append([]byte(nil), sound...)
		damaged[len(damaged)/2] ^= 1
		return os.WriteFile(file, damaged, 0o644)
	},
	"cut short": func(file string, sound []byte) error { return os.WriteFile(file, sound[:len(sound)-1], 0o644) },
	"missing":   func(file string, _ []byte) error { return os.Remove(file) },
}

// refused fails the test unless a command ends with 1, names the file and prints no data.
func refused(t *testing.T, how, file string, args ...string) {
	t.Helper()
	code, out, talk := run(t, args...)
	if code != 1 || out != "" || !strings.Contains(talk, file) {
		t.Errorf("%s, %s: thuoc %s gave %d, data %q, and said %q", file, how, strings.Join(args, " "), code, out, talk)
	}
}
