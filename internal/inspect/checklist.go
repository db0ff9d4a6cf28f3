package inspect

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Sort is how a question is answered.
type Sort string

// The sorts.
const (
	YesNo  Sort = "yes-no"
	Number Sort = "number"
	Words  Sort = "text"
	Photo  Sort = "photo"
)

// Item is a question of a checklist.
type Item struct {
	Sort Sort   `json:"sort"`
	Text string `json:"text"`
}

// Checklist is the questions of a theme, from a day on.
type Checklist struct {
	ID      string     `db:"id"`
	Place   string     `db:"place"` // id of the place whose offices use it
	Theme   string     `db:"theme"`
	Version int        `db:"version"`
	Since   clock.Date `db:"since"`
	At      time.Time  `db:"at"`
	Actor   string     `db:"actor"`
	Raw     string     `db:"items"`
	Items   []Item
}

const checklistColumns = "c.id, c.place, c.theme, c.version, c.since, c.at, c.actor, c.items"

// Key names an item in answers and findings.
func (c *Checklist) Key(i int) string { return c.ID + ":" + strconv.Itoa(i+1) }

// Bounds of a checklist.
const (
	mostItems = 60
	mostItem  = 300 // characters
)

// check gives all faults of a checklist.
func (c *Checklist) check() error {
	var items []fault.Item
	wrong := func(field string, what, remedy fault.Text) {
		items = append(items, fault.Item{Field: field, What: what, Remedy: remedy})
	}
	if c.Theme == "" {
		wrong("theme", fault.T("The checklist has no theme."), fault.T("Write what it asks about."))
	}
	if c.Since.IsZero() {
		wrong("since", fault.T("This is not a day."), fault.T("Write it as 2025-07-01."))
	}
	if len(c.Items) == 0 || len(c.Items) > mostItems {
		wrong("items", fault.T("A checklist has 1 to %d questions; this one has %d.", mostItems, len(c.Items)), fault.T("Write one question a line."))
	}
	for n, it := range c.Items {
		if it.Text == "" || len([]rune(it.Text)) > mostItem {
			wrong("items", fault.T("Question %d is empty or longer than %d characters.", n+1, mostItem), fault.T("Say it shorter."))
		}
		if it.Sort != YesNo && it.Sort != Number && it.Sort != Words && it.Sort != Photo {
			wrong("items", fault.T("Question %d is answered in no known way.", n+1), fault.T("Choose yes or no, a number, words, or a photo."))
		}
	}
	return fault.Batch(items)
}

// Write keeps a checklist: of a theme that exists it is the next version, and those before stay.
func (s *Store) Write(ctx context.Context, actor account.Actor, c Checklist) (id string, err error) {
	c.Theme = strings.Join(strings.Fields(c.Theme), " ")
	if err := c.check(); err != nil {
		return "", err
	}
	raw, err := json.Marshal(c.Items)
	if err != nil {
		return "", fmt.Errorf("inspect: %w", err)
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.PlanInspection, account.Subject{Place: c.Place}); err != nil {
			return err
		}
		version, err := db.One[int](ctx, q, "SELECT CAST(coalesce(max(version), 0) AS BIGINT) FROM checklist WHERE place = ? AND theme = ?", c.Place, c.Theme)
		if err != nil {
			return err
		}
		id = q.NewID()
		if _, err := q.Exec(ctx, "INSERT INTO checklist (id, place, theme, version, since, items, at, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			id, c.Place, c.Theme, version+1, c.Since, string(raw), q.Now(), actor.User); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "checklist.write", Object: "checklist:" + id, Content: raw})
	})
	return id, err
}

// lists reads checklists and their questions.
func lists(ctx context.Context, q *db.Q, text string, args ...any) ([]Checklist, error) {
	all, err := db.All[Checklist](ctx, q, "SELECT "+checklistColumns+" FROM checklist c "+text, args...)
	for i := range all {
		if err := json.Unmarshal([]byte(all[i].Raw), &all[i].Items); err != nil {
			return nil, fmt.Errorf("inspect: the checklist %s: %w", all[i].ID, err)
		}
	}
	return all, err
}

// Checklists gives every version of every checklist of a place, by theme, the newest first.
func (s *Store) Checklists(ctx context.Context, actor account.Actor, place string) (all []Checklist, err error) {
	may, args := actor.Rows(account.ReadInspections, account.Columns{Place: "c.place"})
	err = s.db.View(ctx, func(q *db.Q) error {
		all, err = lists(ctx, q, "WHERE c.place = ? AND "+may+" ORDER BY c.theme, c.version DESC", append([]any{place}, args...)...)
		return err
	})
	return all, err
}

// InForce narrows checklists to the version of each theme that is in force on a day.
func InForce(all []Checklist, on clock.Date) (now []Checklist) {
	seen := map[string]bool{}
	for _, c := range all { // the newest of a theme first
		if !seen[c.Theme] && !on.Before(c.Since) {
			seen[c.Theme] = true
			now = append(now, c)
		}
	}
	return now
}

// Choose says by which checklists an inspection asks, in place of those chosen before, until its first visit.
func (s *Store) Choose(ctx context.Context, actor account.Actor, id string, chosen []string) error {
	return s.change(ctx, actor, id, account.PlanInspection, "themes", "", func(q *db.Q, i *Inspection) error {
		if err := i.in(Prepared); err != nil {
			return err
		}
		if _, err := q.Exec(ctx, "DELETE FROM inspection_theme WHERE inspection = ?", id); err != nil {
			return err
		}
		for _, c := range chosen {
			there, err := db.One[int](ctx, q, "SELECT count(*) FROM checklist WHERE id = ? AND place = ?", c, i.Place)
			if err != nil {
				return err
			}
			if there == 0 {
				return fault.New(fault.Invalid, "A chosen checklist is not there.")
			}
			if _, err := q.Exec(ctx, "INSERT INTO inspection_theme (inspection, checklist) VALUES (?, ?)", id, c); err != nil {
				return err
			}
		}
		return nil
	})
}
