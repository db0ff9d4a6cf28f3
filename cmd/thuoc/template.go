package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"thuoc/internal/docx"
	"thuoc/internal/fault"
	"thuoc/internal/table"
)

func templateCommand() command {
	return command{
		name:     "template",
		summary:  fault.T("begin a Word template for an office's documents, and check one"),
		detail:   fault.T("An office may lay its documents out by a Word template of its own. It is taken in the working pages; here it can be checked beforehand."),
		examples: []string{"thuoc template default mau-van-ban.docx", "thuoc template check mau-so-noi-vu.docx"},
		sub:      []command{templateDefaultCommand(), templateCheckCommand()},
	}
}

func templateDefaultCommand() command {
	return command{
		name:     "default",
		args:     "FILE",
		summary:  fault.T("write the template that is used where an office has none, to begin from"),
		examples: []string{"thuoc template default mau-bat-dau.docx"},
		setup: func(f *flags) action {
			return func(c *call) error {
				name, err := c.oneFile(f.path)
				if err != nil {
					return err
				}
				if err := writeNew(name, docx.Default()); err != nil {
					return err
				}
				return c.writePages([]*table.Page{{Lead: []string{c.text(fault.T("%s is written. Change its look and keep its fields.", name))}}})
			}
		},
	}
}

// oneFile gives the one file that the command line names.
func (c *call) oneFile(path string) (string, error) {
	if len(c.args) != 1 {
		return "", misuse(path, fault.T("Name one file."))
	}
	return c.args[0], nil
}

// writeNew writes a file that is not there yet.
func writeNew(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "There is already a file %s. It is left as it is.", name)
	}
	if err == nil {
		_, err = f.Write(data)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fault.New(fault.Internal, "The file %s cannot be written: %s.", name, reason(err))
	}
	return nil
}

func templateCheckCommand() command {
	return command{
		name:    "check",
		args:    "FILE",
		summary: fault.T("name every field that a template does not know or lacks, with its place"),
		detail: fault.T("Fields are written {{name}}. A place is a part of the Word file, its text, a head or a foot, and the paragraph in it, counted from 1 with those of tables." +
			" A template that is refused here is refused in the working pages as well."),
		examples: []string{"thuoc template check mau-so-noi-vu.docx", "thuoc template check mau-so-noi-vu.docx --format csv"},
		setup: func(f *flags) action {
			format := f.format()
			return func(c *call) error {
				name, err := c.oneFile(f.path)
				if err != nil {
					return err
				}
				data, err := readFile(name)
				if err != nil {
					return err
				}
				t, err := docx.Open(data)
				if err != nil {
					return inFile(name, err)
				}
				return c.fields(*format, t)
			}
		},
	}
}

// inFile names the file in every fault of its parts: "mau.docx/word/document.xml".
func inFile(name string, err error) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || len(e.Items) == 0 {
		return err
	}
	named := *e
	named.Items = nil
	for _, it := range e.Items {
		it.File = strings.TrimSuffix(name+"/"+it.File, "/")
		named.Items = append(named.Items, it)
	}
	return &named
}

// fields lists every field there is, with its place in a template that may be used.
func (c *call) fields(format string, t *docx.Template) error {
	missing := t.Missing()
	lacks := func(f docx.Field) bool {
		for _, m := range missing {
			if m.Name == f.Name {
				return true
			}
		}
		return false
	}
	return c.write(format, func() *table.Page {
		p := &table.Page{Lead: []string{c.text(fault.T("The template can be used."))}, Columns: []table.Head{{Name: c.text(fault.T("Field"))}, {Name: c.text(fault.T("Where"))}, {Name: c.text(fault.T("What stands there"))}}}
		if len(missing) > 0 {
			p.Notes = []string{c.text(fault.T("A field that is missing is lost only where documents bear it: a letter has no type, a report no power to decide. An office may have written its name out instead."))}
		}
		var rows [][]string
		for _, f := range docx.Fields {
			at, ok := t.Where(f.Name)
			where := "–"
			switch {
			case ok:
				where = c.text(fault.T("%s, paragraph %d", path.Base(at.Part), at.Paragraph))
			case lacks(f):
				where = c.text(fault.T("missing"))
			}
			rows = append(rows, []string{"{{" + f.Name + "}}", where, f.Says})
		}
		p.Sections = []table.Section{{Rows: rows}}
		return p
	}, func() *table.Records {
		r := &table.Records{Header: []string{"field", "needed", "missing", "part", "paragraph"}}
		for _, f := range docx.Fields {
			at, ok := t.Where(f.Name)
			paragraph := table.Str("")
			if ok {
				paragraph = table.Str(strconv.Itoa(at.Paragraph))
			}
			r.Rows = append(r.Rows, []table.Cell{table.Str(f.Name), table.Bool(f.Needed), table.Bool(lacks(f)), table.Str(at.Part), paragraph})
		}
		return r
	})
}
