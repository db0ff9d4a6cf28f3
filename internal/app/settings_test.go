package app

import (
	"crypto/rand"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"thuoc/internal/fault"
)

const configuration = "../../docs/ops/configuration.md"

// TestConfigurationIsDocumented: the table of the documentation is the program's, row by row. UPDATE=1 writes it.
func TestConfigurationIsDocumented(t *testing.T) {
	var want strings.Builder
	for _, s := range Settings {
		preset := s.Preset
		if preset != "" {
			preset = "`" + preset + "`"
		}
		fmt.Fprintf(&want, "| `--%s` | `%s` | %s | %s | %s |\n", s.Name, s.Variable(), strings.ReplaceAll(s.Value, "|", `\|`), preset, s.Means)
	}
	b, err := os.ReadFile(configuration)
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)(^\\| `--.*\n)+")
	if got := rows.FindString(string(b)); got != want.String() {
		if os.Getenv("UPDATE") != "1" {
			t.Fatalf("docs/ops/configuration.md says\n%s\nthe program\n%s", got, &want)
		}
		b = rows.ReplaceAllLiteral(b, []byte(want.String()))
		if err := os.WriteFile(configuration, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// configure reads settings from name=value pairs.
func configure(pairs ...string) (Config, error) {
	return Configure(func(s Setting) string {
		for _, p := range pairs {
			if name, v, _ := strings.Cut(p, "="); name == s.Name {
				return v
			}
		}
		return ""
	}, time.Now, rand.Reader)
}

// TestSettings: what cannot be is refused, all of it at once and without showing it.
func TestSettings(t *testing.T) {
	c, err := configure("data=d", "url=https://thuoc.example.gov.vn/", "workers=8", "log=json", "log-level=warn", "listen=:80")
	if err != nil || c.URL.String() != "https://thuoc.example.gov.vn" || c.Backups != "d/backups" || c.Workers != 8 || !c.LogJSON || len(c.Proxies) != 2 {
		t.Errorf("%+v %v", c, err)
	}
	wrong := []string{"db=mysql://u:secret@h/d", "files=/secret", "listen=secret", "url=ftp://secret", "url=https://u:secret@h", "url=https://h/secret",
		"proxies=secret", "auditor=secret", "metrics=secret", "workers=0", "workers=secret", "log=secret", "log-level=secret"}
	for _, pair := range wrong {
		_, err := configure(pair)
		name, _, _ := strings.Cut(pair, "=")
		if items := fault.Items(err); len(items) != 1 || items[0].Field != "--"+name || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", pair, err)
		}
	}
	if _, err := configure("db=x", "listen=x", "workers=x"); len(fault.Items(err)) != 3 {
		t.Errorf("not all at once: %v", err)
	}
}
