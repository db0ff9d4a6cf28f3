package app

import (
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/demo"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/mail"
)

// Setting is one thing that whoever runs the program decides: a flag, or else a variable of the environment, or else
// what is preset. Everything else is decided in the working pages and stands in the database.
type Setting struct {
	Name   string // "listen": the flag --listen, the variable THUOC_LISTEN
	Value  string // what its value is called, "HOST:PORT"
	Preset string
	Means  fault.Text
}

// Variable names the setting in the environment.
func (s Setting) Variable() string {
	return "THUOC_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// Settings is the whole table. An address that holds a password belongs into the environment: other users of a machine
// see the arguments of its programs.
var Settings = []Setting{
	{"data", "DIR", "", fault.T("the data folder, as thuoc init makes it")},
	{"db", "URL", "", fault.T("postgres://user@host/name; without it the database is the file thuoc.db in the data folder")},
	{"files", "URL", "", fault.T("s3://key:secret@host/bucket/prefix; without it uploaded files lie in the folder blobs of the data folder")},
	{"listen", "HOST:PORT", "127.0.0.1:8080", fault.T("where to listen")},
	{"url", "URL", "", fault.T("the address at which people reach the program, for links in letters; https:// also keeps cookies to TLS")},
	{"proxies", "CIDR,…", "127.0.0.0/8,::1/128", fault.T("reverse proxies whose X-Forwarded-For and X-Request-Id are believed")},
	{"smtp", "URL", "", fault.T("smtp://user:password@host:587?from=name@agency.gov.vn; without it letters are only noted in the log")},
	{"oidc", "URL", "", fault.T("https://client:secret@host/path?name=NAME of an OpenID provider people may sign in through")},
	{"auditor", "ADDRESS", "", fault.T("an e-mail address outside the house that receives the head of the audit log every day")},
	{"backups", "DIR", "", fault.T("where the backup of every night goes; without it the folder backups of the data folder")},
	{"metrics", "HOST:PORT", "", fault.T("a second address, for Prometheus and for nobody else; without it there are no metrics")},
	{"workers", "N", "2", fault.T("jobs at work at once")},
	{"log", "text|json", "text", fault.T("the form of the log on standard error")},
	{"log-level", "LEVEL", "info", fault.T("debug, info, warn or error; debug also writes letters, with their links, into the log")},
}

// Config is the table with its values, read and checked.
type Config struct {
	Data     string
	DB       string // "" is the file in the data folder
	Files    string // "" is the folder in the data folder
	Listen   string
	URL      *url.URL // nil when not set
	Proxies  []netip.Prefix
	SMTP     string
	OIDC     *account.OIDC // nil for none
	Auditor  string
	Backups  string
	Metrics  string
	Workers  int
	LogJSON  bool
	LogLevel slog.Level

	past    *demo.Calendar // the clock of a house for trying while it is made; nil at all other times
	shelf   *edition.Shelf // what the portal before the house shows; nil where there is none
	Program string         // which build this is, for what it writes down
	Now     func() time.Time
	Random  io.Reader
}

// Configure reads the settings; value gives what was said about one, "" for nothing. All faults are told at once.
func Configure(value func(Setting) string, now func() time.Time, random io.Reader) (Config, error) {
	r := reader{value: value}
	c := Config{
		Data: r.text("data"), DB: r.text("db"), Files: r.text("files"), Listen: r.address("listen"), URL: r.url("url"),
		Proxies: r.prefixes("proxies"), SMTP: r.text("smtp"), Auditor: r.text("auditor"), Backups: r.text("backups"),
		Metrics: r.address("metrics"), Workers: r.number("workers", 1, 64), LogJSON: r.word("log", "text", "json") == "json",
		LogLevel: r.level("log-level"), Now: now, Random: random,
	}
	if c.DB != "" && !strings.HasPrefix(c.DB, "postgres://") && !strings.HasPrefix(c.DB, "postgresql://") {
		r.wrong("db")
	}
	if c.Files != "" && !strings.HasPrefix(c.Files, "s3://") {
		r.wrong("files")
	}
	var err error
	if c.OIDC, err = account.ParseOIDC(r.text("oidc")); err != nil {
		r.wrong("oidc")
	}
	if c.Auditor != "" && mail.Check(c.Auditor) != nil {
		r.wrong("auditor")
	}
	if c.Backups == "" && c.Data != "" {
		c.Backups = filepath.Join(c.Data, backupsName)
	}
	return c, fault.Batch(r.items)
}

// base is the address that links begin with: where people reach the program, or else where it listens.
func (c Config) base() string {
	if c.URL != nil {
		return c.URL.String()
	}
	return "http://" + c.Listen
}

// database says which database it is.
func (c Config) database() db.Config {
	d := db.Config{URL: c.DB, Now: c.Now, Random: c.Random}
	if d.URL == "" {
		d.URL = filepath.Join(c.Data, databaseName)
	}
	return d
}

// reader reads settings and collects what is wrong with them.
type reader struct {
	value func(Setting) string
	items []fault.Item
}

func setting(name string) Setting {
	return Settings[slices.IndexFunc(Settings, func(s Setting) bool { return s.Name == name })]
}

// wrong notes a value that cannot be; it is not shown, because it may hold a password.
func (r *reader) wrong(name string) {
	s := setting(name)
	r.items = append(r.items, fault.Item{Field: "--" + name, What: fault.T("The value cannot be used."),
		Remedy: fault.T("Write it as %s, with the flag --%s or in the variable %s.", s.Value, name, s.Variable())})
}

func (r *reader) text(name string) string {
	s := setting(name)
	if v := r.value(s); v != "" {
		return v
	}
	return s.Preset
}

func (r *reader) address(name string) string {
	v := r.text(name)
	if _, port, err := net.SplitHostPort(v); v != "" && (err != nil || port == "") {
		r.wrong(name)
	}
	return v
}

func (r *reader) url(name string) *url.URL {
	v := r.text(name)
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "" {
		r.wrong(name)
		return nil
	}
	u.Path = ""
	return u
}

func (r *reader) prefixes(name string) (all []netip.Prefix) {
	for part := range strings.SplitSeq(r.text(name), ",") {
		p, err := netip.ParsePrefix(strings.TrimSpace(part))
		if err != nil {
			r.wrong(name)
			return nil
		}
		all = append(all, p)
	}
	return all
}

func (r *reader) number(name string, least, most int) int {
	n, err := strconv.Atoi(r.text(name))
	if err != nil || n < least || n > most {
		r.wrong(name)
	}
	return n
}

func (r *reader) word(name string, allowed ...string) string {
	v := r.text(name)
	if !slices.Contains(allowed, v) {
		r.wrong(name)
	}
	return v
}

func (r *reader) level(name string) (l slog.Level) {
	if l.UnmarshalText([]byte(r.text(name))) != nil {
		r.wrong(name)
	}
	return l
}
