package password

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// The length of a password in characters. There is no rule of composition (OWASP ASVS 5.0, 6.2.5): length is what
// counts. The upper bound keeps a megabyte of text from being hashed.
const (
	Shortest = 12
	Longest  = 256
)

// leastPieces is how many pieces a password must have that a guesser does not know as one. "matkhau123456" is two:
// a common word and a row of keys.
const leastPieces = 6

// Check names what is wrong with a new password. about are the person's own name, login and agency: what they are
// called is guessed first.
func Check(password string, about ...string) (faults []fault.Item) {
	add := func(what, remedy fault.Text) {
		faults = append(faults, fault.Item{Field: "password", What: what, Remedy: remedy})
	}
	switch n := utf8.RuneCountInString(norm.NFKC.String(password)); {
	case n < Shortest:
		add(fault.T("The password is too short."), fault.T("Take at least %d characters; a sentence of a few words is easy to remember.", Shortest))
		return faults
	case n > Longest:
		add(fault.T("The password is too long."), fault.T("Take at most %d characters.", Longest))
		return faults
	}
	folded := squeeze(password)
	own := ownWords(about)
	for _, word := range own {
		if len(word) >= 4 && strings.Contains(folded, word) {
			add(fault.T("The password contains your name or what you sign in with."), fault.T("Leave it out: it is what others try first."))
			return faults
		}
	}
	if pieces(folded, own) < leastPieces {
		add(fault.T("This password is among those that are guessed first."), fault.T("Take a sentence of a few words that do not usually stand together."))
	}
	return faults
}

// squeeze writes a text as guessers do: bare letters in lower case, nothing between them, digits that stand for
// letters as they are.
func squeeze(s string) string { return strings.ReplaceAll(lang.Fold(s), " ", "") }

// ownWords are the words of what a person is called, the parts before and after the @ of an address, and all of it
// together.
func ownWords(about []string) (words []string) {
	for _, a := range about {
		local, _, _ := strings.Cut(a, "@")
		for _, part := range append(strings.FieldsFunc(lang.Fold(local), notLetter), squeeze(local)) {
			if len(part) >= 2 {
				words = append(words, part)
			}
		}
	}
	return words
}

func notLetter(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') }

// common are words that head the published lists of leaked passwords, English and Vietnamese, and those of this field.
//
//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for line := range strings.Lines(commonText) {
		if !strings.HasPrefix(line, "#") {
			for _, w := range strings.Fields(line) {
				words[w] = true
			}
		}
	}
	return words
})

// rows are characters that stand side by side on a keyboard or in the alphabet; they are typed in either direction.
var rows = []string{"01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb", "147258369"}

// longestPiece bounds a piece, in bytes.
const longestPiece = 20

// pieces counts the fewest pieces a folded text falls into, where a piece is a known word, also with digits for
// letters, a row of keys, one sign repeated, a piece said before, a year, or one sign alone. It is the idea of zxcvbn
// (Wheeler, USENIX Security 2016) with counting in the place of entropy.
func pieces(text string, own []string) int {
	fewest := make([]int, len(text)+1)
	for end := 1; end <= len(text); end++ {
		fewest[end] = fewest[end-1] + 1
		for start := max(0, end-longestPiece); start < end-1; start++ {
			if fewest[start]+1 < fewest[end] && known(text[start:end], text[:start], own) {
				fewest[end] = fewest[start] + 1
			}
		}
	}
	return fewest[len(text)]
}

// asLetters undoes the digits and signs that stand for letters.
var asLetters = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

func known(piece, before string, own []string) bool {
	word := asLetters.Replace(piece)
	if common()[piece] || common()[word] {
		return true
	}
	for _, o := range own {
		if piece == o || word == o {
			return true
		}
	}
	if len(piece) == 4 && (strings.HasPrefix(piece, "19") || strings.HasPrefix(piece, "20")) && strings.Trim(piece, "0123456789") == "" {
		return true
	}
	if len(piece) < 3 {
		return false
	}
	return strings.Trim(piece, piece[:1]) == "" || strings.Contains(before, piece) || inRow(piece)
}

func inRow(piece string) bool {
	for _, row := range rows {
		if strings.Contains(row, piece) || strings.Contains(row, reverse(piece)) {
			return true
		}
	}
	return false
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}
