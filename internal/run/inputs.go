package run

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/internal/score"
	"thuoc/internal/table"
	"thuoc/svy"
)

// Source says whose measure a run is. It is part of a run's key: measures of different sources never stand in one column.
type Source string

// The sources.
const (
	UNDP Source = "undp" // published by UNDP and its partners
	Own  Source = "own"  // the province's own survey
	Self Source = "self" // what an agency says of itself
)

// The roles of a run's files.
const (
	Definition       = "definition"        // the index, YAML
	AnswersFile      = "answers"           // one row a person, CSV
	FormerAnswers    = "answers-before"    // of the year before
	FiguresFile      = "figures"           // published figures, or one's own beside answers or alone, CSV
	FormerDefinition = "definition-before" // of published figures: the index of the year before
	FormerFigures    = "figures-before"    // the figures of the year before
)

// inputsFormat is the version of Inputs as JSON.
const inputsFormat = 1

// Inputs is everything a run was computed from. The SHA-256 of its JSON names the inputs: the same files, read in the
// same way, have the same name.
type Inputs struct {
	Format int     `json:"format"`
	Source Source  `json:"source"`
	Index  string  `json:"index"`  // id of the definition
	Period string  `json:"period"` // "2024"
	Files  []Input `json:"files"`  // in the order they were given
	Survey *Survey `json:"survey,omitempty"`
	Ranks  Ranks   `json:"ranks"`
}

