// Package api holds the contract of the JSON API: the OpenAPI description that the program serves and that the tests
// hold every route and every answer to.
package api

import _ "embed" // the description travels inside the program

// OpenAPI is the description, OpenAPI 3.1 in YAML.
//
//go:embed openapi.yaml
var OpenAPI []byte
