// Command thuoc measures what citizens experience of government: it holds the published figures of PAPI, scores an
// index from its definition and says how sure each number is.
//
// It promises that data go to standard output and talk to standard error; that a command which fails has written no
// data; that it ends with 0, with 1 when it failed and with 2 when it was called wrongly; and that every command
// answers --help.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// The exit codes.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

func main() {
	os.Exit(execute(os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// root is the program as a family of commands.
func root() command {
	return command{
		name:    "thuoc",
		summary: fault.T("measure what citizens experience of government"),
		sub: []command{
			scoreCommand(), estimateCommand(), changeCommand(), calibrateCommand(), dataCommand(), indexCommand(), editionCommand(), demoCommand(),
			serveCommand(), initCommand(), migrateCommand(), userCommand(), importCommand(), exportCommand(), backupCommand(), restoreCommand(), verifyCommand(), doctorCommand(),
			mapCommand(), simulateCommand(), powerCommand(), targetCommand(), planCommand(), drawCommand(), templateCommand(), versionCommand(),
		},
		examples: []string{
			"thuoc score",
			"thuoc data papi --year 2023 --level dimension --format csv",
		},
	}
}

// execute runs one command line and gives its exit code. The command writes into a buffer, which reaches stdout whole or
// not at all.
func execute(args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	language, err := languageOf(args, getenv)
	var out bytes.Buffer
	if err == nil {
		err = dispatch(root(), "", args, &call{lang: language, getenv: getenv, out: &out, talk: stderr})
	}
	if err == nil {
		_, err = stdout.Write(out.Bytes())
	}
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(stderr, "thuoc: "+explain(language, err))
	if _, usage := errors.AsType[usageError](err); usage {
		return exitUsage
	}
	return exitFailed
}

// explain writes an error for the person at the terminal; one that is not ours (a disk, a closed pipe) as it comes.
func explain(l lang.Lang, err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return lang.Explain(l, e)
	}
	return err.Error()
}
