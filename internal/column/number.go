package column

import (
	"bytes"
	"strconv"
)

// powers are the powers of ten that a float64 holds exactly.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// parseNumber reads a decimal number to the nearest float64. Plain decimals of up to 15 digits are exact integers
// divided by an exact power of ten, which rounds once and so rightly (Clinger 1990); the others go to strconv. Only
// decimal notation is a number: no hexadecimal, no underscore, no infinity.
func parseNumber(cell []byte, comma bool) (float64, bool) {
	cell = bytes.TrimSpace(cell)
	digits := cell
	negative := false
	if len(digits) > 0 && (digits[0] == '-' || digits[0] == '+') {
		negative = digits[0] == '-'
		digits = digits[1:]
	}
	mantissa, n, after, point := uint64(0), 0, 0, false
	for i, b := range digits {
		switch {
		case b >= '0' && b <= '9':
			if n++; n > 15 {
				return parseSlow(cell, comma)
			}
			mantissa = mantissa*10 + uint64(b-'0')
			if point {
				after++
			}
		case (b == '.' || comma && b == ',') && !point:
			point = true
		case (b == 'e' || b == 'E') && i > 0:
			return parseSlow(cell, comma)
		default:
			return 0, false
		}
	}
	if n == 0 {
		return 0, false
	}
	v := float64(mantissa) / powers[after]
	if negative {
		v = -v
	}
	return v, true
}

func parseSlow(cell []byte, comma bool) (float64, bool) {
	if comma {
		cell = bytes.Replace(bytes.Clone(cell), []byte(","), []byte("."), 1)
	}
	if bytes.ContainsAny(cell, "xXpP_iInN") {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(cell), 64)
	return v, err == nil
}
