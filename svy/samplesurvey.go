package svy

import (
	"math"
	"math/rand/v2"
)

// SimulatedSurvey is the answers to one wave of a simulated survey, a row a person, in the order of provinces,
// districts, communes and villages. Places are numbered over the whole country, so their ids are never nested.
type SimulatedSurvey struct {
	Wave    int
	Weights []float64 // 1/π: people of the country that the person stands for
	// Stages are the district, commune and village of each row.
	Stages   [3]Factor
	Certain  [3][]bool    // whether the unit was taken for certain
	Pi       [3][]float64 // its inclusion probability among the units of the one above
	Province Factor       // 1, 2, …
	Female   []bool
	AgeGroup []uint8 // 1…5
	Items    []Column

	districts int32 // of the country
}

// Survey interviews people in a wave (0, 1, …). The same seed gives the same areas in all waves, but for those that
// Simulation.Keep gives up, and the same answers each time it is asked; another seed gives another sample of the same
// country.
func (p *Population) Survey(seed uint64, wave int) *SimulatedSurvey {
	s := &SimulatedSurvey{Wave: wave, districts: int32(len(p.places[placeDistrict]))}
	in := &interviewer{p: p, s: s, seed: seed, wave: wave}
	rows := 0
	for _, c := range p.sim.Classes {
		rows += c.Provinces * c.Districts * 4 * c.Answers
	}
	for j := range p.items {
		s.Items = append(s.Items, p.items[j].column(rows))
	}
	for i := range in.level {
		in.level[i] = make([]float64, len(p.items))
	}
	for province := range p.class {
		p.provinceLevel(province, wave, in.level[placeProvince])
		in.province = province
		in.visit(placeProvince, int32(province), 1)
	}
	return s
}

// interviewer walks through the sampled places.
type interviewer struct {
	p        *Population
	s        *SimulatedSurvey
	seed     uint64
	wave     int
	province int
	level    [placeStages][]float64
	at       [3]int32
	certain  [3]bool
	pi       [3]float64
}

// visit interviews in the sampled parts of a place; chance is the place's inclusion probability.
func (in *interviewer) visit(stage int, at int32, chance float64) {
	if stage == placeVillage {
		in.interview(at, chance)
		return
	}
	here := in.p.places[stage][at]
	many := 2
	if stage == placeProvince {
		many = in.p.sim.Classes[in.p.class[in.province]].Districts
	}
	pi, drawn := in.draw(stage, at, here, many)
	for _, i := range drawn {
		part := here.first + int32(i)
		in.at[stage], in.certain[stage], in.pi[stage] = part, pi[i] == 1, pi[i]
		in.p.partLevel(stage+1, part, i == 0, in.province, in.wave, in.level[stage], in.level[stage+1])
		in.visit(stage+1, part, chance*pi[i])
	}
}

// draw takes the seat for certain and the others by size. What is drawn stays until a wave gives it up.
func (in *interviewer) draw(stage int, at int32, here place, many int) (pi []float64, drawn []int) {
	sizes := make([]float64, here.many)
	for i, q := range in.p.places[stage+1][here.first : here.first+here.many] {
		sizes[i] = q.people
	}
	if int(here.many) <= many {
		many = int(here.many)
	}
	others, err := InclusionProbabilities(sizes[1:], many-1)
	if err != nil {
		panic(err) // frames are made with people in every place
	}
	pi = append([]float64{1}, others...)
	since := 0
	for w := 1; w <= in.wave; w++ {
		if uniform(mix(in.seed, saltDraw, uint64(stage), uint64(at), uint64(w))) >= in.p.sim.Keep[stage] {
			since = w
		}
	}
	rng := rand.New(rand.NewPCG(in.seed, mix(saltDraw, uint64(stage), uint64(at), uint64(since))))
	return pi, DrawSystematic(pi, rng)
}

