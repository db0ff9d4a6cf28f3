package main

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/table"
	"thuoc/svy"
)

func simulateCommand() command {
	return command{
		name: "simulate", summary: fault.T("make up a survey like PAPI's whose truth is known, or count how often intervals hold the truth"),
		detail: fault.T("The country is people in villages in communes in districts in provinces; capital, seat commune and seat village are" +
			" taken for certain, the others in proportion to their people. The same seeds give the same file. Columns: id, wave, prov," +
			" class, stratum and psu (the capital's villages, the other districts), district, commune, village, capital, seat_commune," +
			" seat_village (1 = taken for certain), w, sex, agegrp, q001…; an empty cell is missing."),
		examples: []string{
			"thuoc simulate --items 12 --out answers.csv --truth truth.csv",
			"thuoc simulate --items 12 --wave 2 --overlap 1,1,0.95 --out answers2.csv",
			"thuoc simulate --classes city:3:8:4:10,rural:9:10:3:10 --items 4 --coverage 1:3",
		},
		setup: func(f *flags) action {
			o := f.simulation()
			out := f.text("out", "FILE", fault.T("write the answers here; to standard output without it"))
			truth := f.text("truth", "FILE", fault.T("write the true mean of every item, province and the nation (prov 0) here"))
			sample := f.count("sample", 1, 0, math.MaxInt, fault.T("seed of the sample: another number, another sample of the same country"))
			coverage := f.text("coverage", "COUNTRIES:SURVEYS", fault.T("instead of a file, the share of 95 percent intervals that hold the truth, by every rule, over so many countries and surveys of each"))
			format := f.format()
			return func(c *call) error {
				s, wave, err := o(f.path)
				switch {
				case err != nil:
					return err
				case *coverage != "":
					return countCoverage(c, f.path, s, *coverage, uint64(*sample), *format)
				}
				return simulate(c, s, wave, uint64(*sample), *out, *truth)
			}
		},
	}
}

// simulation declares the flags of a made-up country and its survey, and gives what reads them and the wave, from 0.
func (f *flags) simulation() func(path string) (svy.Simulation, int, error) {
	s := svy.PAPISimulation()
	inf := math.Inf(1)
	classes := f.text("classes", "NAME:PROVINCES:FRAME:DISTRICTS:ANSWERS,…",
		fault.T("size classes: number of provinces, districts of each on average, districts sampled, answers a village; PAPI's without it"))
	items := f.count("items", s.Items, 1, 1000, fault.T("number of items: 0/1, scales, 0 to 10, amounts"))
	wave := f.count("wave", 1, 1, 50, fault.T("wave to write"))
	components := f.numbers("components", s.Components[:], 0, inf, fault.T("variances between districts, communes and villages; between people it is 1"))
	spread := f.number("spread", 0, 0, 3, fault.T("standard deviation over provinces of the logarithm of these variances; 0 = the same everywhere"))
	province := f.number("between", s.Province, 0, inf, fault.T("variance between provinces"))
	overlap := f.numbers("overlap", s.Keep[:], 0, 1, fault.T("probability that a province's districts, a commune and a village drawn by size stay in the next wave"))
	correlation := f.number("correlation", s.Correlation, 0, 1, fault.T("of a place's effects in neighbouring waves"))
	drift := f.number("change", s.Change, 0, inf, fault.T("standard deviation of a province's change from wave to wave"))
	missing := f.number("missing", s.Missing, 0, 0.4, fault.T("mean share of missing answers: none in every sixth item, much in every sixth"))
	tilt := f.number("tilt", 0, -10, 10, fault.T("above 0, those who would say more answer less often"))
	seed := f.count("seed", 1, 0, math.MaxInt, fault.T("seed of the country"))
	return func(path string) (svy.Simulation, int, error) {
		s.Items, s.Waves, s.Seed = *items, *wave, uint64(*seed)
		s.Components, s.Keep = [3]float64(*components), [3]float64(*overlap)
		s.Spread, s.Province, s.Correlation, s.Change = *spread, *province, *correlation, *drift
		s.Missing, s.Tilt = *missing, *tilt
		if *classes == "" {
			return s, *wave - 1, nil
		}
		s.Classes = nil
		for _, field := range fields(*classes) {
			class, ok := provinceClass(field)
			if !ok {
				return s, 0, misuse(path, fault.T("The class “%s” is not NAME:PROVINCES:FRAME:DISTRICTS:ANSWERS with at least 2 districts sampled and no more than the frame has.", field))
			}
			s.Classes = append(s.Classes, class)
		}
		return s, *wave - 1, nil
	}
}

