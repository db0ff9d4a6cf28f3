package app

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"thuoc/internal/audit"
	"thuoc/internal/blob"
	"thuoc/internal/edition"
	"thuoc/internal/fault"
)

// Grade says how grave a finding is.
type Grade string

// The grades. Only a Fault makes a command fail.
const (
	Fine    Grade = "fine"
	Notice  Grade = "notice" // worth knowing
	Warning Grade = "warning"
	Fault   Grade = "fault"
)

// Finding is one thing that was looked at, and what to do about it.
type Finding struct {
	Check  string // what was looked at, "audit", "clock"
	Grade  Grade
	Seen   fault.Text
	Remedy fault.Text // empty where all is well
}

// Parts are what Verify looks at, in its order.
var Parts = []string{"db", "audit", "blobs", "editions", "backups"}

// Verify reads everything of some parts of the house, or of all, and holds it against its hashes. Anchors are heads of
// the audit log that were kept outside. An error means that it could not look.
func (h *House) Verify(ctx context.Context, parts []string, anchors ...audit.Head) (all []Finding, err error) {
	looks := map[string]func(context.Context) ([]Finding, error){
		"db":       h.verifyDatabase,
		"audit":    func(ctx context.Context) ([]Finding, error) { return h.verifyAudit(ctx, anchors) },
		"blobs":    h.verifyBlobs,
		"editions": h.verifyEditions,
		"backups":  h.verifyBackups,
	}
	for _, name := range Parts {
		if len(parts) > 0 && !slices.Contains(parts, name) {
			continue
		}
		found, err := looks[name](ctx)
		if err != nil {
			return nil, err
		}
		for i := range found {
			found[i].Check = name
		}
		all = append(all, found...)
	}
	return all, nil
}

// Broken gives one error with every fault among findings, or nil.
func Broken(all []Finding) error {
	var items []fault.Item
	for _, f := range all {
		if f.Grade == Fault {
			items = append(items, fault.Item{Field: f.Check, What: f.Seen, Remedy: f.Remedy})
		}
	}
	if len(items) == 0 {
		return nil
	}
	return &fault.Error{Text: fault.T("Not everything is as it should be."), Items: items}
}

// damage makes findings of an error that says that something is broken; any other error passes.
func damage(err error) ([]Finding, error) {
	worded, ok := errors.AsType[*fault.Error](err)
	if !ok || worded.Kind == fault.Busy {
		return nil, err
	}
	if len(worded.Items) == 0 {
		return []Finding{{Grade: Fault, Seen: worded.Text}}, nil
	}
	var all []Finding
	for _, it := range worded.Items {
		all = append(all, Finding{Grade: Fault, Seen: fault.T("%s: %s", it.File, it.What), Remedy: it.Remedy})
	}
	return all, nil
}

func (h *House) verifyDatabase(ctx context.Context) ([]Finding, error) {
	if err := h.DB.Check(ctx); err != nil {
		return damage(err)
	}
	return []Finding{{Grade: Fine, Seen: fault.T("The database is sound.")}}, nil
}

func (h *House) verifyAudit(ctx context.Context, anchors []audit.Head) ([]Finding, error) {
	report, err := audit.Verify(ctx, h.DB, anchors...)
	if err != nil {
		return nil, err
	}
	var all []Finding
	for _, f := range report.Findings {
		all = append(all, Finding{Grade: Fault, Seen: f, Remedy: fault.T("Compare with a backup from before, and find out who had access to the database.")})
	}
	if len(all) == 0 {
		all = []Finding{{Grade: Fine, Seen: fault.T("The audit log is whole: %d entries, %d not sealed yet. Head: %s", report.Head.Seq, report.Unsealed, report.Head.String())}}
	}
	return all, nil
}

func (h *House) verifyBlobs(ctx context.Context) (all []Finding, err error) {
	files := 0
	for ref, err := range h.Blobs.All(ctx) {
		if err != nil {
			return nil, err
		}
		files++
		if err := blob.Check(ctx, h.Blobs, ref.SHA256); err != nil {
			found, err := damage(err)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	if len(all) == 0 {
		all = []Finding{{Grade: Fine, Seen: fault.T("Every uploaded file is what it was: %d files.", files)}}
	}
	return all, nil
}

// verifyEditions holds the public folder against its hashes, and computes every release again from the inputs of its run.
func (h *House) verifyEditions(ctx context.Context) (all []Finding, err error) {
	public, err := edition.OpenAll(os.DirFS(h.path(editionsName)))
	if err != nil {
		if all, err = damage(err); err != nil {
			return nil, err
		}
	}
	again := 0
	for r, err := range h.releases(ctx) {
		if err != nil {
			return nil, err
		}
		again++
		if err := h.Editions.Verify(ctx, h.Operator(), r.ID); err != nil {
			found, err := damage(err)
			if err != nil {
				return nil, err
			}
			for _, f := range found {
				f.Seen = fault.T("Edition %s: %s", r.Hash[:min(12, len(r.Hash))], f.Seen)
				all = append(all, f)
			}
		}
	}
	if len(all) == 0 {
		all = []Finding{{Grade: Fine, Seen: fault.T("Every public edition is what was frozen: %d editions. Computed again from their inputs, %d releases come out the same.", len(public), again)}}
	}
	return all, nil
}

// releases gives every release of the house, the newest first.
func (h *House) releases(ctx context.Context) iter.Seq2[edition.Release, error] {
	return func(yield func(edition.Release, error) bool) {
		const page = 100
		for last := ""; ; {
			all, err := h.Editions.List(ctx, h.Operator(), edition.Filter{Before: last, Limit: page})
			if err != nil {
				yield(edition.Release{}, err)
				return
			}
			for _, r := range all {
				if !yield(r, nil) {
					return
				}
				last = r.ID
			}
			if len(all) < page {
				return
			}
		}
	}
}

func (h *House) verifyBackups(context.Context) (all []Finding, err error) {
	dirs, err := Backups(h.config.Backups)
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		if _, err := ReadBackup(dir); err != nil {
			found, err := damage(err)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	if len(all) == 0 {
		all = []Finding{{Grade: Fine, Seen: fault.T("Every backup in %s is what was written: %d backups.", h.config.Backups, len(dirs))}}
	}
	return all, nil
}

// Backups lists the backups in a folder, the oldest first.
func Backups(dir string) (all []string, err error) {
	manifests, err := filepath.Glob(filepath.Join(escapeGlob(dir), "thuoc-*Z", manifestName))
	for _, m := range manifests {
		all = append(all, filepath.Dir(m))
	}
	slices.Sort(all)
	return all, err
}

// escapeGlob lets a folder's name stand for itself.
func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}
