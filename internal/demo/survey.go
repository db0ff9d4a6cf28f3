package demo

import (
	"bytes"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/edition"
	"thuoc/internal/plan"
	"thuoc/internal/run"
	"thuoc/svy"
)

//go:embed index.yaml
var index []byte

// family is that of the province's own index, and whole its root.
const family, whole = "mau", "MAU"

// questions is how many questions the index asks.
const questions = 24

// country is the made-up people the survey is taken of: one province, three waves of the same areas.
func country() svy.Simulation {
	s := svy.PAPISimulation()
	s.Classes = []svy.ProvinceClass{{Name: "mau", Provinces: 1, Frame: 16, Districts: 10, Answers: 14}}
	s.Items, s.Waves, s.Change, s.Seed = 60, 3, 0.2, 2025
	return s
}

// answers writes a wave of the survey, without the last rows: those who keyed it in twice.
func answers(p *svy.Population, wave, without int) []byte {
	a := p.Survey(99, wave)
	var b bytes.Buffer
	b.WriteString("tinh,w,stratum,psu")
	for i := range questions {
		b.WriteString("," + a.Items[i].Name)
	}
	b.WriteByte('\n')
	first := a.Spec(svy.CapitalApart, svy.LonelyFail).Stages[0]
	for row := range len(a.Weights) - without {
		fmt.Fprintf(&b, "%s,%s,%s,%s", Code, strconv.FormatFloat(a.Weights[row], 'g', -1, 64),
			first.Strata.Label(first.Strata.Codes[row]), first.Units.Label(first.Units.Codes[row]))
		for i := range questions {
			b.WriteByte(',')
			if v := a.Items[i].At(row); v == v {
				b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// survey brings in the published figures of the country and the province's own survey, and leads its editions to the
// public: one that was corrected, the one the plan starts from, and one that waits for its review.
func (b *builder) survey() error {
	for _, year := range []int{2023, 2024} {
		if _, err := b.Runs.AddPublished(b.ctx, b.first(account.PlanOwner), b.home, year); err != nil {
			return err
		}
	}
	p, err := country().Population()
	if err != nil {
		return err
	}
	b.at.reach(190)
	base := b.at.day(past).Year - 1
	before, now := strconv.Itoa(base-1), strconv.Itoa(base)
	if _, err := b.publish(before, answers(p, 0, 0), nil, ""); err != nil {
		return err
	}
	b.at.reach(185)
	former := answers(p, 0, 14)
	if _, err := b.publish(before, former, nil, "Bỏ 14 phiếu của một thôn bị nhập hai lần."); err != nil {
		return err
	}
	b.at.reach(175)
	if b.from, err = b.publish(now, answers(p, 1, 0), former, ""); err != nil {
		return err
	}
	return b.standings()
}

// compute adds a run of the own index.
func (b *builder) compute(period string, now, former []byte) (run.Run, error) {
	c := run.Computed{Place: b.home, Source: run.Own, Period: period, Definition: &run.File{Name: "mau.yaml", Data: bytes.NewReader(index)},
		Answers: &run.File{Name: "tra-loi-" + period + ".csv", Data: bytes.NewReader(now)},
		Survey:  &run.Survey{By: "tinh", Weights: "w", Strata: "stratum", PSU: []string{"psu"}, Lonely: "fail"}, Seed: 2025}
	if former != nil {
		c.Former = &run.File{Name: "tra-loi-ky-truoc.csv", Data: bytes.NewReader(former)}
	}
	return b.Runs.AddComputed(b.ctx, b.first(account.Analyst), c)
}

// publish leads answers to a public edition, by three people.
func (b *builder) publish(period string, now, former []byte, corrects string) (edition.Release, error) {
	r, err := b.compute(period, now, former)
	if err != nil {
		return edition.Release{}, err
	}
	e, err := b.Editions.Freeze(b.ctx, b.first(account.Analyst), r.ID, corrects)
	if err != nil {
		return e, err
	}
	owner := b.first(account.PlanOwner)
	if err := b.Editions.Approve(b.ctx, owner, edition.Seen{ID: e.ID, Version: e.Version}, "Đã đối chiếu với phiếu gốc."); err != nil {
		return e, err
	}
	return e, b.Editions.Publish(b.ctx, b.first(account.ProvincialViceChair), edition.Seen{ID: e.ID, Version: e.Version + 1}, time.Time{}, "")
}

// standings reads where the plan starts from.
func (b *builder) standings() error {
	r, err := b.Runs.Get(b.ctx, b.first(account.Analyst), b.from.Run)
	if err != nil {
		return err
	}
	values, err := b.Runs.Results(b.ctx, r)
	if err != nil {
		return err
	}
	for _, v := range values {
		if v.Value == v.Value {
			b.base[v.Code] = plan.Aim{Family: family, Code: v.Code, Baseline: new(round(v.Value)), Change: new(round(v.Change))}
		}
	}
	if b.base[whole].Baseline == nil {
		return fmt.Errorf("demo: the survey of the province has no result")
	}
	return nil
}

// round gives points as they stand in plans, in hundredths.
func round(v float64) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'f', 2, 64), 64)
	return r
}

// await freezes the edition of this year's first survey. Nobody has reviewed it yet.
func (b *builder) await() error {
	p, err := country().Population()
	if err != nil {
		return err
	}
	b.at.reach(2)
	r, err := b.compute(strconv.Itoa(b.at.day(past).Year), answers(p, 2, 0), answers(p, 1, 0))
	if err != nil {
		return err
	}
	_, err = b.Editions.Freeze(b.ctx, b.first(account.Analyst), r.ID, "")
	return err
}
