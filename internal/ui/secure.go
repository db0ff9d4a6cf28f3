package ui

import "net/http"

// policy forbids everything that does not come from the site itself, inline code and styles included.
const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors "

// Secure sets the headers that every answer carries. Only a page made to be embedded may be framed elsewhere.
func Secure(h http.Header, embeddable bool) {
	ancestors := "'none'"
	if embeddable {
		ancestors = "*"
	} else {
		h.Set("X-Frame-Options", "DENY")
	}
	h.Set("Content-Security-Policy", policy+ancestors)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()")
}
