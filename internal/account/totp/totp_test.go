package totp_test

import (
	"strings"
	"testing"
	"time"

	"thuoc/internal/account/totp"
)

var secret = []byte("12345678901234567890")

// The test vectors of RFC 6238 appendix B (SHA-1), of which an app shows the last six digits.
func TestVectors(t *testing.T) {
	for at, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
		1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := totp.Code(secret, totp.Step(time.Unix(at, 0))); got != want[2:] {
			t.Errorf("at %d: %s, want %s", at, got, want[2:])
		}
	}
}

// The vectors of RFC 4226 appendix D.
func TestCounterVectors(t *testing.T) {
	for step, want := range strings.Fields("755224 287082 359152 969429 338314 254676 287922 162583 399871 520489") {
		if got := totp.Code(secret, int64(step)); got != want {
			t.Errorf("step %d: %s, want %s", step, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	at := time.Unix(1234567890, 0)
	now := totp.Step(at)
	for _, c := range []struct {
		name  string
		code  string
		after int64
		ok    bool
	}{
		{"now", totp.Code(secret, now), 0, true},
		{"a slow clock", totp.Code(secret, now-1), 0, true},
		{"a fast clock", totp.Code(secret, now+1), 0, true},
		{"too old", totp.Code(secret, now-2), 0, false},
		{"too early", totp.Code(secret, now+2), 0, false},
		{"used", totp.Code(secret, now), now, false},
		{"older than the one used", totp.Code(secret, now-1), now, false},
		{"the next after the one used", totp.Code(secret, now+1), now, true},
		{"empty", "", 0, false},
		{"wrong", "000000", 0, false},
	} {
		if _, ok := totp.Match(secret, c.code, at, c.after); ok != c.ok {
			t.Errorf("%s: %v, want %v", c.name, ok, c.ok)
		}
	}
}

func TestURI(t *testing.T) {
	want := "otpauth://totp/Th%C6%B0%E1%BB%9Bc:a@b.vn?issuer=Th%C6%B0%E1%BB%9Bc&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	if got := totp.URI("Thước", "a@b.vn", secret); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
