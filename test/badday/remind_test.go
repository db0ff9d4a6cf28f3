package badday

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/app"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/edition"
	"thuoc/internal/job"
	"thuoc/internal/task"
	"thuoc/internal/workday"
)

// What TestReminderKilled puts into a house: 100 communes with two people each and 50 tasks that are three working days late.
const (
	remindedPlaces = 100
	remindedTasks  = 50
	remindedPeople = 2 * remindedPlaces
	reminders      = remindedPeople * remindedTasks
)

// TestReminderKilled: the program is killed while it notes ten thousand reminders, again while it writes the letters that
// tell them, and again while it sends these. When it has run to its end every reminder is there once, everybody was written
// to once, and every letter has arrived; of what was on its way when the program was killed a second copy may have come,
// which bears the Message-ID of the first. It is the whole program in a process of its own, at nine on a working day: on a
// day of rest nobody is reminded.
func TestReminderKilled(t *testing.T) {
	engines(t, func(t *testing.T, e db.Engine) {
		if e == db.Postgres {
			t.Setenv("THUOC_DB", dbtest.Empty(t, db.Postgres).URL)
		}
		dir := founded(t)
		t.Setenv("THUOC_BADDAY_AHEAD", time.Until(aMorning(time.Now())).String())
		t.Setenv("THUOC_BADDAY_HOUSE", dir)
		post := openPost(t)
		t.Setenv("THUOC_SMTP", "smtp://"+post.address+"?tls=none&from=thuoc@tinh.example.vn")
		c, err := atWork()
		if err != nil {
			t.Fatal(err)
		}
		h, err := app.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		r := &reminded{t: t, house: h, post: post, day: clock.Of(c.Now().In(job.VietnamTime))}
		r.furnish()
		kills := 0
		for _, until := range []func() bool{
			func() bool { return r.count("SELECT count(*) FROM reminder") >= reminders/4 },
			func() bool { return r.count("SELECT count(*) FROM mail") >= remindedPeople/4 },
			func() bool { return post.taken() >= remindedPeople/2 },
		} {
			p := r.start()
			r.await(until)
			p.Process.Kill()
			p.Wait()
			kills++
			r.expire()
		}
		p := r.start()
		r.await(func() bool { return r.count("SELECT count(*) FROM mail WHERE sent IS NOT NULL") >= remindedPeople })
		p.Process.Signal(syscall.SIGTERM)
		if err := p.Wait(); err != nil {
			t.Errorf("the program ended with %v", err)
		}
		r.once(kills)
	})
}

// aMorning is nine in the morning, in Việt Nam, of the next working day.
func aMorning(now time.Time) time.Time {
	d := workday.OnOrAfter(clock.Of(now.In(job.VietnamTime)).Add(1))
	return time.Date(d.Year, d.Month, d.Day, 9, 0, 0, 0, job.VietnamTime)
}

// atWork is the configuration of the program whose clock is ahead, from the environment.
func atWork() (app.Config, error) {
	ahead, err := time.ParseDuration(os.Getenv("THUOC_BADDAY_AHEAD"))
	if err != nil {
		return app.Config{}, err
	}
	set := map[string]string{"data": os.Getenv("THUOC_BADDAY_HOUSE"), "db": os.Getenv("THUOC_DB"), "smtp": os.Getenv("THUOC_SMTP")}
	return app.Configure(func(s app.Setting) string { return set[s.Name] }, func() time.Time { return time.Now().Add(ahead) }, rand.Reader)
}

// serveAtWork is the program in a process of its own, until it is told to stop or killed.
func serveAtWork() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c, err := atWork()
	if err != nil {
		return err
	}
	folder, err := app.OpenFolder(c.Data)
	if err != nil {
		return err
	}
	shelf := folder.Shelf(edition.Embedded(edition.Made{By: "test", Code: "test"}), func(error) {})
	a, err := app.New(app.Options{Listen: "127.0.0.1:0", Shelf: shelf, House: &c, Now: c.Now, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		return err
	}
	return a.Run(ctx, func(net.Addr) {})
}

// reminded is a house whose people are reminded.
type reminded struct {
	t     *testing.T
	house *app.House
	post  *post
	day   clock.Date
}

// morning is the job of reminding, as the program calls it.
type morning struct{}

func (morning) Kind() string { return "follow.remind" }

