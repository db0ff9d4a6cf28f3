// Package cells is the file format of the embedded figures: exact decimals of at most 64 units, in columns, by year.
//
// It promises that a decimal comes out as the float64 nearest to the decimal that went in (what strconv.ParseFloat
// gives for the same text), that opening a file reads only its directory, and that a damaged file is an error and
// never a panic. Pure.
//
// # Format
//
// All integers are unsigned varints (encoding/binary) unless said otherwise; a string is its length and its bytes.
//
//	magic      the 14 bytes "thuoc-cells-1\n"
//	units      count, then one string a unit; a unit's number is its place in this list (at most 64)
//	sources    count, then one string a source
//	directory  count, then a pair for every section: year, length in bytes; years ascend
//	sections   one after the other, in the order of the directory
//
// A section is a count of columns and the columns. A column is:
//
//	kind     1 byte, see Kind
//	code     string
//	source   its place in the list of sources
//	has      8 bytes, little-endian: bit i is set when unit i has a cell
//	scale    1 byte, s: a cell is an integer divided by 10^s
//	base     signed varint: the smallest integer of the column
//	width    1 byte, w: bits of a packed integer
//	packed   (cells × w + 7) / 8 bytes: the integers less base, w bits each, the lowest bit first, in the order of the
//	         units that have a cell
//
// Integers stay below 2^53 and s at or below 22, so that integer and power of ten are both exact float64 values and
// one IEEE division rounds correctly: no decimal text is parsed at run time. The figures carry about 25 random bits a
// cell, hence a general compressor would gain nothing.
package cells