// interview asks a simple random sample of a village's people.
func (in *interviewer) interview(at int32, chance float64) {
	s, p := in.s, in.p
	n := p.sim.Classes[p.class[in.province]].Answers
	people := p.places[placeVillage][at].people
	rng := rand.New(rand.NewPCG(in.seed, mix(saltPeople, uint64(at), uint64(in.wave))))
	common, own := math.Sqrt(p.sim.Common), math.Sqrt(1-p.sim.Common)
	for range n {
		s.Weights = append(s.Weights, people/float64(n)/chance)
		s.Province.Codes = append(s.Province.Codes, int32(in.province))
		for i := range s.Stages {
			s.Stages[i].Codes = append(s.Stages[i].Codes, in.at[i])
			s.Certain[i] = append(s.Certain[i], in.certain[i])
			s.Pi[i] = append(s.Pi[i], in.pi[i])
		}
		s.Female = append(s.Female, rng.Uint64()&1 == 1)
		s.AgeGroup = append(s.AgeGroup, uint8(1+rng.IntN(5)))
		shared := common * rng.NormFloat64()
		for j := range p.items {
			in.answer(&s.Items[j], &p.items[j], in.level[placeVillage][j], shared+own*rng.NormFloat64(), rng.Float64())
		}
	}
}

// answer puts one answer down, or that there is none.
func (in *interviewer) answer(c *Column, k *itemKind, level, person, luck float64) {
	missing := k.missing
	if missing > 0 && in.p.sim.Tilt != 0 {
		missing = 1 / (1 + (1-missing)/missing*math.Exp(-in.p.sim.Tilt*person))
	}
	latent := level + person
	switch {
	case c.Codes != nil && luck < missing:
		c.Codes = append(c.Codes, 0)
	case c.Codes != nil:
		c.Codes = append(c.Codes, k.code(latent))
	case luck < missing:
		c.Floats = append(c.Floats, math.NaN())
	default:
		c.Floats = append(c.Floats, math.Round(10*math.Exp(amountLevel+amountSpread*latent))/10)
	}
}

// Structure says how the variance looks at a simulated survey: which units of a province are the PSUs of which strata.
type Structure uint8

// The structures.
const (
	// CapitalApart: the villages of the capital district are the PSUs of one stratum, the districts drawn by size
	// those of another. (Capital: its communes are not alike, which makes the variance conservative.)
	CapitalApart Structure = iota
	// CapitalAmong: all sampled districts are the PSUs of one stratum, the capital among them.
	CapitalAmong
	// Cascade: the certainty units as they are (Stage.Certain), down to the people of the capital's seat village.
	Cascade
	// VillagesOnly: the sampled villages are the PSUs of one stratum, as if drawn independently.
	VillagesOnly
)

var structureNames = [...]string{"capital apart", "capital among districts", "certainty cascade", "villages as PSUs"}

// String gives the structure's name.
func (s Structure) String() string { return structureNames[s] }

// Spec describes the survey to New.
func (s *SimulatedSurvey) Spec(as Structure, lonely Lonely) Spec {
	spec := Spec{Weights: s.Weights, Lonely: lonely, Within: s.Province}
	switch as {
	case CapitalApart:
		strata, psu := s.capitalApart()
		spec.Stages = []Stage{{Strata: strata, Units: psu}}
	case CapitalAmong:
		spec.Stages = []Stage{{Strata: s.Province, Units: s.Stages[0]}}
	case VillagesOnly:
		spec.Stages = []Stage{{Strata: s.Province, Units: s.Stages[2]}}
	case Cascade:
		for i, units := range s.Stages {
			st := Stage{Units: units, Certain: s.Certain[i]}
			if i == 0 {
				st.Strata = s.Province
			}
			spec.Stages = append(spec.Stages, st)
		}
	}
	return spec
}

// capitalApart numbers the strata 1, 2 of province 1, 3, 4 of province 2 and so on, the capital's first, and the PSUs:
// districts by their numbers, villages by theirs after the country's last district.
func (s *SimulatedSurvey) capitalApart() (strata, psu Factor) {
	strata.Codes, psu.Codes = make([]int32, len(s.Weights)), make([]int32, len(s.Weights))
	for i, province := range s.Province.Codes {
		strata.Codes[i], psu.Codes[i] = 2*province+1, s.Stages[0].Codes[i]
		if s.Certain[0][i] {
			strata.Codes[i], psu.Codes[i] = 2*province, s.districts+s.Stages[2].Codes[i]
		}
	}
	return strata, psu
}
