package run

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"

	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/score"
	"thuoc/internal/table"
)

// encodeRecords writes records as CSV.
func encodeRecords(r *table.Records) []byte {
	var b bytes.Buffer
	_ = r.WriteCSV(&b) // into memory: nothing can fail
	return b.Bytes()
}

// resultRow is a row of kept results, cell by column.
type resultRow map[string]string

// resultRows reads kept results.
func resultRows(data []byte) ([]resultRow, error) {
	lines, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("run: the results are empty")
	}
	rows := make([]resultRow, len(lines)-1)
	for i, line := range lines[1:] {
		rows[i] = make(resultRow, len(line))
		for j, name := range lines[0] {
			rows[i][name] = line[j]
		}
	}
	return rows, nil
}

// value reads a row.
func (row resultRow) value(r Run) (Value, error) {
	v := Value{Source: r.Source, Period: r.Period, Unit: row["unit"], UnitName: row["unit_name"], Code: row["code"], Level: row["level"],
		Status: score.Status(row["status"]), Why: row["why"], Verdict: score.Verdict(row["verdict"]), ErrorWhyNot: row["error_why"]}
	for name, to := range map[string]*float64{"value": &v.Value, "se": &v.SE, "df": &v.DF, "lo": &v.Lo, "hi": &v.Hi, "interval_level": &v.IntervalAt, "change": &v.Change} {
		var err error
		if *to, err = parseFloat(row[name]); err != nil {
			return v, fmt.Errorf("run: %s of %s %s: %w", name, v.Code, v.Unit, err)
		}
	}
	for name, to := range map[string]*int{"n": &v.N, "rank_lo": &v.RankLo, "rank_hi": &v.RankHi} {
		if row[name] == "" {
			continue
		}
		var err error
		if *to, err = strconv.Atoi(row[name]); err != nil {
			return v, fmt.Errorf("run: %s of %s %s: %w", name, v.Code, v.Unit, err)
		}
	}
	return v, nil
}

// Check is what computing again found.
type Check struct {
	Same        bool
	Was, Is     string // SHA-256 of the results kept and of those computed now
	WasBy, IsBy string // version of the program then and now
	Differences []Difference
	More        int // differences beyond those listed
}

// Difference is a cell that came out otherwise.
type Difference struct {
	Code, Unit string // of the row
	Column     string // of the results; "" where the whole row was added or is gone
	Was, Is    string
}

// Text says a difference in a sentence.
func (d Difference) Text() fault.Text {
	switch {
	case d.Column == "" && d.Was == "":
		return fault.T("%s of %s was not there before.", d.Code, d.Unit)
	case d.Column == "":
		return fault.T("%s of %s is not there any more.", d.Code, d.Unit)
	}
	return fault.T("%s of %s: the column %s was “%s” and is “%s”.", d.Code, d.Unit, d.Column, d.Was, d.Is)
}

// mostDifferences is how many differences are listed; one wrong input changes thousands of cells.
const mostDifferences = 20

// Recompute computes a run again from its inputs and holds the results against those it kept, bit by bit.
func (s *Store) Recompute(ctx context.Context, actor account.Actor, id string) (Check, error) {
	r, err := s.Get(ctx, actor, id)
	if err != nil {
		return Check{}, err
	}
	_, check, err := s.Again(ctx, r)
	return check, err
}

// Again computes a run again and tells what differs from what it kept.
func (s *Store) Again(ctx context.Context, r Run) (*Computation, Check, error) {
	c, err := s.Compute(ctx, r)
	if err != nil {
		return nil, Check{}, err
	}
	now := c.Records()
	check := Check{Was: r.Results, Is: hash(now), WasBy: r.Code, IsBy: s.o.Code}
	kept, err := readBlob(ctx, s.o.Blobs.Open, r.Results)
	if err != nil {
		return nil, check, err
	}
	if hash(kept) != r.Results {
		return nil, check, fault.New(fault.Internal, "The file %s is damaged: its bytes have changed. Restore it from a backup.", r.Results)
	}
	if check.Same = check.Is == check.Was; check.Same {
		return c, check, nil
	}
	all, err := differences(kept, now)
	check.Differences = all[:min(mostDifferences, len(all))]
	check.More = len(all) - len(check.Differences)
	return c, check, err
}

// differences compares two files of results cell by cell.
func differences(before, after []byte) ([]Difference, error) {
	was, err := resultRows(before)
	if err != nil {
		return nil, err
	}
	is, err := resultRows(after)
	if err != nil {
		return nil, err
	}
	key := func(r resultRow) [2]string { return [2]string{r["code"], r["unit"]} }
	left := map[[2]string]resultRow{}
	for _, row := range was {
		left[key(row)] = row
	}
	var all []Difference
	for _, row := range is {
		k := key(row)
		old, ok := left[k]
		if !ok {
			all = append(all, Difference{Code: k[0], Unit: k[1], Is: row["status"]})
			continue
		}
		delete(left, k)
		for _, name := range Header {
			if old[name] != row[name] {
				all = append(all, Difference{k[0], k[1], name, old[name], row[name]})
			}
		}
	}
	for _, row := range was {
		if k := key(row); left[k] != nil {
			all = append(all, Difference{Code: k[0], Unit: k[1], Was: row["status"]})
		}
	}
	return all, nil
}
