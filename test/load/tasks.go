package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/app"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/place"
	"thuoc/internal/plan"
	"thuoc/internal/task"
	"thuoc/test/program"
)

// tasksCommand measures the pages of plans and tasks in a house that has worked for years.
const tasksCommand = "tasks"

const (
	manyTasks  = 50_000
	eventsEach = 10 // of every task: half a million
	manyPlans  = 8
	rounds9    = 12 // nine reads and one sending, so many times each person
)

// worker is somebody with the pages they go round and a task they report on.
type worker struct {
	login, task string
	pages       []string
}

// work measures a house of 50,000 tasks with 500,000 events, with eight people at work: the owner of the plan, heads of
// agencies, officials of communes.
func work() error {
	dir, err := os.MkdirTemp("", "thuoc-load")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary, err := program.Build(dir)
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	if out, err := exec.Command(binary, "init", data, "--home", "33", "--on", "2025-07-01").CombinedOutput(); err != nil {
		return fmt.Errorf("thuoc init: %w\n%s", err, out)
	}
	start := time.Now()
	people, err := furnish(data)
	if err != nil {
		return err
	}
	lines := []line{{fmt.Sprintf("%d tasks and %d events written", manyTasks, manyTasks*eventsEach), ms(time.Since(start)), ""}}
	s, err := program.ServeHouse(binary, data)
	if err != nil {
		return err
	}
	defer s.Stop()
	time.Sleep(8 * time.Second) // the years are opened in the background
	took, err := allAtWork(s, people)
	if err != nil {
		return err
	}
	var mix []time.Duration
	for _, kind := range slices.Sorted(maps.Keys(took)) {
		mix = append(mix, took[kind]...)
		lines = append(lines, line{fmt.Sprintf("%s, p95 of %d", kind, len(took[kind])), ms(p95(took[kind])), "150 ms"})
	}
	return report(append(lines, line{fmt.Sprintf("9 reads : 1 sending, p95 of %d, %d clients", len(mix), clients), ms(p95(mix)), "150 ms"}))
}

// furnish fills a house and gives eight people at work.
func furnish(data string) ([]worker, error) {
	c, err := app.Configure(func(s app.Setting) string { return map[string]string{"data": data}[s.Name] }, time.Now, rand.Reader)
	if err != nil {
		return nil, err
	}
	h, err := app.Open(context.Background(), c)
	if err != nil {
		return nil, err
	}
	people, err := furnishOpen(context.Background(), h)
	return people, errors.Join(err, h.Close())
}

func furnishOpen(ctx context.Context, h *app.House) ([]worker, error) {
	today := clock.Of(time.Now())
	operator := account.Program("operator", today)
	home, err := h.Places.At(ctx, "33", today)
	if err != nil {
		return nil, err
	}
	communes, err := h.Places.Children(ctx, home.Place, today)
	if err != nil {
		return nil, err
	}
	if _, err := h.Agencies.Start(ctx, operator, home.Place, today); err != nil {
		return nil, err
	}
	agencies, _, err := h.Agencies.List(ctx, operator, agency.Filter{On: today, Place: home.Place, Limit: 100})
	if err != nil {
		return nil, err
	}
	plans, err := fillTasks(ctx, h, operator, home, communes, agencies, today)
	if err != nil {
		return nil, err
	}
	if err := fillEvents(ctx, h); err != nil {
		return nil, err
	}
	return invite(ctx, h, operator, plans, home, communes, agencies)
}

// fillTasks gives every plan the tasks of its agencies and copies of them for every commune, over two years of days.
func fillTasks(ctx context.Context, h *app.House, operator account.Actor, home place.Version, communes []place.Version, agencies []agency.Item, today clock.Date) (plans []string, err error) {
	each := manyTasks / manyPlans
	for n := range manyPlans {
		id, err := h.Plans.Create(ctx, operator, plan.Plan{Head: plan.Head{Place: home.Place, Kind: plan.Scheme, Title: fmt.Sprintf("Kế hoạch %d", 2018+n), Year: 2018 + n, Until: 2018 + n}})
		if err != nil {
			return nil, err
		}
		plans = append(plans, id)
		tasks := make([]task.Task, 0, each)
		for i := range each {
			t := task.Task{Title: fmt.Sprintf("Nhiệm vụ số %d về công khai, minh bạch và giải trình", i), Block: fmt.Sprintf("Khối %d", i%5), Code: fmt.Sprintf("%d.%d", i%8+1, i%3+1),
				Place: home.Place, Measure: task.Count, Goal: new(40.0), Due: today.Add((i*7 + n*91) % 730).Add(-500)}
			if k := i % 12; k == 0 {
				t.Agency = agencies[i/12%len(agencies)].ID
			} else {
				t.Place = communes[i%len(communes)].Place
			}
			tasks = append(tasks, t)
		}
		if err := h.Tasks.Add(ctx, operator, id, tasks); err != nil {
			return nil, err
		}
	}
	return plans, nil
}

