package plan

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Answering is the day on which who answers for a plan is looked up: today while the plan runs, else its own day, for
// whoever heads an agency later has not answered for it.
func (h *Head) Answering(today clock.Date) clock.Date {
	if on := h.Day(); today.Before(on) || today.Year > h.Until {
		return on
	}
	return today
}

// name completes who answers by name: for what an agency leads its head does, where no other post of it is named.
func (d *Duty) name(ctx context.Context, q *db.Q, on clock.Date) error {
	if d.Post == "" && d.Part == Lead {
		p, ok, err := agency.HeadPost(ctx, q, d.Agency, on)
		if ok {
			d.Post = p.ID
		}
		return err
	}
	if d.Post == "" {
		return nil
	}
	ok, err := agency.OfAgency(ctx, q, d.Post, d.Agency)
	if err == nil && !ok {
		err = fault.Batch([]fault.Item{{Field: "post", What: fault.T("This is no post of the agency."), Remedy: fault.T("Choose one of its posts.")}})
	}
	return err
}

// Heads is what it takes that heads answer by name for parts of the index, as a plan says of them.
type Heads struct {
	Named   int      // duties that name the post now
	Offered int      // of these, duties that come in by it: offered by function, for parts that had no lead
	Posts   int      // posts that come on record with the plan's title, without anybody in them
	Without []string // of the parts, those for which nobody leads
}

// NameHeads lets the heads of the agencies that lead answer by name for parts of the index, as the words of a plan have
// it ("người đứng đầu"). Parts without a lead are offered to the agency whose function they are. An agency that has no
// post at its head on record gets one with the plan's title; no person is made up. A dry run writes nothing.
func (s *Store) NameHeads(ctx context.Context, actor account.Actor, plan string, codes []string, title string, dry bool) (h Heads, err error) {
	work := func(q *db.Q) error {
		h = Heads{}
		p, err := s.toSettle(ctx, q, actor, plan)
		if err != nil {
			return err
		}
		n := naming{Store: s, q: q, actor: actor, plan: p, title: title, made: map[string]bool{}}
		return n.run(ctx, codes, dry, &h)
	}
	if dry {
		return h, s.db.View(ctx, work)
	}
	return h, s.db.Update(ctx, work)
}

// naming is one run of NameHeads.
type naming struct {
	*Store
	q     *db.Q
	actor account.Actor
	plan  *Plan
	title string
	made  map[string]bool // agencies that get a post
}

func (n *naming) run(ctx context.Context, codes []string, dry bool, h *Heads) error {
	usual, err := n.plan.usual(ctx, n.q, n.actor.Day, &Offered{})
	if err != nil {
		return err
	}
	led := map[string]bool{}
	for _, d := range slices.Concat(n.plan.Duties, usual) {
		code := under(d.Code, codes)
		if code == "" {
			continue
		}
		led[code] = led[code] || d.Part == Lead
		if d.ID != "" && (d.Part != Lead || d.Post != "") {
			continue
		}
		if d.ID == "" {
			h.Offered++
		}
		if err := n.settle(ctx, d, dry, h); err != nil {
			return err
		}
	}
	for _, c := range codes {
		if !led[c] {
			h.Without = append(h.Without, c)
		}
	}
	return nil
}

// settle gives one duty the post at the head of its agency, and the agency the post.
func (n *naming) settle(ctx context.Context, d Duty, dry bool, h *Heads) error {
	if d.Part == Lead {
		h.Named++
		on := n.plan.Answering(n.actor.Day)
		p, ok, err := agency.HeadPost(ctx, n.q, d.Agency, on)
		if err != nil {
			return err
		}
		if !ok && !n.made[d.Agency] {
			n.made[d.Agency] = true
			h.Posts++
			if !dry {
				if p, err = agency.AddHead(ctx, n.q, n.actor, d.Agency, n.title, on); err != nil {
					return err
				}
				if err := n.log.Append(ctx, n.q, audit.Entry{Actor: n.actor.User, Action: string(account.ChangePosts), Object: "agency:" + d.Agency, Content: []byte(p.ID)}); err != nil {
					return err
				}
			}
		}
		d.Post = p.ID
	}
	switch {
	case dry:
		return nil
	case d.ID == "":
		return n.ask(ctx, n.q, n.actor, n.plan, d)
	}
	if _, err := n.q.Exec(ctx, "UPDATE plan_duty SET post = ?, rev = rev + 1 WHERE id = ?", d.Post, d.ID); err != nil {
		return err
	}
	return n.log.Append(ctx, n.q, audit.Entry{Actor: n.actor.User, Action: "duty.name", Object: "duty:" + d.ID, Content: []byte(d.Post)})
}

// dimension finds the number of a dimension: "D4" covers 4.1, 4.2 …
var dimension = regexp.MustCompile(`^D(\d)$`)

// under gives which of several codes a part of the index is or lies beneath; "" for none.
func under(code string, codes []string) string {
	for _, c := range codes {
		if m := dimension.FindStringSubmatch(c); c == code || m != nil && strings.HasPrefix(code, m[1]+".") {
			return c
		}
	}
	return ""
}