// Input is a file, kept under its hash.
type Input struct {
	Role   string `json:"role"`
	Name   string `json:"name"` // as the person named it
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Survey says how answers were sampled; its fields are those of Sample.
type Survey struct {
	By      string   `json:"by"`
	Weights string   `json:"weights"`
	Strata  string   `json:"strata,omitempty"`
	PSU     []string `json:"psu,omitempty"`
	FPC     []string `json:"fpc,omitempty"`
	Nest    bool     `json:"nest,omitempty"`
	Lonely  string   `json:"lonely"`
}

// Ranks are the draws behind ranges of ranks and probabilities of groups.
type Ranks struct {
	Draws int    `json:"draws"`
	Seed  uint64 `json:"seed"`
}

// sample reads the survey's design.
func (s *Survey) sample() (Sample, error) {
	i := slices.Index(LonelyRules, s.Lonely)
	if i < 0 {
		return Sample{}, fault.New(fault.Invalid, "“%s” is no rule for a stratum of a single PSU.", s.Lonely)
	}
	lonely, _ := svy.ParseLonely(s.Lonely)
	return Sample{Weights: s.Weights, Strata: s.Strata, PSU: s.PSU, FPC: s.FPC, Nest: s.Nest, Lonely: lonely}, nil
}

// file finds the input of a role.
func (in *Inputs) file(role string) (Input, bool) {
	i := slices.IndexFunc(in.Files, func(f Input) bool { return f.Role == role })
	if i < 0 {
		return Input{}, false
	}
	return in.Files[i], true
}

// encode writes the inputs; the same inputs give the same bytes.
func (in *Inputs) encode() ([]byte, error) {
	text, err := json.MarshalIndent(in, "", " ")
	return append(text, '\n'), err
}

func decodeInputs(data []byte) (*Inputs, error) {
	in := &Inputs{}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(in); err != nil {
		return nil, err
	}
	if in.Format != inputsFormat {
		return nil, fault.New(fault.Invalid, "The inputs of the run have format %d; this program reads format %d.", in.Format, inputsFormat)
	}
	return in, nil
}

var periodPattern = regexp.MustCompile(`^[0-9]{4}(-[0-9a-z]{1,8})?$`)

// yearOf is the year of a period: 2024 of "2024" and of "2024-q3".
func yearOf(period string) int {
	year, _ := strconv.Atoi(period[:min(4, len(period))])
	return year
}

// opener reads a file by its hash: from the file store, or on its way there.
type opener func(ctx context.Context, sha256 string) (io.ReadSeekCloser, error)

// reader reads the files of a run.
type reader struct {
	ctx  context.Context
	open opener
	in   *Inputs
}

// bytes reads a whole file.
func (r reader) bytes(role string) (string, []byte, error) {
	f, ok := r.in.file(role)
	if !ok {
		return "", nil, fmt.Errorf("run: no input %s", role)
	}
	data, err := readBlob(r.ctx, r.open, f.SHA256)
	return f.Name, data, err
}

func readBlob(ctx context.Context, open opener, sum string) ([]byte, error) {
	f, err := open(ctx, sum)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// compute computes a run from its files, and from nothing else.
func compute(ctx context.Context, open opener, in *Inputs) (*Computation, error) {
	r := reader{ctx, open, in}
	def, yaml, err := r.definition(Definition)
	if err != nil {
		return nil, err
	}
	c := &Computation{Source: in.Source, Year: yearOf(in.Period), Period: in.Period, Def: def, YAML: yaml}
	if in.Source == UNDP {
		return c, r.published(c)
	}
	return c, r.own(c)
}

func (r reader) definition(role string) (*score.Definition, []byte, error) {
	name, yaml, err := r.bytes(role)
	if err != nil {
		return nil, nil, err
	}
	def, err := score.Load(name, yaml)
	return def, yaml, err
}

// published computes a run of published figures from the figures it kept.
func (r reader) published(c *Computation) (err error) {
	if c.Figures, err = r.keptFigures(FiguresFile); err != nil {
		return err
	}
	if _, ok := r.in.file(FormerFigures); ok {
		c.Former = &Former{Year: c.Year - 1}
		if c.Former.Def, c.Former.YAML, err = r.definition(FormerDefinition); err != nil {
			return err
		}
		if c.Former.Figures, err = r.keptFigures(FormerFigures); err != nil {
			return err
		}
	}
	return c.compute()
}

func (r reader) keptFigures(role string) ([]score.Figure, error) {
	_, data, err := r.bytes(role)
	if err != nil {
		return nil, err
	}
	return decodeFigures(data)
}

// own computes a run from answers, from a person's own figures, or from both, as thuoc score does.
func (r reader) own(c *Computation) (err error) {
	c.Frame = NewFrame(c.Def.Units)
	c.Ranks = score.RankOptions{Draws: r.in.Ranks.Draws, Seed: r.in.Ranks.Seed}
	opt := score.Options{Year: c.Year, Ranks: &c.Ranks}
	if _, ok := r.in.file(FiguresFile); ok {
		name, data, err := r.bytes(FiguresFile)
		if err != nil {
			return err
		}
		t, err := table.Read(bytes.NewReader(data), name, FigureColumns()...)
		if err != nil {
			return err
		}
		if c.Figures, err = Figures(t, name, c.Def, c.Frame); err != nil {
			return err
		}
	}
	if r.in.Survey == nil {
		c.Result, err = score.Compute(c.Def, c.Figures, opt)
		return err
	}
	sample, err := r.in.Survey.sample()
	if err != nil {
		return err
	}
	for _, l := range c.Def.Levels[:min(2, len(c.Def.Levels))] {
		c.Ranks.Levels = append(c.Ranks.Levels, l.ID)
	}
	answers := Answers{By: r.in.Survey.By, Sample: sample}
	data, err := r.answers(answers, c.Def)
	if err != nil {
		return err
	}
	c.Result, c.Sample, err = answers.Score(c.Def, c.Frame, data, c.Figures, opt)
	return err
}

// answers reads the files of answers; the error holds the faults of all of them.
func (r reader) answers(a Answers, def *score.Definition) (*column.Data, error) {
	want, err := a.Want(def)
	if err != nil {
		return nil, err
	}
	var all []*column.Data
	var items []fault.Item
	for _, role := range []string{AnswersFile, FormerAnswers} {
		f, ok := r.in.file(role)
		if !ok {
			continue
		}
		data, err := r.columns(f, want)
		if more := fault.Items(err); len(more) > 0 {
			items = append(items, more...)
		} else if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	if err := fault.Batch(items); err != nil {
		return nil, err
	}
	return column.Stack(all...), nil
}

func (r reader) columns(f Input, want column.Want) (*column.Data, error) {
	file, err := r.open(r.ctx, f.SHA256)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	want.Size = f.Bytes
	return column.Read(file, f.Name, want)
}

// figureHeader names the columns of kept published figures.
var figureHeader = []string{"unit", "code", "value", "se", "lo", "hi", "level", "n", "status", "group", "source", "note"}

// encodeFigures writes published figures so that they read back to the last bit.
func encodeFigures(figures []score.Figure) []byte {
	float := func(v float64) string {
		if math.IsNaN(v) {
			return ""
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(figureHeader) // into memory: nothing can fail
	for _, f := range figures {
		_ = w.Write([]string{f.Unit, f.Code, float(f.Value), float(f.SE), float(f.Lo), float(f.Hi), float(f.Level), strconv.Itoa(f.N),
			string(f.Status), f.Group, f.Source, f.Note})
	}
	w.Flush()
	return b.Bytes()
}

// decodeFigures reads what encodeFigures wrote.
func decodeFigures(data []byte) ([]score.Figure, error) {
	rd := csv.NewReader(bytes.NewReader(data))
	head, err := rd.Read()
	if err != nil || !slices.Equal(head, figureHeader) {
		return nil, fmt.Errorf("run: these are not kept figures: %w", cmp.Or(err, errors.New("other columns")))
	}
	var figures []score.Figure
	for {
		rec, err := rd.Read()
		if errors.Is(err, io.EOF) {
			return figures, nil
		} else if err != nil {
			return nil, err
		}
		var numbers [5]float64
		for i, text := range rec[2:7] {
			if numbers[i], err = parseFloat(text); err != nil {
				return nil, err
			}
		}
		count, err := strconv.Atoi(rec[7])
		if err != nil {
			return nil, err
		}
		figures = append(figures, score.Figure{Unit: rec[0], Code: rec[1], Value: numbers[0], SE: numbers[1], Lo: numbers[2], Hi: numbers[3],
			Level: numbers[4], N: count, Status: score.Status(rec[8]), Group: rec[9], Source: rec[10], Note: rec[11]})
	}
}

// parseFloat reads a number; an empty text is not a number.
func parseFloat(text string) (float64, error) {
	if text == "" {
		return math.NaN(), nil
	}
	return strconv.ParseFloat(text, 64)
}
