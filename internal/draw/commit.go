package draw

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// What each hash is of stands before what is hashed, so that no bytes made for one purpose serve another.
const (
	frameDomain      = "thuoc-draw-frame v" // and the number of the form, and the end of the line
	secretDomain     = "thuoc-draw-secret v1\n"
	commitmentDomain = "thuoc-draw-commitment v1\n"
	seedDomain       = "thuoc-draw-seed v1\n"
)

// Secret is what keeps a draw unknown until it is opened: 256 random bits.
type Secret [SecretSize]byte

// Commitment is the hash under which everything was fixed.
type Commitment [sha256.Size]byte

// String gives the commitment in hexadecimal.
func (c Commitment) String() string { return hex.EncodeToString(c[:]) }

// Bytes writes a frame in the one form that is hashed: lines of fields parted by tabs, units by the bytes of their ids,
// each with its weight. The frame is sorted by it; it must have passed Check.
func (f *Frame) Bytes() []byte {
	f.Sort()
	var b bytes.Buffer
	b.WriteString(domainOf(f.Form))
	line := func(fields ...string) { b.WriteString(strings.Join(fields, "\t") + "\n") }
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	line("draw", f.ID)
	line("date", f.On.String())
	line("size", strconv.Itoa(f.Size))
	line("number", f.Day.String(), f.Source)
	line("before", f.Before)
	if f.Form > firstForm {
		line("theme", f.Theme)
	}
	line("base", number(f.Formula.Base))
	for _, t := range f.Formula.Terms {
		line("term", t.Key, number(t.Each), number(t.Most))
	}
	for _, s := range f.Bases {
		line("basis", s.Key, s.Edition, s.Period, number(s.Tested))
	}
	for _, u := range f.Units {
		fields := []string{"unit", u.ID, u.Code, u.Name, number(f.Formula.Weight(u.Facts))}
		for _, n := range u.Facts {
			fields = append(fields, number(n))
		}
		line(fields...)
	}
	return b.Bytes()
}

// domainOf is the first line of a frame of a form.
func domainOf(form int) string { return frameDomain + strconv.Itoa(form) + "\n" }

// Commit gives the hash that fixes a frame and a secret: SHA-256 over its domain, the SHA-256 of the frame's bytes and the
// SHA-256 of the secret under its own domain. Whoever lacks the secret learns nothing of the frame from it.
func Commit(f *Frame, s Secret) Commitment {
	frame := sha256.Sum256(f.Bytes())
	secret := sha256.Sum256(slices.Concat([]byte(secretDomain), s[:]))
	return sha256.Sum256(slices.Concat([]byte(commitmentDomain), frame[:], secret[:]))
}

// isHash tells whether a text is a hash in hexadecimal.
func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && strings.ToLower(s) == s
}
