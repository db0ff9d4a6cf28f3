package main

import (
	"thuoc/internal/run"
	"thuoc/internal/score"
)

// readIndicators reads the caller's figures: unit, code, value and, where known, se and n.
func readIndicators(name string, def *score.Definition, units *run.Frame) ([]score.Figure, error) {
	t, err := readTable(name, run.FigureColumns()...)
	if err != nil {
		return nil, err
	}
	return run.Figures(t, name, def, units)
}
