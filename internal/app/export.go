package app

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// openness says who may have a table.
type openness uint8

const (
	never    openness = iota // secrets, and what passes by: sessions, letters, drafts
	personal                 // what is known of people, and what they wrote in their own words, which may name others: only when asked for
	open                     // the work, with ids in the place of people
)

// tables says of every table whether an export holds it. One that is not here is never exported, and a test fails.
var tables = map[string]openness{
	"migration": open, "audit": open, "account": open, "role_grant": open, "within": open,
	"place": open, "place_version": open, "place_end": open, "place_alias": open, "place_edge": open, "place_people": open,
	"place_area": open, "place_change": open, "place_change_place": open,
	"agency": open, "agency_version": open, "succession": open, "post": open, "tenure": open, "import_batch": open,
	"run": open, "edition": open, "edition_event": open,
	"plan": open, "plan_basis": open, "plan_aim": open, "plan_duty": open, "plan_version": open,
	"task_batch": open, "task_block": open, "task": open, "task_helper": open,
	"reminder_rule": open, "directive_task": open, "urging_item": open,
	"report_rule": open, "report": open, "report_row": open, "score_line": personal, "score_answer": personal,
	"report_version": personal, "report_file": personal, "report_event": personal, "report_sum": personal,
	"checklist": open, "inspection": open, "draw": never, "inspection_member": open, "inspection_theme": open, "risk_formula": open, "visit": open, "finding": personal,
	"inspection_event": personal, "inspection_paper": personal, "finding_event": personal, "visit_answer": personal, "visit_sent": never,
	"paper_template": open, "signed_paper": personal,
	"person": personal, "official": personal,
	"plan_event": personal, "plan_comment": personal, "task_event": personal, "task_request": personal, "evidence": personal,
	"reminder": personal, "urging": personal, "directive": personal, "directive_event": personal, "meeting": personal,
	"job": never, "mail": never, "session": never, "device": never, "password": never, "totp": never, "recovery_code": never,
	"passkey": never, "oidc_subject": never, "ceremony": never, "link": never, "guess": never, "place_load": never,
	"import_mapping": never, "import_line": never, "task_sent": never, "task_view": never, "draft": never, "sending": never,
}

// Export writes the whole house into a new folder as open files, one a table, as CSV or as JSON lines, together with
// the public editions and a list of the columns; without people, unless withPeople. It may run while the program serves and is
// of one moment. It gives the number of rows.
func (h *House) Export(ctx context.Context, to, format string, withPeople bool) (rows int, err error) {
	free, err := empty(to)
	if err == nil && !free {
		err = fault.New(fault.Conflict, "The folder %s is not empty. It is left as it is; name a new one.", to)
	}
	if err != nil {
		return 0, err
	}
	part := filepath.Clean(to) + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o700)); err != nil {
		return 0, folderFault(to, err)
	}
	defer os.RemoveAll(part) // after the rename there is nothing left to remove
	if rows, err = h.writeTables(ctx, part, format, withPeople); err != nil {
		return rows, err
	}
	if err := copyTree(h.path(editionsName), filepath.Join(part, editionsName)); err != nil {
		return rows, folderFault(to, err)
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) { // it was there and empty
		return rows, folderFault(to, err)
	}
	return rows, renameDurably(part, to)
}

// writeTables writes the tables of a copy that is of one moment.
func (h *House) writeTables(ctx context.Context, dir, format string, withPeople bool) (rows int, err error) {
	path := filepath.Join(dir, "copy.db")
	if err := h.DB.Backup(ctx, path); err != nil {
		return 0, err
	}
	defer func() {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(path + suffix)
		}
	}()
	cfg := h.config.database()
	cfg.URL = path
	d, err := db.Open(ctx, cfg)
	if err != nil {
		return 0, err
	}
	w := &tableWriter{dir: dir, format: format, columns: map[string][]string{}}
	err = d.Contents(ctx, func(name string) bool {
		return tables[name] == open || withPeople && tables[name] == personal
	}, w.row)
	if err = errors.Join(err, w.finish(), d.Close()); err != nil {
		return w.rows, err
	}
	about, err := json.MarshalIndent(map[string]any{"house": h.Founding, "made": h.config.Now().UTC(), "program": h.config.Program,
		"times": "milliseconds since 1970, UTC", "bytes": "hexadecimal", "tables": w.columns}, "", " ")
	if err != nil {
		return w.rows, err
	}
	return w.rows, writeDurably(filepath.Join(dir, "about.json"), append(about, '\n'), 0o600)
}

// tableWriter writes one file after the other.
type tableWriter struct {
	dir, format string
	columns     map[string][]string
	rows        int

	table string
	file  *os.File
	out   *bufio.Writer
	csv   *csv.Writer
}

// row takes the next row; the first call for a table has none.
func (w *tableWriter) row(table string, columns []string, row []any) error {
	if table != w.table {
		if err := w.begin(table, columns); err != nil {
			return err
		}
	}
	if row == nil {
		return nil
	}
	w.rows++
	if w.format == "json" {
		return w.object(columns, row)
	}
	cells := make([]string, len(row))
	for i, v := range row {
		cells[i] = cell(v)
	}
	return w.csv.Write(cells)
}

func (w *tableWriter) begin(table string, columns []string) (err error) {
	if err := w.finish(); err != nil {
		return err
	}
	suffix := ".csv"
	if w.format == "json" {
		suffix = ".jsonl"
	}
	w.table, w.columns[table] = table, columns
	if w.file, err = os.OpenFile(filepath.Join(w.dir, table+suffix), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	w.out = bufio.NewWriter(w.file)
	w.csv = csv.NewWriter(w.out)
	if w.format == "json" {
		return nil
	}
	return w.csv.Write(columns)
}

// object writes a row as one line of JSON, in the order of the columns.
func (w *tableWriter) object(columns []string, row []any) error {
	for i, v := range row {
		if b, ok := v.([]byte); ok {
			v = hex.EncodeToString(b)
		}
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		lead := ","
		if i == 0 {
			lead = "{"
		}
		fmt.Fprintf(w.out, "%s%q:%s", lead, columns[i], text)
	}
	_, err := io.WriteString(w.out, "}\n")
	return err
}

// cell writes a value for a CSV file; nothing is the empty cell.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []byte:
		return hex.EncodeToString(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return fmt.Sprint(v)
}

// finish puts the file at hand on disk.
func (w *tableWriter) finish() error {
	if w.file == nil {
		return nil
	}
	w.csv.Flush()
	err := errors.Join(w.csv.Error(), w.out.Flush(), w.file.Sync(), w.file.Close())
	w.file = nil
	return err
}
