package main

import (
	"bytes"
	"context"
	"fmt"

	"thuoc/internal/agency"
	"thuoc/internal/app"
	"thuoc/internal/fault"
	"thuoc/internal/place"
	"thuoc/internal/sheet"
)

func importCommand() command {
	return command{
		name:     "import",
		summary:  fault.T("take a list of agencies or communes into a house: all of it, or nothing with every fault named"),
		examples: []string{"thuoc import agencies --data data --dry-run agencies.csv", "thuoc import places --data data --dry-run communes.csv"},
		sub:      []command{importAgenciesCommand(), importPlacesCommand()},
	}
}

func importAgenciesCommand() command {
	return command{
		name:     "agencies",
		args:     "FILE",
		summary:  fault.T("take in a list of agencies, posts and heads, as XLSX or CSV"),
		examples: []string{"thuoc import agencies --data data agencies.csv"},
		setup: func(f *flags) action {
			read := f.settings(storage...)
			dry := f.yes("dry-run", fault.T("only say what it would change"))
			on := f.date("on", fault.T("the day of which the list speaks; today without it"))
			code := f.text("place", "CODE", fault.T("the province or commune the list is of, by its code on that day; the home province without it"))
			return f.takeIn(read, func(ctx context.Context, c *call, h *app.House, file string, data []byte) error {
				return importAgencies(ctx, c, h, agency.File{Name: file, Content: data, On: *on}, *code, *dry)
			})
		},
	}
}

func importAgencies(ctx context.Context, c *call, h *app.House, file agency.File, code string, dry bool) error {
	if file.On.IsZero() {
		file.On = h.Operator().Day
	}
	over, err := h.Province(ctx)
	if code != "" {
		over, err = h.Places.At(ctx, code, file.On)
	}
	if err != nil {
		return err
	}
	file.Place = over.Place
	r, err := h.Agencies.Import(ctx, h.Operator(), file, dry)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.text(fault.T("Rows: %d, of which %d change nothing. Agencies: %d new, %d confirmed. Posts: %d new. Tenures: %d begin, %d end.",
		r.Rows, r.Same, r.Agencies, r.Confirms, r.Posts, r.Tenures, r.Ends)))
	return nil
}

func importPlacesCommand() command {
	return command{
		name:     "places",
		args:     "FILE",
		summary:  fault.T("take in a table of communes, as XLSX or CSV"),
		examples: []string{"thuoc import places --data data communes.csv"},
		setup: func(f *flags) action {
			read := f.settings(storage...)
			dry := f.yes("dry-run", fault.T("only say what it would change"))
			return f.takeIn(read, func(ctx context.Context, c *call, h *app.House, file string, data []byte) error {
				sheets, err := sheet.Read(bytes.NewReader(data), file)
				if err != nil {
					return err
				}
				plan, err := h.Places.Import(ctx, h.Operator(), file, sheets, nil, *dry)
				if err != nil {
					return err
				}
				of := map[place.Effect]int{}
				for _, p := range plan {
					of[p.Effect]++
				}
				fmt.Fprintln(c.out, c.text(fault.T("Rows: %d, of which %d change nothing. Places: %d new, %d changed.", len(plan), of[place.Keeps], of[place.Adds], of[place.Changes])))
				return nil
			})
		},
	}
}

// takeIn is the action of a command that reads one file into a house.
func (f *flags) takeIn(read func(*call) (app.Config, error), do func(ctx context.Context, c *call, h *app.House, file string, data []byte) error) action {
	return func(c *call) error {
		config, err := read(c)
		if err != nil {
			return err
		}
		if len(c.args) != 1 {
			return misuse(f.path, fault.T("Name one file."))
		}
		data, err := readFile(c.args[0])
		if err != nil {
			return err
		}
		return withHouse(config, func(ctx context.Context, h *app.House) error { return do(ctx, c, h, c.args[0], data) })
	}
}

func exportCommand() command {
	return command{
		name:    "export",
		args:    "DIR",
		summary: fault.T("write the whole house into a new folder as open files, without people unless asked"),
		detail: fault.T("One file a table, the public editions, and about.json with the columns. Secrets, sessions and letters are never in it; " +
			"names, addresses and telephone numbers only with --people."),
		examples: []string{"thuoc export --data data out", "thuoc export --data data --format json --people out-json"},
		setup: func(f *flags) action {
			read := f.settings(storage...)
			format := f.choice("format", formatCSV, []string{formatCSV, formatJSON}, fault.T("csv, or json with one object a line"))
			people := f.yes("people", fault.T("with what is known of people; keep such a folder as you keep the database"))
			return func(c *call) error {
				config, err := read(c)
				if err != nil {
					return err
				}
				if len(c.args) != 1 {
					return misuse(f.path, fault.T("Name one folder."))
				}
				return withHouse(config, func(ctx context.Context, h *app.House) error {
					rows, err := h.Export(ctx, c.args[0], *format, *people)
					if err != nil {
						return err
					}
					fmt.Fprintln(c.out, c.text(fault.T("%d rows are in %s.", rows, c.args[0])))
					return nil
				})
			}
		},
	}
}
