package main

import (
	"errors"
	"io/fs"
	"os"

	"thuoc/internal/fault"
	"thuoc/internal/table"
)

// errValue tells parse that a flag's value is wrong; the flag's help says what it takes.
var errValue = errors.New("wrong value")

// readTable reads a CSV file that a person named, "-" for standard input. All faults of its content stand in the
// table, so that the caller's own checks can join them.
func readTable(name string, columns ...table.Column) (*table.Table, error) {
	if name == "-" {
		return table.Read(os.Stdin, "stdin", columns...)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fileError(name, err)
	}
	defer f.Close()
	return table.Read(f, name, columns...)
}

// readFile reads a file that a person named.
func readFile(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fileError(name, err)
	}
	return data, nil
}

// fileError says why a file cannot be read.
func fileError(name string, err error) error {
	e := fault.New(fault.Internal, "The file %s cannot be read: %s.", name, reason(err))
	if errors.Is(err, fs.ErrNotExist) {
		e = fault.New(fault.NotFound, "There is no file %s. Check the name and the folder.", name)
	}
	e.Err = err
	return e
}

// reason is the system's own word for a failure, without the path that the sentence already names.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
