package main

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/table"
)

// The values of --format.
const (
	formatTable = "table"
	formatCSV   = "csv"
	formatJSON  = "json"
)

// languageVariable names the environment variable that holds the default of --lang.
const languageVariable = "THUOC_LANG"

// flags are the flags of one command. It keeps the style of package flag and adds what that lacks: sentences in two
// languages, and arguments before, between and after the flags.
type flags struct {
	set   *flag.FlagSet
	path  string // the command, for messages
	means map[string]fault.Text
	value map[string]string // what a flag's value is called in the help
	args  []string
}

func newFlags(path string) *flags {
	f := &flags{set: flag.NewFlagSet(path, flag.ContinueOnError), path: path, means: map[string]fault.Text{}, value: map[string]string{}}
	f.choice("lang", "", []string{string(lang.Vi), string(lang.En)}, fault.T("language; the default is %s, else vi", languageVariable))
	return f
}

// text declares a flag that takes any text.
func (f *flags) text(name, value string, means fault.Text) *string {
	f.means[name], f.value[name] = means, value
	return f.set.String(name, "", "")
}

// yes declares a flag without a value.
func (f *flags) yes(name string, means fault.Text) *bool {
	f.means[name] = means
	return f.set.Bool(name, false, "")
}

// choice declares a flag that takes one of a few words.
func (f *flags) choice(name, preset string, allowed []string, means fault.Text) *string {
	f.means[name], f.value[name] = means, strings.Join(allowed, "|")
	v := &choice{preset, allowed}
	f.set.Var(v, name, "")
	return &v.value
}

// format declares --format.
func (f *flags) format() *string {
	return f.choice("format", formatTable, []string{formatTable, formatCSV, formatJSON},
		fault.T("table for people; csv and json for programs, the same in every language"))
}

// year declares a flag that takes a year; 0 is none.
func (f *flags) year(name string, means fault.Text) *int {
	f.means[name], f.value[name] = means, "YYYY"
	v := new(year)
	f.set.Var(v, name, "")
	return (*int)(v)
}

// date declares a flag that takes a date.
func (f *flags) date(name string, means fault.Text) *clock.Date {
	f.means[name], f.value[name] = means, "YYYY-MM-DD"
	v := new(date)
	f.set.Var(v, name, "")
	return (*clock.Date)(v)
}

// parse reads the arguments, flags and others in any order, until "--". It tells whether help was asked for.
func (f *flags) parse(args []string) (help bool, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, isFlag := strings.CutPrefix(arg, "-")
		switch {
		case arg == "--":
			f.args = append(f.args, args...)
			return false, nil
		case !isFlag || name == "":
			f.args = append(f.args, arg)
			continue
		}
		name, value, given := strings.Cut(strings.TrimPrefix(name, "-"), "=")
		if name == "help" || name == "h" {
			return true, nil
		}
		fl := f.set.Lookup(name)
		if fl == nil {
			return false, f.unknown(name)
		}
		if !given && isBool(fl) {
			value, given = "true", true
		}
		if !given {
			if len(args) == 0 {
				return false, misuse(f.path, fault.T("--%s needs a value: %s.", name, f.value[name]))
			}
			value, args = args[0], args[1:]
		}
		if err := f.set.Set(name, value); err != nil {
			return false, misuse(f.path, fault.T("--%s cannot be “%s”; write %s.", name, value, f.value[name]))
		}
	}
	return false, nil
}

func (f *flags) unknown(name string) error {
	var all []string
	f.set.VisitAll(func(fl *flag.Flag) { all = append(all, fl.Name) })
	if guess := lang.Nearest(name, all); guess != "" {
		return misuse(f.path, fault.T("There is no flag --%s; did you mean --%s?", name, guess))
	}
	return misuse(f.path, fault.T("There is no flag --%s. The flags are: --%s.", name, strings.Join(all, ", --")))
}

func isBool(fl *flag.Flag) bool {
	b, ok := fl.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// describe writes one flag for the help.
func (f *flags) describe(fl *flag.Flag, c *call) string {
	const indent = "        "
	head := strings.TrimSpace("--" + fl.Name + " " + f.value[fl.Name])
	return fmt.Sprintf("  %s\n%s%s\n", head, indent, table.Wrap(c.text(f.means[fl.Name]), indent))
}

// languageOf finds the language before anything else is read, so that even a wrong command line is answered in it.
func languageOf(args []string, getenv func(string) string) (lang.Lang, error) {
	code, from := getenv(languageVariable), languageVariable
	for i, arg := range args {
		name, value, given := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
		switch {
		case name != "lang" || !strings.HasPrefix(arg, "-"):
		case given:
			code, from = value, "--lang"
		case i+1 < len(args):
			code, from = args[i+1], "--lang"
		}
	}
	if l, ok := lang.Parse(code); ok {
		return l, nil
	}
	l, ok := lang.Parse(getenv(languageVariable))
	if !ok {
		l = lang.Vi
	}
	if code == "" {
		return l, nil
	}
	return l, misuse("thuoc", fault.T("%s cannot be “%s”; write %s.", from, code, "vi|en"))
}

// choice is a flag.Value that takes one of a few words.
type choice struct {
	value   string
	allowed []string
}

func (c *choice) String() string { return c.value }

func (c *choice) Set(s string) error {
	if !slices.Contains(c.allowed, s) {
		return errValue
	}
	c.value = s
	return nil
}

// year is a flag.Value that takes a year.
type year int

func (y *year) String() string { return strconv.Itoa(int(*y)) }

func (y *year) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || len(s) != 4 {
		return errValue
	}
	*y = year(n)
	return nil
}

// date is a flag.Value that takes an ISO date.
type date clock.Date

func (d *date) String() string { return clock.Date(*d).String() }

func (d *date) Set(s string) error {
	v, err := clock.ParseDate(s)
	*d = date(v)
	return err
}
