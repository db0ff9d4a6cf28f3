package db

import (
	"iter"
	"strings"
)

// kind is what a token of SQL is.
type kind uint8

const (
	space   kind = iota // blanks and line ends
	comment             // -- to the end of the line, or /* … */
	text                // '…'
	name                // "…"
	word                // a keyword, an identifier or a number
	mark                // ?
	sign                // everything else; :: || -> ->> are one token
)

// token is a piece of SQL; the pieces of a text put together are the text.
type token struct {
	kind kind
	text string
}

// is compares a word regardless of case.
func (t token) is(w string) bool { return t.kind == word && strings.EqualFold(t.text, w) }

// lex cuts SQL into tokens. It knows what the two engines agree on and no more.
func lex(sql string) iter.Seq[token] {
	return func(yield func(token) bool) {
		for sql != "" {
			k, n := next(sql)
			if !yield(token{k, sql[:n]}) {
				return
			}
			sql = sql[n:]
		}
	}
}

// next gives the kind and the length of the first token.
func next(s string) (kind, int) {
	switch c := s[0]; {
	case isSpace(c):
		return space, span(s, isSpace)
	case strings.HasPrefix(s, "--"):
		return comment, until(s, 2, "\n")
	case strings.HasPrefix(s, "/*"):
		return comment, until(s, 2, "*/")
	case c == '\'':
		return text, quoted(s, '\'')
	case c == '"':
		return name, quoted(s, '"')
	case isWord(c):
		return word, span(s, isWord)
	case c == '?':
		return mark, 1
	}
	for _, long := range []string{"->>", "->", "::", "||", "<=", ">=", "<>", "!="} {
		if strings.HasPrefix(s, long) {
			return sign, len(long)
		}
	}
	return sign, 1
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func span(s string, in func(byte) bool) int {
	for i := range len(s) {
		if !in(s[i]) {
			return i
		}
	}
	return len(s)
}

func until(s string, from int, end string) int {
	if i := strings.Index(s[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(s)
}

// quoted gives the length of a quoted token; a doubled quote stands for itself.
func quoted(s string, q byte) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] != q:
		case i+1 < len(s) && s[i+1] == q:
			i++
		default:
			return i + 1
		}
	}
	return len(s)
}

// statements cuts a script at its semicolons and drops what is only blank or comment.
func statements(script string) []string {
	var all []string
	var b strings.Builder
	full := false
	flush := func() {
		if full {
			all = append(all, strings.TrimSpace(b.String()))
		}
		b.Reset()
		full = false
	}
	for t := range lex(script) {
		if t.kind == sign && t.text == ";" {
			flush()
			continue
		}
		full = full || t.kind != space && t.kind != comment
		b.WriteString(t.text)
	}
	flush()
	return all
}
