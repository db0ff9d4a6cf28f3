// Package totp makes and checks the six-digit codes of authenticator apps: time-based one-time passwords of RFC 6238
// over HMAC-SHA-1, a step of 30 seconds.
//
// It promises that a code is judged in constant time, that one step either side of the clock is forgiven, and that it
// says which step a code was of, so that the caller can refuse a second use. Pure.
package totp

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

// SecretSize is the length of a secret in bytes, that of the hash (RFC 4226 §4, R6).
const SecretSize = sha1.Size

// period is the length of a step (RFC 6238 §5.2).
const period = 30 * time.Second

// Step is the number of the step in which a moment lies.
func Step(at time.Time) int64 { return at.Unix() / int64(period/time.Second) }

// Code gives the code of a step: dynamic truncation of RFC 4226 §5.3 to six digits.
func Code(secret []byte, step int64) string {
	h := hmac.New(sha1.New, secret)
	binary.Write(h, binary.BigEndian, step) // a hash takes every write
	sum := h.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}

// Match gives the step a code belongs to, among the one before, of and after a moment, and later than the step after.
// ok is false when it belongs to none, also when it was used before.
func Match(secret []byte, code string, at time.Time, after int64) (step int64, ok bool) {
	now := Step(at)
	for s := now - 1; s <= now+1; s++ {
		if subtle.ConstantTimeCompare([]byte(Code(secret, s)), []byte(code)) == 1 && s > after {
			step, ok = s, true
		}
	}
	return step, ok
}

// Text writes a secret as people type it into an app: base32 without padding.
func Text(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// URI gives the address that authenticator apps read from a QR code.
func URI(issuer, account string, secret []byte) string {
	query := url.Values{"secret": {Text(secret)}, "issuer": {issuer}}
	return (&url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account, RawQuery: query.Encode()}).String()
}
