package task

import (
	"context"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// Block is a part of a plan's tasks under one heading, given to one bloc of agencies: "Khối sở, ngành".
type Block struct {
	Plan  string      `db:"plan"`
	Title string      `db:"title"` // the heading that its tasks bear
	Bloc  agency.Bloc `db:"bloc"`  // "" = given to no bloc alone
}

// BlockTasks is a block with what the actor may read of it.
type BlockTasks struct {
	Block
	Tasks     []Task // those that are copies of no other, at most mostOfBlocks of a plan
	All       int    // with the copies
	Confirmed int
	Late      int
	Strange   int // led by an agency of another bloc
}

// mostOfBlocks is how many tasks of a plan are given one by one.
const mostOfBlocks = 100

// blocWords tells whose block it is by what its heading says, folded; the first that fits decides.
var blocWords = []struct {
	bloc agency.Bloc
	says string
}{
	{agency.ServiceUnit, "don vi su nghiep"}, {agency.Front, "mat tran"}, {agency.Front, "mttq"}, {agency.Front, "doan the"}, {agency.Party, "co quan dang"}, {agency.Party, "khoi dang"},
	{agency.Department, "so, nganh"}, {agency.Department, "so, ban, nganh"}, {agency.Department, "so nganh"}, {agency.Department, "so ban nganh"},
	{agency.Locality, "quan, huyen"}, {agency.Locality, "xa, phuong"}, {agency.Locality, "dia phuong"}, {agency.Locality, "cap huyen"}, {agency.Locality, "cap xa"},
}

// blocOf tells whose block a heading names; "" where it does not say.
func blocOf(title string) agency.Bloc {
	folded := lang.Fold(title)
	for _, w := range blocWords {
		if strings.Contains(folded, w.says) {
			return w.bloc
		}
	}
	return ""
}

// putBlocks puts the blocks that tasks of a plan stand under on record, in the order in which they come.
func putBlocks(ctx context.Context, q *db.Q, plan string, titles ...string) error {
	if plan == "" {
		return nil
	}
	for _, title := range titles {
		if title == "" {
			continue
		}
		if _, err := q.Exec(ctx, `INSERT INTO task_block (plan, title, bloc, seq)
			VALUES (?, ?, ?, (SELECT coalesce(max(b.seq), 0) + 1 FROM task_block b WHERE b.plan = ?)) ON CONFLICT (plan, title) DO NOTHING`,
			plan, title, blocOf(title), plan); err != nil {
			return err
		}
	}
	return nil
}

// headings gives the headings of tasks, each once, in their order.
func headings(tasks []Task) (all []string) {
	for i := range tasks {
		if t := tasks[i].Block; !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return all
}

// SetBlock gives a block of a plan to a bloc, or begins a new block; whoever writes the plan does.
func (s *Store) SetBlock(ctx context.Context, actor account.Actor, b Block) error {
	b.Title = strings.Join(strings.Fields(b.Title), " ")
	var items []fault.Item
	if b.Title == "" {
		items = append(items, fault.Item{Field: "title", What: fault.T("This is missing."), Remedy: fault.T("Fill it in.")})
	}
	if b.Bloc != "" && !b.Bloc.Known() {
		items = append(items, fault.Item{Field: "bloc", What: fault.T("This bloc is not known."), Remedy: fault.T("Choose one of the list.")})
	}
	if err := fault.Batch(items); err != nil {
		return err
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		of, ok, err := db.Maybe[struct {
			Place  string `db:"place"`
			Agency string `db:"agency"`
		}](ctx, q, "SELECT place, agency FROM plan WHERE id = ?", b.Plan)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "This plan is not there.")
		}
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.WritePlan, account.Subject{Place: of.Place, Agency: of.Agency}); err != nil {
			return err
		}
		if err := putBlocks(ctx, q, b.Plan, b.Title); err != nil {
			return err
		}
		if _, err := q.Exec(ctx, "UPDATE task_block SET bloc = ? WHERE plan = ? AND title = ?", b.Bloc, b.Plan, b.Title); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "task.block", Object: "plan:" + b.Plan, Content: []byte(string(b.Bloc) + " " + b.Title)})
	})
}

// Blocks gives the blocks of a plan with their tasks, in the order of the plan; behind them the tasks that stand under no
// heading. Late is as of a day.
func (s *Store) Blocks(ctx context.Context, actor account.Actor, plan string, on clock.Date) (blocks []BlockTasks, err error) {
	tallies, err := s.Board(ctx, actor, ByBlock, Filter{Plan: plan}, on)
	if err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(q *db.Q) error {
		known, err := db.All[Block](ctx, q, "SELECT plan, title, bloc FROM task_block WHERE plan = ? ORDER BY seq", plan)
		if err != nil {
			return err
		}
		for _, b := range append(known, Block{Plan: plan}) {
			blocks = append(blocks, BlockTasks{Block: b})
		}
		where := Filter{Plan: plan}.conditions(actor, account.ReadTasks, outlook{pending: true})
		tasks, err := db.All[Task](ctx, q, "SELECT "+columns+" FROM task t WHERE "+where.String()+" AND t.parent = '' ORDER BY t.id LIMIT ?", where.Args(mostOfBlocks)...)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			b := under(blocks, t.Block)
			b.Tasks = append(b.Tasks, t)
		}
		for r, err := range db.Each[Tally](ctx, q, `SELECT t.block AS key, '' AS state, count(*) AS tasks, 0 AS late FROM task t JOIN task_block b ON b.plan = t.plan AND b.title = t.block
			JOIN agency a ON a.id = t.agency WHERE b.bloc <> '' AND a.bloc <> b.bloc AND `+where.String()+" GROUP BY t.block", where.Args()...) {
			if err != nil {
				return err
			}
			under(blocks, r.Key).Strange = r.Tasks
		}
		return nil
	})
	for _, x := range tallies {
		b := under(blocks, x.Key)
		b.All, b.Late = b.All+x.Tasks, b.Late+x.Late
		if x.State == Confirmed {
			b.Confirmed += x.Tasks
		}
	}
	return slices.DeleteFunc(blocks, func(b BlockTasks) bool { return b.Title == "" && b.All == 0 }), err
}

// under finds the block of a heading; what stands under none is in the last.
func under(blocks []BlockTasks, title string) *BlockTasks {
	for i := range blocks {
		if blocks[i].Title == title {
			return &blocks[i]
		}
	}
	return &blocks[len(blocks)-1]
}
