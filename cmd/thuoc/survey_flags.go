package main

import (
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/fault"
)

// texts declares a flag that may be given several times.
func (f *flags) texts(name, value string, means fault.Text) *[]string {
	f.means[name], f.value[name] = means, value
	v := new(texts)
	f.set.Var(v, name, "")
	return (*[]string)(v)
}

// texts is a flag.Value that collects.
type texts []string

func (t *texts) String() string { return strings.Join(*t, ",") }

func (t *texts) Set(s string) error {
	if s == "" {
		return errValue
	}
	*t = append(*t, s)
	return nil
}

// share declares a flag that takes a number strictly between 0 and 1.
func (f *flags) share(name string, preset float64, means fault.Text) *float64 {
	f.means[name], f.value[name] = means, "0…1"
	v := share(preset)
	f.set.Var(&v, name, "")
	return (*float64)(&v)
}

// share is a flag.Value between 0 and 1.
type share float64

func (v *share) String() string { return strconv.FormatFloat(float64(*v), 'g', -1, 64) }

func (v *share) Set(s string) error {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !(x > 0 && x < 1) {
		return errValue
	}
	*v = share(x)
	return nil
}

// shares declares a flag that takes one or more numbers strictly between 0 and 1.
func (f *flags) shares(name string, preset []float64, means fault.Text) *[]float64 {
	f.means[name], f.value[name] = means, "0…1[,…]"
	v := shares(slices.Clone(preset))
	f.set.Var(&v, name, "")
	return (*[]float64)(&v)
}

// shares is a flag.Value of numbers between 0 and 1.
type shares []float64

func (v *shares) String() string {
	var out []string
	for _, x := range *v {
		out = append(out, strconv.FormatFloat(x, 'g', -1, 64))
	}
	return strings.Join(out, ",")
}

func (v *shares) Set(s string) error {
	var out shares
	for _, part := range fields(s) {
		var x share
		if err := x.Set(part); err != nil {
			return err
		}
		out = append(out, float64(x))
	}
	if out == nil {
		return errValue
	}
	*v = out
	return nil
}
