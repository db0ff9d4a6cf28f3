// Package locale holds the sentences of the interface: one JSON file a language, keyed by the English sentence as it
// stands in the code.
//
// It promises nothing but the bytes; package lang reads them, and its tests hold the files against the code.
package locale

import _ "embed" // the files travel inside the program

// VI maps every English sentence of the interface to its Vietnamese one.
//
//go:embed vi.json
var VI []byte

// EN holds only the English sentences that differ from their key: those with a singular of their own.
//
//go:embed en.json
var EN []byte
