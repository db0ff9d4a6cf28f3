package gazetteer

import (
	_ "embed"
	"iter"
	"strconv"
	"strings"

	"thuoc/internal/clock"
)

//go:embed communes.txt
var communesText string

// CommuneCount is the area and the people of a commune of today.
type CommuneCount struct {
	ID         string
	Area       float64 // km²
	Measured   bool    // the area was measured from the map, because none is printed
	People     int     // 0: not known
	Printed    int     // what the source prints where that is not People; 0: nothing, or the same
	Confidence Confidence
}

// CountsOn and CountsSource say when and where the counts of communes were printed; AreaSource has the areas.
var (
	CountsOn     = clock.MustDate("2025-07-17")
	CountsSource = "P10"
	AreaSource   = "P12"
)

// CommuneCounts yields all communes of today by code. Where the printed number contradicts the area it is kept as
// Printed and People is not known: it is never a zero.
func CommuneCounts() iter.Seq[CommuneCount] {
	return func(yield func(CommuneCount) bool) {
		r := units()
		for line := range strings.Lines(communesText) {
			if line[0] == '#' {
				continue
			}
			words := strings.Fields(line)
			c := CommuneCount{ID: r.after[r.afterCode[words[0]]].id(), Confidence: Sourced}
			area, measured := strings.CutSuffix(words[1], "g")
			c.Area, _ = strconv.ParseFloat(area, 64)
			c.Measured = measured
			c.count(words[2])
			if !yield(c) {
				return
			}
		}
	}
}

// count reads "65023", "25770d2577", "q33994" or "-".
func (c *CommuneCount) count(text string) {
	i := strings.IndexAny(text, "dq-")
	if i < 0 {
		c.People, _ = strconv.Atoi(text)
		return
	}
	c.Confidence = Doubtful
	if text[i] == 'd' {
		c.Confidence = Summed
	}
	c.People, _ = strconv.Atoi(text[:i])
	c.Printed, _ = strconv.Atoi(text[i+1:])
}
