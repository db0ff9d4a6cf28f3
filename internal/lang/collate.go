package lang

import (
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Collation gives a comparison of two names in the order of the Vietnamese alphabet (Dương, Đà Nẵng, Đắk Lắk, Điện
// Biên, Đồng Nai), which sorts English names as English does. The function keeps buffers: each goroutine asks for
// its own.
func Collation() func(a, b string) int {
	return collate.New(language.Vietnamese).CompareString
}

// SortKey gives bytes that sort as Collation does, to be kept beside a name and sorted by a database.
func SortKey(name string) []byte {
	var b collate.Buffer
	return collate.New(language.Vietnamese).KeyFromString(&b, name)
}
