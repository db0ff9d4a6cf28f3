package column

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"thuoc/internal/fault"
	"thuoc/svy"
)

// blockSize is the number of bytes a goroutine parses at a time.
const blockSize = 1 << 20

// maxLine bounds a row: a file without line ends must not be read into memory whole.
const maxLine = 64 << 20

type reader struct {
	in        io.Reader
	want      Want
	data      *Data
	faults    []fault.Item
	plan      []plan
	separator byte
	comma     bool // decimal commas are read
	tokens    [][]byte
	first     [256]bool // first bytes of the tokens
	rest      []byte    // bytes read beyond the header
	read      int64
	line      int // lines before the rest
	mean      int // mean length of a row, from the first block

	labelNames, numberNames, itemNames []string
	mayMiss                            []bool // by label
	labels                             []*labels
	numbers                            [][]float64
	items                              []*answers
}

func (r *reader) addLabel(name string) int {
	r.labelNames = append(r.labelNames, name)
	may := false
	for _, d := range r.want.Domains {
		may = may || d == name
	}
	r.mayMiss = append(r.mayMiss, may)
	r.labels = append(r.labels, newLabels())
	return len(r.labels) - 1
}

func (r *reader) addNumber(name string) int {
	r.numberNames = append(r.numberNames, name)
	r.numbers = append(r.numbers, nil)
	return len(r.numbers) - 1
}

func (r *reader) addItem(name string) int {
	r.itemNames = append(r.itemNames, name)
	r.items = append(r.items, &answers{})
	return len(r.items) - 1
}

func (r *reader) finish() {
	for i, name := range r.labelNames {
		r.data.Labels[name] = svy.Factor{Codes: r.labels[i].codes, Levels: r.labels[i].levels}
	}
	for i, name := range r.numberNames {
		r.data.Numbers[name] = r.numbers[i]
	}
	for i, name := range r.itemNames {
		r.data.Items = append(r.data.Items, r.items[i].column(name))
	}
}

// header reads the first line and plans the columns.
func (r *reader) header() error {
	for _, t := range append([]string{"NA"}, r.want.Missing...) {
		if t != "" {
			r.tokens = append(r.tokens, []byte(t))
			r.first[t[0]] = true
		}
	}
	block, err := r.next(nil)
	if err != nil {
		return err
	}
	if block = r.top(block); len(block) == 0 {
		return fault.Batch(r.faults)
	}
	r.separator = separatorOf(block[:lineEnd(block)])
	r.comma = r.separator == ';'
	p := parser{reader: r}
	var names []string
	rest, ok := p.quotedRow(block, func(_ int, cell []byte) { names = append(names, string(bytes.TrimSpace(cell))) })
	r.line++
	if !ok {
		it := p.openQuote()
		it.Line = r.line
		r.fault(it)
		return fault.Batch(r.faults)
	}
	for i, name := range names {
		if !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			r.fault(fault.Item{Line: r.line, Column: i + 1, What: fault.T("The header is not text in UTF-8."), Remedy: utf8Remedy})
			return fault.Batch(r.faults)
		}
	}
	r.plans(names)
	r.line += bytes.Count(block[:len(block)-len(rest)], []byte("\n")) - 1
	r.rest = append(bytes.Clone(rest), r.rest...)
	return fault.Batch(r.faults)
}

// utf8Remedy is the sentence that package table has for the same fault.
var utf8Remedy = fault.T("In Excel, save it as “CSV UTF-8 (Comma delimited)”.")

// top takes off what may stand before the header: a byte-order mark, blank lines, Excel's "sep=;". It gives nothing
// when there is no header, with the fault.
func (r *reader) top(block []byte) []byte {
	if bytes.HasPrefix(block, []byte{0xff, 0xfe}) || bytes.HasPrefix(block, []byte{0xfe, 0xff}) {
		r.fault(fault.Item{Line: 1, Column: 1, What: fault.T("The file is UTF-16, not UTF-8."), Remedy: utf8Remedy})
		return nil
	}
	block = bytes.TrimPrefix(block, []byte("\ufeff"))
	for len(block) > 0 && (block[0] == '\n' || block[0] == '\r') {
		if block[0] == '\n' {
			r.line++
		}
		block = block[1:]
	}
	if bytes.HasPrefix(block, []byte("sep=")) {
		block = block[lineEnd(block):]
		r.line++
	}
	if len(block) == 0 {
		r.fault(fault.Item{What: fault.T("The file is empty."), Remedy: fault.T("Export the table again, with its header.")})
	}
	return block
}

// lineEnd is the end of the first line, its line feed included.
func lineEnd(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}

// separatorOf is the most frequent of comma, semicolon and tab in the header.
func separatorOf(header []byte) byte {
	best, most := byte(','), bytes.Count(header, []byte(","))
	for _, s := range []byte(";\t") {
		if n := bytes.Count(header, []byte{s}); n > most {
			best, most = s, n
		}
	}
	return best
}

