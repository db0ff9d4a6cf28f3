package editiontest

import _ "embed"

//go:embed own.yaml
var index []byte
