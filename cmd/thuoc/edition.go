package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/table"
)

func editionCommand() command {
	return command{
		name:     "edition",
		summary:  fault.T("freeze published results into editions, list them, and verify them"),
		examples: []string{"thuoc edition build editions", "thuoc edition verify editions/papi-2022"},
		sub:      []command{editionBuildCommand(), editionListCommand(), editionVerifyCommand(), editionExportCommand()},
	}
}

func editionBuildCommand() command {
	return command{
		name:     "build",
		args:     "DIR",
		summary:  fault.T("freeze the results of a year, or of every year, into folders of DIR"),
		examples: []string{"thuoc edition build editions", "thuoc edition build --year 2022 editions"},
		setup: func(f *flags) action {
			year := f.year("year", fault.T("one year only"))
			return func(c *call) error { return editionBuild(c, f.path, *year) }
		},
	}
}

func editionBuild(c *call, path string, year int) error {
	if len(c.args) != 1 {
		return misuse(path, fault.T("Name one folder."))
	}
	years := edition.Years()
	if year != 0 {
		years = []int{year}
	}
	var all []*edition.Edition
	for _, y := range years {
		e, err := edition.Build(y, madeHere("thuoc edition build"))
		if err != nil {
			return err
		}
		if err := e.Write(filepath.Join(c.args[0], "papi-"+strconv.Itoa(y))); err != nil {
			return folderError(c.args[0], err)
		}
		all = append(all, e)
	}
	return c.editions(formatTable, all)
}

func editionListCommand() command {
	return command{
		name:     "list",
		args:     "[DIR]",
		summary:  fault.T("list the editions of a folder, or those inside the program"),
		examples: []string{"thuoc edition list", "thuoc edition list editions --format json"},
		setup: func(f *flags) action {
			format := f.format()
			return func(c *call) error { return editionList(c, f.path, *format) }
		},
	}
}

func editionList(c *call, path, format string) error {
	if len(c.args) > 1 {
		return misuse(path, fault.T("Name one folder."))
	}
	dir := ""
	if len(c.args) == 1 {
		dir = c.args[0]
	}
	shelf, err := shelfOf(dir)
	if err != nil {
		return err
	}
	var all []*edition.Edition
	for _, y := range shelf.Years() {
		e, err := shelf.Edition(y)
		if err != nil {
			return err
		}
		all = append(all, e)
	}
	return c.editions(format, all)
}

// editions writes a list of editions.
func (c *call) editions(format string, all []*edition.Edition) error {
	return c.write(format, func() *table.Page {
		p := &table.Page{Title: c.text(fault.T("Editions")), Columns: []table.Head{{Name: c.text(fault.T("Year")), Right: true}, {Name: c.text(fault.T("Index"))}, {Name: "id"}, {Name: c.text(fault.T("Files")), Right: true}}}
		var rows [][]string
		for _, e := range all {
			rows = append(rows, []string{strconv.Itoa(e.Manifest.Year), e.Manifest.Index, e.ID, strconv.Itoa(len(e.Manifest.Files))})
		}
		p.Sections = []table.Section{{Rows: rows}}
		return p
	}, func() *table.Records {
		r := &table.Records{Header: []string{"year", "index", "id", "files", "made_by", "code"}}
		for _, e := range all {
			m := e.Manifest
			r.Rows = append(r.Rows, []table.Cell{table.Int(m.Year), table.Str(m.Index), table.Str(e.ID), table.Int(len(m.Files)), table.Str(m.MadeBy), table.Str(m.Code)})
		}
		return r
	})
}

func editionVerifyCommand() command {
	return command{
		name:     "verify",
		args:     "DIR…",
		summary:  fault.T("hold editions, or folders of them, against their manifests; every damaged file is named"),
		examples: []string{"thuoc edition verify editions", "thuoc edition verify --recompute editions/papi-2022"},
		setup: func(f *flags) action {
			recompute := f.yes("recompute", fault.T("compute every edition of published figures again and name every file and cell that comes out otherwise"))
			return func(c *call) error { return editionVerify(c, f.path, *recompute) }
		},
	}
}

func editionVerify(c *call, path string, recompute bool) error {
	if len(c.args) == 0 {
		return misuse(path, fault.T("Name at least one folder."))
	}
	var all []*edition.Edition
	var items []fault.Item
	for _, dir := range c.args {
		found, err := openEditions(dir)
		if err != nil && len(fault.Items(err)) == 0 {
			return folderError(dir, err)
		}
		for _, it := range fault.Items(err) {
			it.File = filepath.Join(dir, it.File)
			items = append(items, it)
		}
		all = append(all, found...)
	}
	if len(items) > 0 {
		return &fault.Error{Kind: fault.Invalid, Text: fault.T("The editions are damaged; none is served."), Items: items}
	}
	for _, e := range all {
		if !recompute {
			break
		}
		if err := edition.Recompute(e); err != nil {
			return err
		}
	}
	return c.editions(formatTable, all)
}

// openEditions opens one edition, or every edition of a folder of them.
func openEditions(dir string) ([]*edition.Edition, error) {
	if _, err := os.Stat(filepath.Join(dir, edition.ManifestName)); err == nil {
		e, err := edition.Open(os.DirFS(dir))
		if err != nil {
			return nil, err
		}
		return []*edition.Edition{e}, nil
	}
	all, err := edition.OpenAll(os.DirFS(dir))
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "There is no edition here: the folder has no %s.", edition.ManifestName)
	}
	return all, err
}

// folderError says why a folder cannot be used; an error of ours stands as it is.
func folderError(dir string, err error) error {
	if fault.KindOf(err) != fault.Internal {
		return err
	}
	e := fault.New(fault.Internal, "The folder %s cannot be used: %s.", dir, reason(err))
	if errors.Is(err, fs.ErrNotExist) {
		e = fault.New(fault.NotFound, "There is no folder %s.", dir)
	}
	e.Err = err
	return e
}
