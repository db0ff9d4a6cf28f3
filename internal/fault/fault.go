// Package fault is the one vocabulary of errors: what kind of thing went wrong, where, and what to do about it.
//
// It promises that an error made here can be shown to a person in either language without parsing its text: every
// sentence is a key (an English format string) with its arguments, translated at the door by package lang; and that
// a batch (a file, a form) carries all its faults at once, each with its place and its remedy.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kind says what a door may do with an error: the status it answers, whether a retry can help.
type Kind uint8

// The kinds. An error that is not an *Error is Internal.
const (
	Internal  Kind = iota // a defect or a broken machine; the person sees only that something went wrong
	Invalid               // what was sent is wrong; Items say where and what to do
	NotFound              // the thing named does not exist (on the date asked)
	Forbidden             // the actor may not do this
	Conflict              // somebody else changed it first, or it exists already
	Gone                  // it existed and was withdrawn
	TooLarge              // over a stated bound
	Busy                  // overloaded; a later try may succeed
)

var kindNames = [...]string{"internal", "invalid", "not found", "forbidden", "conflict", "gone", "too large", "busy"}

// String gives the kind's English name, for logs.
func (k Kind) String() string { return kindNames[k] }

// Text is a sentence to translate: Key is an English fmt format and the key of the catalogue, Args fill its verbs.
// Numbers meant for people are formatted before they become Args, because formats differ by language.
type Text struct {
	Key  string
	Args []any
}

// T makes a Text.
func T(key string, args ...any) Text { return Text{Key: key, Args: args} }

// String renders the text in English.
func (t Text) String() string {
	if len(t.Args) == 0 {
		return t.Key
	}
	return fmt.Sprintf(t.Key, t.Args...)
}

// Item is one fault of a batch. A zero File, Line, Column or Field means that the place is not known that closely.
type Item struct {
	File   string // as the person named it
	Sheet  string // of a workbook
	Line   int    // 1-based
	Column int    // 1-based, in characters for text and in cells for tables
	Field  string // column name, key path or form field
	What   Text   // what is wrong
	Remedy Text   // what to do about it
}

// Place renders the item's place as file:line:column, leaving out what is not known; a cell of a workbook is named as
// spreadsheets name it: file [sheet] C7.
func (i Item) Place() string {
	if i.Sheet != "" {
		return strings.Join(slices.DeleteFunc([]string{i.File, "[" + i.Sheet + "]", i.cell()}, func(s string) bool { return s == "" }), " ")
	}
	var parts []string
	if i.File != "" {
		parts = append(parts, i.File)
	}
	if i.Line > 0 {
		parts = append(parts, fmt.Sprint(i.Line))
		if i.Column > 0 {
			parts = append(parts, fmt.Sprint(i.Column))
		}
	}
	return strings.Join(parts, ":")
}

// cell names a cell, "C7", or a row, "7".
func (i Item) cell() string {
	if i.Line == 0 {
		return ""
	}
	return Letters(i.Column) + strconv.Itoa(i.Line)
}

// Letters gives a column's letters in spreadsheets: 1 is A, 27 is AA; "" for 0.
func Letters(column int) string {
	if column <= 0 {
		return ""
	}
	return Letters((column-1)/26) + string(rune('A'+(column-1)%26))
}

// Error is an error a person may see. Its zero Kind is Internal.
type Error struct {
	Kind  Kind
	Text  Text
	Items []Item // every fault of a batch, in the order of the file
	Err   error  // the cause, for logs; never shown
}

// New makes an error of a kind with a translatable sentence.
func New(kind Kind, key string, args ...any) *Error { return &Error{Kind: kind, Text: T(key, args...)} }

// Batch makes an Invalid error from the faults of one input, or nil when there are none, so that a reader can
// collect and return in one line.
func Batch(items []Item) error {
	if len(items) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Text: T("The input has faults; nothing was changed."), Items: items}
}

// Error renders the error in English, one fault a line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Text.String())
	for _, it := range e.Items {
		b.WriteString("\n")
		if p := it.Place(); p != "" {
			b.WriteString(p + ": ")
		}
		if it.Field != "" {
			b.WriteString(it.Field + ": ")
		}
		b.WriteString(it.What.String())
		if it.Remedy.Key != "" {
			b.WriteString(" " + it.Remedy.String())
		}
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf gives the kind of an error: that of the first *Error in its chain, else Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// TextOf gives the sentence of an error that has one, or that something went wrong.
func TextOf(err error) Text {
	if e, ok := errors.AsType[*Error](err); ok && e.Text.Key != "" {
		return e.Text
	}
	return T("Something went wrong.")
}

// Items gives the faults an error carries, nil for any other error.
func Items(err error) []Item {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Items
	}
	return nil
}
