package ui

import (
	"maps"
	"net/http"
)

// policy forbids everything that does not come from the site itself, inline code and styles included.
const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors "

// always are the headers of every answer; framed and unframed are those of a page that other sites may show in theirs
// and of one they may not. They are made once and shared by all answers.
var (
	always = http.Header{
		"X-Content-Type-Options":     {"nosniff"},
		"Referrer-Policy":            {"strict-origin-when-cross-origin"},
		"Cross-Origin-Opener-Policy": {"same-origin"},
		"Permissions-Policy":         {"camera=(), geolocation=(), microphone=(), interest-cohort=()"},
	}
	framed   = http.Header{"Content-Security-Policy": {policy + "*"}}
	unframed = http.Header{"Content-Security-Policy": {policy + "'none'"}, "X-Frame-Options": {"DENY"}}
)

// Secure sets the headers that every answer carries. Only a page made to be embedded may be framed elsewhere.
func Secure(h http.Header, embeddable bool) {
	maps.Copy(h, always)
	if embeddable {
		maps.Copy(h, framed)
	} else {
		maps.Copy(h, unframed)
	}
}