func provinceClass(field string) (svy.ProvinceClass, bool) {
	parts := strings.Split(field, ":")
	if len(parts) != 5 {
		return svy.ProvinceClass{}, false
	}
	var n [4]int
	for i, part := range parts[1:] {
		v, err := strconv.Atoi(part)
		if err != nil || v < 1 || v > 1_000_000 {
			return svy.ProvinceClass{}, false
		}
		n[i] = v
	}
	c := svy.ProvinceClass{Name: parts[0], Provinces: n[0], Frame: n[1], Districts: n[2], Answers: n[3]}
	return c, c.Districts >= 2 && c.Districts <= c.Frame
}

// simulate writes one wave of answers, and the truth behind them.
func simulate(c *call, s svy.Simulation, wave int, seed uint64, out, truth string) error {
	p, err := s.Population()
	if err != nil {
		return err
	}
	if truth != "" {
		var b bytes.Buffer
		if err := truthRecords(p, s, wave).WriteCSV(&b); err != nil {
			return err
		}
		if err := replaceFile(truth, b.Bytes()); err != nil {
			return err
		}
	}
	answers := p.Survey(seed, wave)
	if out == "" {
		c.out.Write(answersCSV(s, answers))
		return nil
	}
	if err := replaceFile(out, answersCSV(s, answers)); err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.text(fault.T("%s: %d people, %d items, wave %d.", out, len(answers.Weights), p.Items(), wave+1)))
	return nil
}

// truthRecords are the true means of a wave.
func truthRecords(p *svy.Population, s svy.Simulation, wave int) *table.Records {
	r := &table.Records{Header: []string{"wave", "prov", "class", "people", "var", "truth"}}
	for item := range p.Items() {
		for province := svy.Whole; province < p.Provinces(); province++ {
			class := table.None
			if province != svy.Whole {
				class = table.Str(s.Classes[p.Class(province)].Name)
			}
			r.Rows = append(r.Rows, []table.Cell{table.Int(wave + 1), table.Int(province + 1), class,
				table.Num(p.People(province)), table.Str(p.ItemName(item)), table.Num(p.Truth(wave, item, province))})
		}
	}
	return r
}

// answersCSV writes the answers, a row a person.
func answersCSV(s svy.Simulation, a *svy.SimulatedSurvey) []byte {
	var classes []string
	for _, c := range s.Classes {
		for range c.Provinces {
			classes = append(classes, c.Name)
		}
	}
	var b []byte
	b = append(b, "id,wave,prov,class,stratum,psu,district,commune,village,capital,seat_commune,seat_village,w,sex,agegrp"...)
	for i := range a.Items {
		b = append(append(b, ','), a.Items[i].Name...)
	}
	b = append(b, '\n')
	first := a.Spec(svy.CapitalApart, svy.LonelyFail).Stages[0]
	for row, w := range a.Weights {
		province := a.Province.Codes[row]
		b = fmt.Appendf(b, "%d,%d,%d,%s,%s,%s", row+1, a.Wave+1, province+1, classes[province],
			first.Strata.Label(first.Strata.Codes[row]), first.Units.Label(first.Units.Codes[row]))
		for i := range a.Stages {
			b = strconv.AppendInt(append(b, ','), int64(a.Stages[i].Codes[row])+1, 10)
		}
		for i := range a.Certain {
			b = append(b, ',', digit(a.Certain[i][row]))
		}
		b = strconv.AppendFloat(append(b, ','), w, 'g', -1, 64)
		b = append(b, ',', digit(a.Female[row])+1, ',', '0'+a.AgeGroup[row])
		for i := range a.Items {
			b = append(b, ',')
			if v := a.Items[i].At(row); v == v {
				b = strconv.AppendFloat(b, v, 'g', -1, 64)
			}
		}
		b = append(b, '\n')
	}
	return b
}

func digit(yes bool) byte {
	if yes {
		return '1'
	}
	return '0'
}
