package lang

import (
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// firstMark is the lowest combining mark; no letter below it needs a table.
const firstMark = 0x300

// Unmark writes a Vietnamese name with the bare letters of English, the way the English names of places are made:
// "Thừa Thiên Huế" becomes "Thua Thien Hue". Case, spaces and hyphens stay.
func Unmark(s string) string {
	out := make([]byte, 0, len(s))
	for _, r := range norm.NFD.String(s) {
		switch {
		case r >= firstMark && unicode.Is(unicode.Mn, r):
		case r == 'Đ':
			out = append(out, 'D')
		case r == 'đ':
			out = append(out, 'd')
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// Fold gives the form of a text under which people search: without tone and vowel marks, đ as d, in lower case, with
// every run of spaces, hyphens and dashes as one space and apostrophes dropped. "Bà Rịa - Vũng Tàu" and
// "ba ria-vung tau" fold alike, and so do the old and the new placement of a tone mark ("hòa", "hoà"), because the
// marks are gone. Folding a folded text changes nothing.
func Fold(s string) string {
	plain := plainLetters()
	out := make([]byte, 0, len(s))
	gap := false
	add := func(letter rune) {
		if gap {
			out, gap = append(out, ' '), false
		}
		out = utf8.AppendRune(out, letter)
	}
	for _, r := range s {
		if int(r) < len(plain) && plain[r] != 0 {
			add(rune(plain[r]))
			continue
		}
		for _, r := range norm.NFKD.String(string(r)) {
			switch {
			case r == '\'' || r == '’' || r >= firstMark && unicode.Is(unicode.Mn, r):
			case unicode.IsSpace(r) || r == '-' || r >= firstMark && unicode.Is(unicode.Pd, r):
				gap = len(out) > 0
			default:
				add(foldRune(r))
			}
		}
	}
	return string(out)
}

// plainLetters gives, for the letters that Vietnamese and English names are written with, the one they fold to, and 0
// for all other signs. Folding thousands of names would otherwise spend its time in looking up decompositions.
var plainLetters = sync.OnceValue(func() *[0x1F00]byte {
	var table [0x1F00]byte
	for _, span := range [][2]rune{{'0', '9'}, {'A', 'Z'}, {'a', 'z'}, {0xC0, 0x24F}, {0x1E00, 0x1EFF}} {
		for r := span[0]; r <= span[1]; r++ {
			base := []rune(norm.NFKD.String(string(r)))
			letter := foldRune(base[0])
			if letter >= utf8.RuneSelf || slices.ContainsFunc(base[1:], func(m rune) bool { return !unicode.Is(unicode.Mn, m) }) {
				continue
			}
			table[r] = byte(letter)
		}
	}
	return &table
})

// foldRune lowers a letter. Đ has no decomposition; Ð (eth) is the look-alike that old keyboards left in its place.
func foldRune(r rune) rune {
	switch r {
	case 'Đ', 'đ', 'Ð', 'ð':
		return 'd'
	}
	return unicode.ToLower(r)
}
