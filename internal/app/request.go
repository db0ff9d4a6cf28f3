package app

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
)

// idKey is the key of a request's id in its context.
type idKey struct{}

// saneID is what may stand in a log line: nothing that could be taken for another field or another line.
var saneID = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// identified gives every request an id, which its answer and every line of the log about it bear. An id that a believed
// proxy gave it is kept if it is sane.
func identified(proxies []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !saneID.MatchString(id) || !believed(proxies, r) {
			id = strings.ToLower(rand.Text()[:20])
		}
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), idKey{}, id)))
	})
}

// requestID gives the id of a request, "" outside a server.
func requestID(r *http.Request) string {
	id, _ := r.Context().Value(idKey{}).(string)
	return id
}

// believed tells whether a request comes from one of our proxies.
func believed(proxies []netip.Prefix, r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	return within(proxies, from.Addr().Unmap())
}

// clientAddress gives the address of whoever asks: that of the connection, or, behind our proxies, the last one in
// X-Forwarded-For that is not one of them. What stands before it anybody may have written.
func clientAddress(proxies []netip.Prefix, r *http.Request) netip.Addr {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at := from.Addr().Unmap()
	if !believed(proxies, r) {
		return at
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = hop.Unmap()
		if !within(proxies, at) {
			break
		}
	}
	return at
}

func within(proxies []netip.Prefix, a netip.Addr) bool {
	for _, p := range proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