// next reads about blockSize bytes into buf and ends them at a line end outside quotation marks; what follows is kept
// for the next block. It returns nothing at the end of the stream.
func (r *reader) next(buf []byte) ([]byte, error) {
	buf = append(buf[:0], r.rest...)
	r.rest = r.rest[:0]
	eof := false
	for {
		start := len(buf)
		buf = slices.Grow(buf, blockSize)[:start+blockSize]
		n, err := io.ReadFull(r.in, buf[start:])
		buf = buf[:start+n]
		r.read += int64(n)
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			eof = true
		default:
			return nil, fmt.Errorf("reading %s: %w", r.data.File, err)
		}
		if eof {
			return buf, nil
		}
		if cut := lastRow(buf); cut > 0 {
			r.rest = append(r.rest, buf[cut:]...)
			return buf[:cut], nil
		}
		if len(buf) > maxLine {
			return nil, fault.Batch([]fault.Item{{File: r.data.File, Line: r.line + 1,
				What:   fault.T("A row is longer than %d MB: a quotation mark may stand open, or this is no CSV file.", maxLine>>20),
				Remedy: fault.T("Close the quotation mark, or export the file again if it was cut off.")}})
		}
	}
}

// lastRow is the end of the last row that ends in b.
func lastRow(b []byte) int {
	if bytes.IndexByte(b, '"') < 0 {
		return bytes.LastIndexByte(b, '\n') + 1
	}
	cut, open := 0, false
	for i, c := range b {
		switch {
		case c == '"':
			open = !open
		case c == '\n' && !open:
			cut = i + 1
		}
	}
	return cut
}

// job is a piece of the file on its way through a parser.
type job struct {
	text []byte
	done chan *block
}

// body parses the rows, blocks side by side and put together in order.
func (r *reader) body() error {
	workers := runtime.GOMAXPROCS(0)
	jobs, order := make(chan job, workers), make(chan job, 2*workers)
	texts := make(chan []byte, 4*workers) // buffers of text to use again
	for range cap(texts) {
		texts <- nil
	}
	blocks := sync.Pool{New: func() any { return r.newBlock() }}
	stop := make(chan struct{})
	var failure error // written before order is closed
	go func() {
		defer close(order)
		defer close(jobs)
		failure = r.cut(texts, jobs, order, stop)
	}()
	for range workers {
		go func() {
			p := parser{reader: r}
			for j := range jobs {
				p.out = blocks.Get().(*block)
				p.parse(j.text)
				j.done <- p.out
			}
		}()
	}
	stopped := false
	for j := range order {
		b := <-j.done
		if !stopped {
			r.take(b, len(j.text))
		}
		if len(r.faults) >= maxFaults && !stopped {
			stopped = true
			close(stop)
		}
		texts <- j.text
		b.reset()
		blocks.Put(b)
	}
	return failure
}

// cut reads the file and hands its pieces to the parsers, and in order to the one who puts them together.
func (r *reader) cut(texts <-chan []byte, jobs, order chan<- job, stop <-chan struct{}) error {
	for {
		text, err := r.next(<-texts)
		if err != nil || len(text) == 0 {
			return err
		}
		if r.want.Progress != nil {
			r.want.Progress(r.read)
		}
		j := job{text, make(chan *block, 1)}
		select {
		case order <- j:
		case <-stop:
			return nil
		}
		jobs <- j
	}
}

// take appends a parsed block to the columns.
func (r *reader) take(b *block, length int) {
	if r.mean == 0 && b.rows > 0 {
		r.mean = max(1, length/b.rows)
		r.reserve()
	}
	room := r.room()
	for _, a := range b.anchors {
		r.data.lines = append(r.data.lines, anchor{a.row + r.data.Rows, a.shift + r.line - r.data.Rows})
	}
	for _, it := range b.faults {
		it.Line += r.line
		r.fault(it)
	}
	for i := range r.items {
		r.items[i].take(&b.items[i], room)
	}
	for i := range r.labels {
		r.labels[i].take(b.labels[i])
	}
	for i := range r.numbers {
		r.numbers[i] = append(r.numbers[i], b.numbers[i]...)
	}
	r.data.Rows += b.rows
	r.line += b.lines
}

// room is the number of rows the stream will have, by its size and the rows so far; 0 when the size is not known.
func (r *reader) room() int {
	if r.want.Size == 0 || r.mean == 0 {
		return r.data.Rows
	}
	return int(float64(r.want.Size) / float64(r.mean) * 1.01)
}

func (r *reader) reserve() {
	n := r.room()
	for i := range r.items {
		r.items[i].codes = make([]uint8, 0, n)
	}
	for i := range r.labels {
		r.labels[i].codes = make([]int32, 0, n)
	}
	for i := range r.numbers {
		r.numbers[i] = make([]float64, 0, n)
	}
}
