package main

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"

	"thuoc/internal/column"
	"thuoc/internal/fault"
	"thuoc/internal/run"
	"thuoc/svy"
)

// replication is what --replicates asks for.
type replication struct {
	kind     string // jkn, brr, fay, raowu, file
	rho      float64
	count    int
	seed     uint64
	file     string
	centre   svy.Centre
	exported string // the file to write the factors to, or ""
}

// replicateForms are the values of --replicates.
const replicateForms = "jkn|brr|fay:RHO|raowu:R:SEED|file:FILE"

// replication declares the flags of replicates and gives what reads them; nil where none are asked for.
func (f *flags) replication() func() (*replication, error) {
	spec := f.text("replicates", replicateForms, fault.T("errors from replicates instead of linearisation: jackknife, balanced halves, Fay's method, bootstrap of Rao and Wu, or the factors of a file"))
	mse := f.yes("mse", fault.T("measure the replicates from the estimate, not from their mean"))
	factors := f.text("factors", "FILE", fault.T("write the factor of each PSU in each replicate here, a small file that R reads as well"))
	return func() (*replication, error) {
		if *spec == "" {
			if *mse || *factors != "" {
				return nil, misuse(f.path, fault.T("--mse and --factors belong to --replicates."))
			}
			return nil, nil
		}
		r, ok := parseReplication(*spec)
		if !ok {
			return nil, misuse(f.path, fault.T("--%s cannot be “%s”; write %s.", "replicates", *spec, replicateForms))
		}
		if r.exported = *factors; *mse {
			r.centre = svy.AtEstimate
		}
		return r, nil
	}
}

func parseReplication(spec string) (*replication, bool) {
	kind, rest, _ := strings.Cut(spec, ":")
	r := &replication{kind: kind}
	var err error
	switch kind {
	case "jkn", "brr":
		return r, spec == kind
	case "fay":
		r.rho, err = strconv.ParseFloat(rest, 64)
		return r, err == nil && r.rho > 0 && r.rho < 1
	case "raowu":
		count, seed, _ := strings.Cut(rest, ":")
		var wrongSeed error
		r.count, err = strconv.Atoi(count)
		r.seed, wrongSeed = strconv.ParseUint(seed, 10, 64)
		return r, err == nil && wrongSeed == nil && r.count >= 2 && r.count <= 100_000
	case "file":
		r.file = rest
		return r, rest != ""
	}
	return nil, false
}

// check refuses statistics and degrees of freedom that replicates do not have.
func (r *replication) check(path string, req request) error {
	switch {
	case r == nil:
		return nil
	case req.method.DF == svy.DFSatterthwaite || req.method.DF == svy.DFPooled:
		return misuse(path, fault.T("Replicates have the degrees of freedom of the design or the domain: --df design or domain."))
	case req.stat == svy.StatQuantile && r.kind == "jkn":
		return misuse(path, fault.T("A jackknife does not suit quantiles: take raowu, brr or fay."))
	}
	return nil
}

// of makes the replicates of a survey; none where none are asked for.
func (r *replication) of(s *survey, o run.Sample, cal *calibration) (*svy.Replicates, error) {
	if r == nil {
		return nil, nil
	}
	if err := r.fits(s.design, s.Data, o); err != nil {
		return nil, err
	}
	p, err := r.make(s.design)
	if e, ok := errors.AsType[*svy.FactorError](err); ok {
		return nil, r.factorFaults(e)
	}
	if cal != nil {
		err = cal.translate(err, s.Data, o.Weights)
	}
	if err != nil {
		return nil, err
	}
	p.Centre = r.centre
	return p, nil
}

func (r *replication) make(d *svy.Design) (*svy.Replicates, error) {
	switch r.kind {
	case "jkn":
		return d.JKn()
	case "raowu":
		return d.RaoWu(r.count, r.seed)
	case "file":
		f, err := os.Open(r.file)
		if err != nil {
			return nil, fileError(r.file, err)
		}
		defer f.Close()
		return d.ReadReplicates(f)
	}
	return d.BRR(r.rho)
}

// maxJackknife bounds the units of a stratum that a jackknife leaves out one by one.
const maxJackknife = 5000

// fits refuses designs that the replicates cannot be made of. The factors of a file may be made for any.
func (r *replication) fits(d *svy.Design, data *column.Data, o run.Sample) error {
	var items []fault.Item
	varies := false
	for _, h := range d.Strata() {
		if h.Fraction >= 1 {
			continue
		}
		varies = varies || h.N > 1
		it := fault.Item{File: data.File, Field: o.Strata}
		switch {
		case h.N == 1 && o.Lonely != svy.LonelyCertainty && o.Lonely != svy.LonelyRemove:
			it.What = fault.T("The stratum “%s” has a single PSU, “%s”: it shows no variation.", h.Label, d.PSULabel(h.First))
			it.Remedy = fault.T("Replicates know three rules: --lonely collapse, certainty or remove.")
		case (r.kind == "brr" || r.kind == "fay") && h.N > 2:
			it.What = fault.T("The stratum “%s” has %d PSUs; balanced replicates take two.", h.Label, h.N)
			it.Remedy = fault.T("Take jkn or raowu.")
		case r.kind == "jkn" && h.N > maxJackknife:
			it.What = fault.T("The stratum “%s” has %d PSUs, more than the %d that a jackknife leaves out one by one.", h.Label, h.N, maxJackknife)
			it.Remedy = fault.T("Take raowu.")
		default:
			continue
		}
		items = append(items, it)
	}
	if !varies {
		return fault.New(fault.Invalid, "No stratum has two PSUs that stand for more than themselves: replicates show no error.")
	}
	return fault.Batch(items)
}

// factorFaults places the faults of a factor file.
func (r *replication) factorFaults(e *svy.FactorError) error {
	again := fault.T("Write the file with --factors from the same design.")
	var items []fault.Item
	for _, f := range e.Faults {
		it := fault.Item{File: r.file, Line: f.Line, Column: f.Column, Remedy: again}
		switch f.Kind {
		case svy.FactorHeader:
			it.What = fault.T("The header is not stratum,psu,r1,r2,….")
		case svy.FactorCoefficients:
			it.What = fault.T("The line does not hold the method, the word coefficient and the coefficients.")
		case svy.FactorNumber:
			it.What, it.Remedy = fault.T("“%s” is not a number.", f.Cell), fault.T("Write a number.")
		case svy.FactorStranger:
			it.What = fault.T("The survey has no PSU “%s” in the stratum “%s”.", f.PSU, f.Stratum)
		case svy.FactorTwice:
			it.What = fault.T("The PSU “%s” of the stratum “%s” stands twice.", f.PSU, f.Stratum)
		case svy.FactorMissing:
			it.What = fault.T("The PSU “%s” of the stratum “%s” has no line.", f.PSU, f.Stratum)
		default:
			it.What = fault.T("The line cannot be read: %s.", f.Cell)
		}
		items = append(items, it)
	}
	return fault.Batch(items)
}

// export writes the factor file.
func (r *replication) export(p *svy.Replicates) error {
	if r == nil || r.exported == "" {
		return nil
	}
	var b bytes.Buffer
	if err := p.WriteCSV(&b); err != nil {
		return err
	}
	return replaceFile(r.exported, b.Bytes())
}
