package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/table"
)

// command is one command, or a family of them when it has sub-commands.
type command struct {
	name     string
	args     string // what stands after the flags, for the help: "FILE…"
	summary  fault.Text
	detail   fault.Text // further sentences for the help, empty for most
	examples []string
	serves   bool // it runs until it is stopped
	sub      []command
	setup    func(*flags) action // declares the flags and gives what runs once they are read
}

// action does the work of a command.
type action func(*call) error

// call is one run of a command.
type call struct {
	lang   lang.Lang
	getenv func(string) string
	args   []string      // what stood beside the flags
	out    *bytes.Buffer // the data: all of it or, when the command fails, nothing
	talk   io.Writer     // what is said besides
}

// text translates a sentence into the language of the call.
func (c *call) text(t fault.Text) string { return lang.Translate(c.lang, t) }

// write puts a result out as --format asks: a page for people, records for programs.
func (c *call) write(format string, page func() *table.Page, records func() *table.Records) error {
	if format == formatTable {
		return page().WriteText(c.out)
	}
	return c.writeRecords(format, records())
}

// writeRecords puts records out as csv or json.
func (c *call) writeRecords(format string, r *table.Records) error {
	if format == formatJSON {
		return r.WriteJSON(c.out)
	}
	return r.WriteCSV(c.out)
}

// writePages puts several pages out, one below the other.
func (c *call) writePages(pages []*table.Page) error {
	for i, p := range pages {
		if i > 0 {
			c.out.WriteString("\n\n")
		}
		if err := p.WriteText(c.out); err != nil {
			return err
		}
	}
	return nil
}

// usageError is a command line that cannot be run as it stands: exit code 2.
type usageError struct{ what *fault.Error }

func (e usageError) Error() string { return e.what.Error() }

// Unwrap gives the sentence, for the door that translates it.
func (e usageError) Unwrap() error { return e.what }

// misuse makes a usage error that points to the command's help.
func misuse(path string, what fault.Text) error {
	return usageError{fault.New(fault.Invalid, "%s See: %s --help", what, path)}
}

// dispatch finds the command that the arguments name, reads its flags and runs it.
func dispatch(cmd command, path string, args []string, c *call) error {
	path = strings.TrimSpace(path + " " + cmd.name)
	f := newFlags(path)
	var do action
	if cmd.setup != nil {
		do = cmd.setup(f)
	}
	if cmd.sub != nil && len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		return dispatchSub(cmd, path, args, c)
	}
	help, err := f.parse(args)
	switch {
	case err != nil:
		return err
	case help:
		c.out.WriteString(helpText(cmd, path, f, c))
		return nil
	case do == nil:
		return misuse(path, fault.T("Name a command: %s.", names(cmd.sub)))
	case cmd.args == "" && len(f.args) > 0:
		return misuse(path, fault.T("“%s” is not expected here.", f.args[0]))
	}
	c.args = f.args
	return do(c)
}

func dispatchSub(cmd command, path string, args []string, c *call) error {
	for _, sub := range cmd.sub {
		if sub.name == args[0] {
			return dispatch(sub, path, args[1:], c)
		}
	}
	if args[0] == "help" {
		return dispatch(cmd, strings.TrimSpace(strings.TrimSuffix(path, cmd.name)), append(args[1:], "--help"), c)
	}
	var all []string
	for _, sub := range cmd.sub {
		all = append(all, sub.name)
	}
	if guess := lang.Nearest(args[0], all); guess != "" {
		return misuse(path, fault.T("There is no command “%s”; did you mean “%s”?", args[0], guess))
	}
	return misuse(path, fault.T("There is no command “%s”. The commands are: %s.", args[0], names(cmd.sub)))
}

func names(commands []command) string {
	var all []string
	for _, c := range commands {
		all = append(all, c.name)
	}
	return strings.Join(all, ", ")
}

// helpText writes the help of a command.
func helpText(cmd command, path string, f *flags, c *call) string {
	var b strings.Builder
	line := path
	if cmd.sub != nil && cmd.setup == nil {
		line += " " + c.text(fault.T("COMMAND"))
	}
	if cmd.args != "" {
		line += " " + cmd.args
	}
	fmt.Fprintf(&b, "%s – %s\n\n%s\n  %s [--…]\n", path, c.text(cmd.summary), c.text(fault.T("Usage:")), line)
	if cmd.detail.Key != "" {
		b.WriteString("\n" + table.Wrap(c.text(cmd.detail), "") + "\n")
	}
	if cmd.sub != nil {
		fmt.Fprintf(&b, "\n%s\n", c.text(fault.T("Commands:")))
		for _, sub := range cmd.sub {
			fmt.Fprintf(&b, "  %-12s %s\n", sub.name, c.text(sub.summary))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", c.text(fault.T("Flags:")))
	f.set.VisitAll(func(fl *flag.Flag) { b.WriteString(f.describe(fl, c)) })
	fmt.Fprintf(&b, "\n%s\n", c.text(fault.T("Examples:")))
	for _, e := range cmd.examples {
		fmt.Fprintf(&b, "  %s\n", e)
	}
	return b.String()
}
