// Package reference finds the reference material that stands beside a checkout (oracle answers, conformance cases,
// figures that may be read but not copied). Only tests import it. It promises that a missing file fails a test where
// CI=true and skips it, with a notice, everywhere else, so that no check is lost in silence.
package reference

import (
	"os"
	"path/filepath"
	"testing"
)

// Path gives the path of a file of the reference folder ("oracle/S_rank.csv"). It skips or fails the test when the
// file is not there.
func Path(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(root(t), "..", "shared", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the reference file shared/%s must stand beside the checkout: %v", name, err)
		}
		t.Skipf("NOTICE: skipped, the reference file shared/%s is not beside this checkout", name)
	}
	return path
}

// root climbs from the test's working directory to the folder that holds go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test's working directory")
		}
		dir = up
	}
}
