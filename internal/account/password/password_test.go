package password_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"thuoc/internal/account/password"
)

// cheap keeps the tests quick; the cost of production has a benchmark.
var cheap = password.Cost{Memory: 64, Passes: 1, Lanes: 1}

func hash(t *testing.T, p string) string {
	t.Helper()
	h, err := password.Hash(p, cheap, bytes.NewReader(make([]byte, 16)))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestVerify(t *testing.T) {
	const p = "Sông Mã chảy về Ngã Ba Môi"
	h := hash(t, p)
	for _, c := range []struct {
		name, typed     string
		cost            password.Cost
		right, outdated bool
	}{
		{"the same", p, cheap, true, false},
		{"another", p + " ", cheap, false, false},
		{"typed as letters and marks", norm.NFD.String(p), cheap, true, false},
		{"at a cost that was raised", p, password.Cost{Memory: 128, Passes: 1, Lanes: 1}, true, true},
		{"nothing", "", cheap, false, false},
	} {
		right, outdated, err := password.Verify(h, c.typed, c.cost)
		if err != nil || right != c.right || outdated != c.outdated {
			t.Errorf("%s: right %v, outdated %v (%v)", c.name, right, outdated, err)
		}
	}
}

// The string is a test vector of the reference implementation (P-H-C/phc-winner-argon2, src/test.c).
func TestReferenceVector(t *testing.T) {
	const h = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if right, outdated, err := password.Verify(h, "password", password.Standard); err != nil || !right || !outdated {
		t.Errorf("right %v, outdated %v (%v)", right, outdated, err)
	}
}

func TestMalformedHashes(t *testing.T) {
	good := hash(t, "x")
	for _, h := range []string{
		"", "x", "$2a$10$abc", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=64", "m=99999999", 1), strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "p=1", "p=0", 1), good + "$", good[:len(good)-30],
	} {
		if _, _, err := password.Verify(h, "x", cheap); err == nil {
			t.Errorf("accepted %q", h)
		}
	}
}

func TestCheck(t *testing.T) {
	about := []string{"Nguyễn Thị Bích Ngọc", "ngoc.ntb@hungyen.gov.vn", "0912345678"}
	for _, bad := range []string{
		"", "short", "password1234", "P@ssw0rd1234", "123456789012", "qwertyuiop123", "aaaaaaaaaaaa", "matkhau123456", "anhyeuem1999",
		"Mật khẩu 2025", "abcabcabcabcabc", "vietnam12345678", "admin@123456", "BichNgoc Hưng Yên vui vẻ", "toi la 0912345678",
		"hanoi hanoi hanoi", "1qaz2wsx3edc", "letmeinletmein", "iloveyou iloveyou", "UBND tinh Hung Yen 2025", strings.Repeat("x", 300),
	} {
		if len(password.Check(bad, about...)) == 0 {
			t.Errorf("accepted %q", bad)
		}
	}
	for _, good := range []string{
		"Sông Mã chảy về Ngã Ba Môi", "ba con mèo leo rào sắt", "kX9#vq2LmZ!rtw", "trời mưa bong bóng phập phồng", "horse 17 violin cement",
	} {
		if f := password.Check(good, about...); len(f) > 0 {
			t.Errorf("refused %q: %v", good, f)
		}
	}
}

// What is said of a password never repeats it, and no text makes the check fail.
func TestCheckNeverRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.StringN(4, 300, 400).Draw(t, "password")
		for _, f := range password.Check(p, rapid.String().Draw(t, "name")) {
			if len(p) > 8 && strings.Contains(f.What.String()+f.Remedy.String(), p) {
				t.Fatalf("%q is repeated", p)
			}
		}
	})
}

// BenchmarkVerify: one guess at the standard cost takes 10–100 ms on a server's core and 19 MiB.
func BenchmarkVerify(b *testing.B) {
	h, err := password.Hash("Sông Mã chảy về", password.Standard, bytes.NewReader(make([]byte, 16)))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		password.Verify(h, "Sông Mã chảy đi", password.Standard)
	}
}

// Whatever stands in the place of a hash, reading it fails or gives a cost within bounds, and writes back as it was.
func FuzzParse(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=4294967296,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=1,t=1,p=256$$")
	f.Fuzz(func(t *testing.T, s string) {
		cost, again, err := password.Parse(s)
		if err != nil {
			return
		}
		if cost.Memory > 1<<20 || cost.Passes == 0 || cost.Passes > 64 || cost.Lanes == 0 {
			t.Errorf("%q is believed: %+v", s, cost)
		}
		if _, twice, err := password.Parse(again); err != nil || twice != again {
			t.Errorf("%q is written as %q and then %q (%v)", s, again, twice, err)
		}
	})
}
