package badday

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestHostileAddresses asks for what nobody should: every answer is a refusal or a page, whole, with the policy of the
// house, and nothing that was sent comes back as markup or as another site's address.
func TestHostileAddresses(t *testing.T) {
	s := start(t)
	long := strings.Repeat("a", 1<<20)
	for _, path := range []string{
		"/?nam=1999", "/?nam=-1", "/?nam=99999999999999999999", "/?nam=2022.0", "/?nam=%EF%BC%92%EF%BC%90%EF%BC%92%EF%BC%92", "/?nam=NaN", "/?nam=2022%00",
		"/?nam=2022&nam=2023", "/?nd=%3Cscript%3Ealert(1)%3C/script%3E", "/?nd='%20OR%201=1--", "/?nd=9.9.9", "/?nd=D99", "/?dg=62", "/?xem=%2e%2e%2f",
		"/tim-kiem?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/tim-kiem?q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E", "/tim-kiem?q=%ff%fe", "/tim-kiem?q=" + long[:5000],
		"/tim-kiem?q=" + strings.Repeat("%E1%BA%A0", 400), "/so-sanh?tinh=" + strings.Repeat("84,", 400), "/so-sanh?tinh=84&tinh=84&tinh=zz",
		"/?" + strings.Repeat("a=b&", 5000), "/?" + strings.Repeat("nam=2022&", 100), "/?nam=2022;nd=d4", "/?%zz=1", "/?=&=&=", "/?hinh=" + long[:500],
		"/ho-so/..%2f..%2f..%2fetc%2fpasswd", "/ho-so/%00", "/ho-so/tra-vinh%0d%0aSet-Cookie:x=1", "/ho-so/TRA-VINH", "/ho-so/" + long[:3000], "/tinh/khong-co",
		"/noi-dung/..", "/noi-dung/d4/../../..", "/noi-dung/%3Csvg%20onload=alert(1)%3E", "/ban-do.csv?hinh=../../x", "/ban-do.exe", "/nhung/nhung/ban-do",
		"/an-ban/../../go.mod", "/an-ban/%2e%2e/%2e%2e/go.mod", "/an-ban/0/manifest.json", "/tai-nguyen/../app.go", "/.git/config", "/.env", "/%ff%fe", "/%2e%2e/%2e%2e/etc/passwd",
		"//evil.example/", "//evil.example/%2e%2e", "/en//evil.example", "/\\evil.example", "/en/profiles/x\\y", "/%5cevil.example", "/%2f%2fevil.example",
	} {
		t.Run(named(path), func(t *testing.T) {
			r, body := ask(t, s.URL, "GET "+path+" HTTP/1.1\r\nHost: thuoc.example\r\nConnection: close\r\n\r\n")
			switch {
			case r.StatusCode >= 500 || r.StatusCode < 200:
				t.Errorf("status %d", r.StatusCode)
			case strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") && !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'self'"):
				t.Errorf("the page has no policy: %v", r.Header)
			}
			for _, bad := range []string{"<script>alert", "<img src=x", "<svg onload", "root:x:0", "module thuoc"} {
				if strings.Contains(body, bad) {
					t.Errorf("the answer holds %q", bad)
				}
			}
			if to := r.Header.Get("Location"); strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\") || strings.Contains(to, "://") {
				t.Errorf("it leads away, to %q", to)
			}
			if r.Header.Get("Set-Cookie") != "" {
				t.Error("a header was slipped in")
			}
		})
	}
	well(t, s)
}

// TestMalformedRequests sends what is no request, or one that could be read in two ways.
func TestMalformedRequests(t *testing.T) {
	s := start(t)
	for name, c := range map[string]struct {
		request string
		status  []int
	}{
		"no host":          {"GET / HTTP/1.1\r\n\r\n", []int{400}},
		"two lengths":      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", []int{400}},
		"negative length":  {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", []int{400}},
		"an odd coding":    {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", []int{400, 501}},
		"no protocol":      {"GET /\r\n\r\n", []int{400}},
		"binary":           {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []int{400}},
		"large headers":    {"GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 100<<10) + "\r\n\r\n", []int{431}},
		"a long address":   {"GET /" + strings.Repeat("x", 100<<10) + " HTTP/1.1\r\nHost: a\r\n\r\n", []int{400, 404, 414, 431}},
		"post":             {"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\na=b", []int{405}},
		"delete":           {"DELETE /ho-so/tra-vinh HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", []int{405}},
		"trace":            {"TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", []int{405}},
		"connect":          {"CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", []int{400, 404, 405}},
		"a strange method": {"BREW / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", []int{405, 501}},
	} {
		t.Run(name, func(t *testing.T) {
			if r, _ := ask(t, s.URL, c.request); !slices.Contains(c.status, r.StatusCode) {
				t.Errorf("status %d, not one of %v", r.StatusCode, c.status)
			}
		})
	}
	well(t, s)
}

// TestUnknown: what does not exist is answered as not found, in the language of the address, with a way on.
func TestUnknown(t *testing.T) {
	s := start(t)
	for _, c := range []struct{ path, lang string }{
		{"/khong-co", "vi"}, {"/en/nothing", "en"}, {"/ban-do?nam=2010", "vi"}, {"/en/map?nam=2031", "en"}, {"/ho-so/atlantis", "vi"}, {"/en/profiles/atlantis", "en"},
		{"/tinh/tra-vinh", "vi"}, {"/noi-dung/d9", "vi"}, {"/en/topics/9.9", "en"}, {"/noi-dung/d8?nam=2011", "vi"}, {"/an-ban/000000000000/manifest.json", "vi"},
	} {
		t.Run(named(c.path), func(t *testing.T) {
			r, body := ask(t, s.URL, "GET "+c.path+" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
			if r.StatusCode != http.StatusNotFound {
				t.Errorf("status %d", r.StatusCode)
			}
			home := map[string]string{"vi": `href="/"`, "en": `href="/en/"`}[c.lang]
			if !strings.Contains(body, `<html lang="`+c.lang+`"`) || !strings.Contains(body, home) || !strings.Contains(body, "<h1") {
				t.Errorf("no page in %s with a way home", c.lang)
			}
			if cc := r.Header.Get("Cache-Control"); strings.Contains(cc, "public") {
				t.Errorf("the refusal may be kept: %s", cc)
			}
		})
	}
}

// ask sends bytes and reads one answer.
func ask(t *testing.T, site, request string) (*http.Response, string) {
	t.Helper()
	c, err := net.DialTimeout("tcp", strings.TrimPrefix(site, "http://"), patience)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go io.WriteString(c, request) // an answer may come before all was read
	method, _, _ := strings.Cut(request, " ")
	r, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	body, err := whole(r)
	if err != nil {
		t.Errorf("half an answer: %v", err)
	}
	return r, body
}

// named makes a short name of a subtest.
func named(path string) string {
	if len(path) > 60 {
		return fmt.Sprintf("%s… (%d)", path[:50], len(path))
	}
	return path
}
