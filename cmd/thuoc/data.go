package main

import (
	"thuoc/internal/fault"
)

func dataCommand() command {
	return command{
		name:    "data",
		summary: fault.T("print the published figures and what is known of them"),
		detail: fault.T("Nothing is computed here: every value is the published decimal. A code that a province lacks was not" +
			" published; remaining zeros are values."),
		sub: []command{
			dataPAPI(), dataProvinces(), dataSamples(), dataSources(), dataDefects(), dataGroups(), dataNational(),
		},
		examples: []string{
			"thuoc data papi --list",
			"thuoc data papi --year 2023 --level dimension --format csv",
			"thuoc data provinces --on 2025-06-30",
		},
	}
}
