package draw

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/fault"
)

// Proof is what is published once a draw is announced: all that is needed to do it again.
type Proof struct {
	Frame      Frame
	Commitment string // as it was published beforehand, in hexadecimal
	Secret     Secret
	Number     string   // the public number, as Number gives it
	Drawn      []string // ids, in the order in which they were drawn
}

// New makes the proof of a draw.
func New(f Frame, s Secret, number string) *Proof {
	p := &Proof{Frame: f, Secret: s, Number: number, Commitment: Commit(&f, s).String()}
	for _, pick := range Draw(&p.Frame, s, number) {
		p.Drawn = append(p.Drawn, p.Frame.Units[pick.Unit].ID)
	}
	return p
}

// Bytes writes the file: the bytes of the frame, as they are hashed, and below them what was opened.
func (p *Proof) Bytes() []byte {
	b := bytes.NewBuffer(p.Frame.Bytes())
	line := func(fields ...string) { b.WriteString(strings.Join(fields, "\t") + "\n") }
	line("commitment", p.Commitment)
	line("secret", hex.EncodeToString(p.Secret[:]))
	line("public", p.Number)
	for i, id := range p.Drawn {
		line("drawn", strconv.Itoa(i+1), id)
	}
	line("end")
	return b.Bytes()
}

// Check is one thing that a proof was held against.
type Check struct {
	OK   bool
	What fault.Text // what holds, or what does not
}

// Verify does a draw again and says what holds. published is the commitment as it was known before the draw, from
// wherever it was kept; without it, "", the file can only be held against itself, and the first check says so.
func (p *Proof) Verify(published string) []Check {
	var all []Check
	add := func(ok bool, holds, fails fault.Text) {
		c := Check{OK: ok, What: holds}
		if !ok {
			c.What = fails
		}
		all = append(all, c)
	}
	if published == "" {
		all = append(all, Check{OK: true, What: fault.T("Hold this commitment against the one that was published before the draw: %s.", p.Commitment)})
	} else {
		add(strings.EqualFold(strings.TrimSpace(published), p.Commitment), fault.T("The commitment is the one that was published before the draw."),
			fault.T("The commitment is not the one that was published before the draw."))
	}
	c := Commit(&p.Frame, p.Secret).String()
	add(c == p.Commitment, fault.T("The frame, the weights and the secret are those of the commitment."),
		fault.T("The frame, the weights or the secret were changed after the commitment: they give %s.", c))
	number, err := Number(p.Number)
	add(err == nil && number == p.Number, fault.T("Look up the public number %s: %s, on %s.", p.Number, p.Frame.Source, p.Frame.Day), fault.T("The public number is not one."))
	drawn := slices.Equal(New(p.Frame, p.Secret, p.Number).Drawn, p.Drawn)
	add(drawn, fault.T("Drawn again, the same %d units come out in the same order.", len(p.Drawn)), fault.T("Drawn again, other units come out."))
	return all
}

// Holds tells whether every check is well.
func Holds(all []Check) bool { return !slices.ContainsFunc(all, func(c Check) bool { return !c.OK }) }
