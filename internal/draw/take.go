package draw

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"
	"slices"
)

// Pick is one unit that was drawn, and how.
type Pick struct {
	Unit  int    // its place in the sorted frame
	Left  uint64 // the sum of the weights of all units that were left
	Value uint64 // the number below Left that the stream gave
}

// Draw selects: Size times it takes a whole number v, evenly from 0 to the sum of the weights left less one, and the first
// unit, in the order of the frame, at which the running sum of those weights exceeds v. The frame is sorted by it; the
// number is one that Number gave.
func Draw(f *Frame, s Secret, number string) []Pick {
	return pickFrom(f, newStream(Commit(f, s), s, number))
}

// pickFrom selects from a sorted frame.
func pickFrom(f *Frame, from *stream) []Pick {
	weights := f.Weights()
	var left uint64
	for _, w := range weights {
		left += uint64(w)
	}
	picks := make([]Pick, 0, f.Size)
	for range f.Size {
		v := from.below(left)
		unit, sum := 0, uint64(weights[0])
		for ; sum <= v; sum += uint64(weights[unit]) {
			unit++
		}
		picks = append(picks, Pick{Unit: unit, Left: left, Value: v})
		left -= uint64(weights[unit])
		weights[unit] = 0
	}
	return picks
}

// stream is the numbers of a draw: block i is HMAC-SHA256(seed, i as 8 bytes, the highest first), and holds four numbers
// of 64 bits, the highest byte first. The seed is HMAC-SHA256(secret, domain + commitment + public number).
type stream struct {
	mac   hash.Hash
	block []byte
	next  uint64
}

func newStream(c Commitment, s Secret, number string) *stream {
	seed := hmac.New(sha256.New, s[:])
	seed.Write(slices.Concat([]byte(seedDomain), c[:], []byte(number)))
	return &stream{mac: hmac.New(sha256.New, seed.Sum(nil))}
}

func (s *stream) uint64() uint64 {
	if len(s.block) == 0 {
		s.mac.Reset()
		s.mac.Write(binary.BigEndian.AppendUint64(nil, s.next))
		s.block = s.mac.Sum(nil)
		s.next++
	}
	v := binary.BigEndian.Uint64(s.block)
	s.block = s.block[8:]
	return v
}

// below gives a number evenly from 0 to n-1: numbers from the greatest multiple of n below 2⁶⁴ on are passed over, so
// that no remainder is likelier than another.
func (s *stream) below(n uint64) uint64 {
	over := (math.MaxUint64%n + 1) % n // 2⁶⁴ mod n
	for {
		if v := s.uint64(); v <= math.MaxUint64-over {
			return v % n
		}
	}
}
