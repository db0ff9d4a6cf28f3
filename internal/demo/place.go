package demo

import (
	"fmt"

	"thuoc/internal/clock"
	"thuoc/internal/gazetteer"
	"thuoc/internal/place"
)

// Code is the code of the invented province. The statistics office gives codes up to 96.
const Code = "99"

// communes is how many communes the province has, and wards how many of them are wards.
const communes, wards = 72, 12

// Since is the first day of the province: that on which the country's communes of today began.
var Since = clock.MustDate("2025-07-01")

// commune gives the id of a commune, by number from 1.
func commune(n int) string { return fmt.Sprintf("%s%03d", Code, n) }

// settle adds the province.
func (b *builder) settle() (err error) {
	in := place.Invention{Code: Code, Name: "Mẫu (giả định – invented)", Since: Since}
	for n := range communes {
		kind := gazetteer.Commune
		if n < wards {
			kind = gazetteer.Ward
		}
		in.Parts = append(in.Parts, place.InventedPart{Code: commune(n + 1), Name: fmt.Sprintf("Mẫu %02d", n+1), Type: kind})
	}
	b.home, err = b.Places.Invent(b.ctx, b.operator(), in)
	return err
}