// furnish puts people and late tasks into the house, and says that it is time to remind.
func (r *reminded) furnish() {
	r.t.Helper()
	ctx := r.t.Context()
	due, _ := workday.Add(r.day, -4)
	var tasks []task.Task
	err := r.house.DB.Update(ctx, func(q *db.Q) error {
		for i := range remindedPlaces {
			place := fmt.Sprintf("xa-%03d", i)
			for range remindedTasks {
				tasks = append(tasks, task.Task{Title: "Niêm yết thủ tục", Place: place, Due: due})
			}
			for n, role := range []account.Role{account.CommuneOfficial, account.CommuneChair} {
				user := fmt.Sprintf("%s-%d", place, n)
				for _, row := range []struct {
					text string
					args []any
				}{
					{"INSERT INTO account (id, state, added) VALUES (?, 'active', 0)", []any{user}},
					{"INSERT INTO person (user_id, name, email, phone, version, folded, sort) VALUES (?, ?, ?, NULL, 1, '', ?)", []any{user, "Cán bộ " + user, user + "@xa.example.vn", []byte{1}}},
					{`INSERT INTO role_grant (id, user_id, role, place, agency, since, until, added, added_by, revoked, revoked_by)
						VALUES (?, ?, ?, ?, '', '2025-07-01', NULL, 0, '', NULL, '')`, []any{user, user, role, place}},
				} {
					if _, err := q.Exec(ctx, row.text, row.args...); err != nil {
						return err
					}
				}
			}
		}
		return job.Add(ctx, q, morning{}, job.Once("cron:follow.remind"))
	})
	if err == nil {
		err = r.house.Tasks.Add(ctx, account.Program("operator", r.day), "", tasks)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// start runs the program in a process of its own.
func (r *reminded) start() *exec.Cmd {
	r.t.Helper()
	p := exec.Command(os.Args[0])
	p.Stderr = os.Stderr
	if err := p.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { p.Process.Kill() })
	return p
}

// count gives one number of the house.
func (r *reminded) count(text string) (n int) {
	r.t.Helper()
	err := r.house.DB.View(r.t.Context(), func(q *db.Q) (err error) {
		n, err = db.One[int](r.t.Context(), q, text)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// await waits for what the program comes to.
func (r *reminded) await(so func() bool) {
	r.t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("it does not go on: %d reminders, %d letters, %d sent", r.count("SELECT count(*) FROM reminder"), r.count("SELECT count(*) FROM mail"), r.post.taken())
		}
	}
}

// expire lets the leases of the killed program end.
func (r *reminded) expire() {
	r.t.Helper()
	err := r.house.DB.Update(r.t.Context(), func(q *db.Q) error {
		_, err := q.Exec(r.t.Context(), "UPDATE job SET lease = 0 WHERE holder <> ''")
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// once checks that all is there, and once.
func (r *reminded) once(kills int) {
	r.t.Helper()
	told, different := r.count("SELECT count(*) FROM reminder"), r.count("SELECT count(*) FROM (SELECT DISTINCT subject, user_id FROM reminder) AS d")
	untold, letters := r.count("SELECT count(*) FROM reminder WHERE letter IS NULL"), r.count("SELECT count(*) FROM mail WHERE substr(key, 1, 9) = 'reminder '")
	if told != reminders || different != reminders || untold != 0 || letters != remindedPeople {
		r.t.Errorf("%d reminders, %d different, %d in no letter, %d letters; want %d, %d, 0, %d", told, different, untold, letters, reminders, reminders, remindedPeople)
	}
	r.post.mu.Lock()
	defer r.post.mu.Unlock()
	twice := 0
	for to, ids := range r.post.letters {
		twice += len(ids) - 1
		if slices.Sort(ids); len(slices.Compact(ids)) != 1 {
			r.t.Errorf("%s was written to by %d letters", to, len(slices.Compact(ids)))
		}
	}
	if n := len(r.post.letters); n != remindedPeople {
		r.t.Errorf("letters arrived at %d people, want %d", n, remindedPeople)
	}
	if twice > kills*16 { // no more than were being sent
		r.t.Errorf("%d letters came twice", twice)
	}
	r.t.Logf("killed %d times; %d letters came a second time, with the Message-ID of the first", kills, twice)
}

// post is a mail server that remembers the Message-IDs of what came, by whom it was for.
type post struct {
	address string
	mu      sync.Mutex
	letters map[string][]string
}

func openPost(t *testing.T) *post {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &post{address: l.Addr().String(), letters: map[string][]string{}}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return p
}

// taken counts the letters that came.
func (p *post) taken() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ids := range maps.Values(p.letters) {
		n += len(ids)
	}
	return n
}

func (p *post) serve(c net.Conn) {
	defer c.Close()
	say := func(text string) { fmt.Fprintf(c, "%s\r\n", text) }
	say("220 post")
	in, to := bufio.NewScanner(c), ""
	for in.Scan() {
		switch line := in.Text(); strings.ToUpper(line[:min(4, len(line))]) {
		case "RCPT":
			to = line
			say("250 ok")
		case "DATA":
			say("354 go on")
			id := ""
			for line := ""; line != "."; {
				if !in.Scan() {
					return // who sent it was killed: half a letter is none
				}
				line = in.Text()
				if rest, ok := strings.CutPrefix(line, "Message-ID: "); ok {
					id = rest
				}
			}
			p.mu.Lock()
			p.letters[to] = append(p.letters[to], id)
			p.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}
