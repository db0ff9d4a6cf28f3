// Package e2e drives the real program in a real Chromium: every kind of page, both languages, four widths, both themes.
//
// It holds only tests. They run where THUOC_AXE names axe-core's axe.min.js (`make e2e` fetches it) and skip with a notice
// elsewhere, so that `go test ./...` needs nothing but Go. Where they run, a missing Chromium is a failure, and so is a missing
// LibreOffice or pdftotext, which read the document at the end of the walked year. The checks
// themselves are held to stand-in pages with known faults: a check that cannot fail proves nothing.
//
// THUOC_SHOTS names a folder for pictures of every kind of page at 1280 and 390; THUOC_SITE the address of a server that
// runs already, to be looked at instead of the demo.
package e2e
