package docx

import "strings"

// boldWidths are the widths of letters in Times bold, in thousandths of the size, as Adobe publishes them for its core
// fonts; Times New Roman has the same. Marks over and under a letter add nothing.
var boldWidths = map[rune]int{' ': 250, '-': 333, '.': 250, ',': 250, '/': 278, '(': 333, ')': 333, ':': 333, ';': 333, '“': 500, '”': 500, '%': 1000,
	'A': 722, 'B': 667, 'C': 722, 'D': 722, 'E': 667, 'F': 611, 'G': 778, 'H': 778, 'I': 389, 'J': 500, 'K': 778, 'L': 667, 'M': 944, 'N': 722, 'O': 778, 'P': 611, 'Q': 778,
	'R': 722, 'S': 556, 'T': 667, 'U': 722, 'V': 722, 'W': 1000, 'X': 722, 'Y': 722, 'Z': 667,
	'a': 500, 'b': 556, 'c': 444, 'd': 556, 'e': 444, 'f': 333, 'g': 500, 'h': 556, 'i': 278, 'j': 333, 'k': 556, 'l': 278, 'm': 833, 'n': 556, 'o': 500, 'p': 556, 'q': 556,
	'r': 444, 's': 389, 't': 333, 'u': 556, 'v': 500, 'w': 722, 'x': 500, 'y': 500, 'z': 444, 'Ư': 780, 'ư': 620, 'Ơ': 800, 'ơ': 530, 'Đ': 722, 'đ': 556}

// bare are the letters under the marks of Vietnamese, per letter that bears some.
var bare = func() map[rune]rune {
	m := map[rune]rune{}
	for base, marked := range map[rune]string{'A': "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬ", 'E': "ÈÉẺẼẸÊỀẾỂỄỆ", 'I': "ÌÍỈĨỊ", 'O': "ÒÓỎÕỌÔỒỐỔỖỘ", 'Ơ': "ỜỚỞỠỢ", 'U': "ÙÚỦŨỤ", 'Ư': "ỪỨỬỮỰ", 'Y': "ỲÝỶỸỴ"} {
		for _, r := range marked {
			m[r] = base
		}
		for _, r := range strings.ToLower(marked) {
			m[r] = []rune(strings.ToLower(string(base)))[0]
		}
	}
	return m
}()

// width is how long a bold text is on one line, in points; a letter that is not known counts as a digit.
func width(text string, size int) float64 {
	sum := 0
	for _, r := range text {
		if b, ok := bare[r]; ok {
			r = b
		}
		w, ok := boldWidths[r]
		if !ok {
			w = 500
		}
		sum += w
	}
	return float64(sum*size) / 1000
}

// balanced breaks a text that is longer than its column where its two lines come nearest to one length, as offices break
// their names: "ỦY BAN NHÂN DÂN / THỊ XÃ MỸ HÀO", never "… MỸ / HÀO". Widths are in points.
func balanced(text string, size int, column float64) string {
	if width(text, size) <= column {
		return text
	}
	best, at := width(text, size), -1
	for i, r := range text {
		if r != ' ' {
			continue
		}
		if longer := max(width(text[:i], size), width(text[i+1:], size)); longer < best {
			best, at = longer, i
		}
	}
	if at < 0 {
		return text
	}
	return text[:at] + "\n" + text[at+1:]
}