// fillEvents gives every task a history, and moves three of four on.
func fillEvents(ctx context.Context, h *app.House) error {
	var ids []string
	err := h.DB.View(ctx, func(q *db.Q) (err error) {
		ids, err = db.All[string](ctx, q, "SELECT id FROM task ORDER BY id")
		return err
	})
	if err != nil {
		return err
	}
	states := []task.State{task.Waiting, task.Doing, task.Submitted, task.Confirmed, task.Confirmed, task.Confirmed, task.Returned, task.Confirmed}
	for chunk := range slices.Chunk(ids, 500) {
		err := h.DB.Update(ctx, func(q *db.Q) error {
			for i, id := range chunk {
				if _, err := q.Exec(ctx, "UPDATE task SET state = ? WHERE id = ?", states[i/3%len(states)], id); err != nil {
					return err
				}
				for range eventsEach {
					if _, err := q.Exec(ctx, "INSERT INTO task_event (id, task, at, actor, did, note, done) VALUES (?, ?, ?, 'operator', 'report', 'Đã làm thêm', 1)",
						q.NewID(), id, q.Now()); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// invite gives eight people a role and a password, and each the pages of their day.
func invite(ctx context.Context, h *app.House, operator account.Actor, plans []string, home place.Version, communes []place.Version, agencies []agency.Item) (people []worker, err error) {
	for n := range clients {
		g := account.Grant{Role: account.PlanOwner, Place: home.Place, Since: clock.MustDate("2025-07-01")}
		query := "theo=place"
		switch {
		case n%4 == 1:
			g.Role, g.Place, g.Agency, query = account.LeadHead, "", agencies[n].ID, "theo=code"
		case n%4 > 1:
			g.Role, g.Place, query = account.CommuneChair, communes[n].Place, "theo=block"
		}
		w := worker{login: fmt.Sprintf("nguoi%d@example.gov.vn", n)}
		_, link, err := h.Accounts.Invite(ctx, operator, account.Invitation{Person: account.Person{Name: "Trần Thị Bình", Email: w.login}, Grants: []account.Grant{g}})
		if err != nil {
			return nil, err
		}
		u, err := url.Parse(link)
		if err != nil {
			return nil, err
		}
		if err := h.Accounts.Accept(ctx, filepath.Base(u.Path), program.Password); err != nil {
			return nil, err
		}
		latest := plans[len(plans)-1]
		mine, err := h.Tasks.List(ctx, operator, task.Filter{Place: cmp.Or(g.Place, home.Place), Agency: g.Agency, States: []task.State{task.Waiting, task.Doing, task.Returned}, Limit: 1})
		if err != nil || len(mine) == 0 {
			return nil, errors.Join(err, fmt.Errorf("nobody gave %s a task", w.login))
		}
		w.task = "/app/nhiem-vu/" + mine[0].ID
		w.pages = []string{"/app/viec-cua-toi", "/app/nhiem-vu", "/app/nhiem-vu/bang", "/app/nhiem-vu/bang?" + query, "/app/nhiem-vu/lich",
			"/app/nhiem-vu?q=minh+bach+giai+trinh+" + fmt.Sprint(100+n), "/app/nhiem-vu?tre=1", "/app/nhiem-vu/bang?kh=" + latest}
		if n%4 == 0 {
			w.pages[7] = "/app/ke-hoach/" + latest
		}
		people = append(people, w)
	}
	return people, nil
}

// allAtWork lets everybody work at once, once all are signed in, and gives how long each kind of page took.
func allAtWork(s *program.Server, people []worker) (took map[string][]time.Duration, err error) {
	browsers := make([]*program.Browser, len(people))
	for i, w := range people {
		if browsers[i], err = s.Browser(); err != nil {
			return nil, err
		}
		if err := browsers[i].SignIn(w.login); err != nil { // one after another, as the bound on tries asks
			return nil, err
		}
	}
	took = map[string][]time.Duration{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for i, w := range people {
		group.Go(func() {
			mine, failed := w.goRound(browsers[i])
			mu.Lock()
			defer mu.Unlock()
			for kind, list := range mine {
				took[kind] = append(took[kind], list...)
			}
			err = errors.Join(err, failed)
		})
	}
	group.Wait()
	return took, err
}

// names of the pages by their addresses.
var kinds = []struct {
	address *regexp.Regexp
	name    string
}{
	{regexp.MustCompile(`viec-cua-toi`), "my work"}, {regexp.MustCompile(`/bang`), "board"}, {regexp.MustCompile(`/lich`), "calendar"}, {regexp.MustCompile(`ke-hoach`), "plan"},
	{regexp.MustCompile(`q=`), "search"}, {regexp.MustCompile(`nhiem-vu(\?.*)?$`), "list"}, {regexp.MustCompile(`.`), "task"},
}

// goRound is one person's day: the pages, their own task, and what they send of it.
func (w worker) goRound(b *program.Browser) (took map[string][]time.Duration, err error) {
	defer b.Close()
	took = map[string][]time.Duration{}
	kind := ""
	b.Took = func(method string, d time.Duration) {
		if method == http.MethodPost {
			kind = "sending"
		}
		took[kind] = append(took[kind], d)
	}
	for i := range rounds9 {
		for _, page := range w.pages {
			kind = kinds[slices.IndexFunc(kinds, func(k struct {
				address *regexp.Regexp
				name    string
			}) bool {
				return k.address.MatchString(page)
			})].name
			if _, err := b.Get(page); err != nil {
				return nil, err
			}
		}
		kind = "task"
		if w.pages[7][:13] == "/app/ke-hoach" { // the owner of the plan does not report: they read
			if _, err := b.Get(w.task); err != nil {
				return nil, err
			}
			continue
		}
		if err := b.SendTo(w.task, w.task+"/tien-do", url.Values{"note": {"Đã làm thêm"}, "done": {fmt.Sprint(i + 2)}}); err != nil {
			return nil, err
		}
	}
	return took, nil
}
