package score_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"thuoc/internal/score"
)

// schema compiles the shipped JSON Schema.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(score.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("index.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("index.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instance turns YAML into what a schema validates.
func instance(data []byte) (any, error) {
	text, err := yaml.YAMLToJSON(data)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(text))
}

// TestShipped loads every definition that comes with the program, holds it to the schema, and the list to the files.
func TestShipped(t *testing.T) {
	s := schema(t)
	entries := score.Shipped()
	found, err := filepath.Glob("definitions/*.yaml")
	if err != nil || len(found) != len(entries) {
		t.Fatalf("%d files, %d in the list (%v)", len(found), len(entries), err)
	}
	for _, e := range entries {
		t.Run(e.ID, func(t *testing.T) {
			data, err := score.Source(e.ID)
			if err != nil {
				t.Fatal(err)
			}
			d, err := score.Load(e.ID+".yaml", data)
			if err != nil {
				t.Fatal(err)
			}
			if got := (score.Entry{ID: d.ID, Family: d.Family, First: d.First, Last: d.Last}); got != e {
				t.Errorf("the file says %v, the list %v", got, e)
			}
			doc, err := instance(data)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(doc); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSchemaIsJSON(t *testing.T) {
	if !json.Valid(score.Schema) {
		t.Fatal("not JSON")
	}
}
