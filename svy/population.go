package svy

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// The places of a population, from the top.
const (
	placeProvince = iota
	placeDistrict
	placeCommune
	placeVillage
	placeStages
)

// Population is a made-up country: its places with their people, and for every item and wave the true mean of every
// province and the nation. It is immutable and safe for concurrent use.
//
// The people of a place are given; which effect a place has on an item follows from the seed and the place, so that
// nothing is stored but the truth.
type Population struct {
	sim    Simulation
	items  []itemKind
	class  []int // of each province
	places [placeStages][]place
	scale  [][3]float64 // of each province: standard deviations of district, commune and village effects
	truth  [][]float64  // by wave, then item × (provinces + nation)
}

// place is a province, district, commune or village. The first of its parts is the seat.
type place struct {
	people      float64
	first, many int32 // its parts
}

// Population makes the country. The time grows with villages × items × waves: about half a second for PAPI's 120
// items in two waves.
func (s Simulation) Population() (*Population, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	p := &Population{sim: s}
	for j := range s.Items {
		p.items = append(p.items, s.item(j))
	}
	p.settle()
	p.truth = make([][]float64, s.Waves)
	for w := range p.truth {
		p.truth[w] = make([]float64, s.Items*(len(p.class)+1))
	}
	each(len(p.class), 0, p.measure)
	for w := range p.truth {
		p.addNation(p.truth[w])
	}
	return p, nil
}

// settle lays out the places and their people: districts of a province vary by half around the class's number, communes
// and villages by half around 15 and 9, and people of a village by a factor around 700 adults. Seats are larger.
func (p *Population) settle() {
	rng := rand.New(rand.NewPCG(p.sim.Seed, saltFrame))
	around := func(mean int) int32 { return int32(math.Round(float64(mean) * (0.75 + 0.5*rng.Float64()))) }
	for c, class := range p.sim.Classes {
		for range class.Provinces {
			var sd [3]float64
			for i, v := range p.sim.Components {
				sd[i] = math.Sqrt(v * math.Exp(p.sim.Spread*rng.NormFloat64()-p.sim.Spread*p.sim.Spread/2))
			}
			p.class, p.scale = append(p.class, c), append(p.scale, sd)
			p.grow(placeProvince, [placeStages]int32{max(int32(class.Districts), around(class.Frame))}, around, rng, 1)
		}
	}
}

// grow adds a place and what lies in it, and gives its people.
func (p *Population) grow(stage int, parts [placeStages]int32, around func(int) int32, rng *rand.Rand, size float64) float64 {
	if stage == placeVillage {
		people := math.Round(max(100, 700*size*math.Exp(0.4*rng.NormFloat64())))
		p.places[stage] = append(p.places[stage], place{people: people})
		return people
	}
	switch stage {
	case placeDistrict:
		parts[stage] = around(15)
	case placeCommune:
		parts[stage] = around(9)
	}
	self := len(p.places[stage])
	p.places[stage] = append(p.places[stage], place{first: int32(len(p.places[stage+1])), many: parts[stage]})
	people := 0.0
	for i := range parts[stage] {
		grown := size * math.Exp(0.25*rng.NormFloat64())
		if i == 0 {
			grown *= 1.3
		}
		people += p.grow(stage+1, parts, around, rng, grown)
	}
	p.places[stage][self].people = people
	return people
}

// Salts keep the random streams of one seed apart.
const (
	saltFrame  = 0x6672616d65
	saltEffect = 0x656666656374
	saltDraw   = 0x64726177
	saltPeople = 0x70656f706c65
)

// mix hashes numbers to one, each bit of it depending on each bit of them (splitmix64: Steele, Lea & Flood 2014).
func mix(parts ...uint64) uint64 {
	h := uint64(0)
	for _, x := range parts {
		h += x + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

func normalQuantile(p float64) float64 { return distuv.UnitNormal.Quantile(p) }

// uniform is the number between 0 and 1 that belongs to a hash.
func uniform(h uint64) float64 { return (float64(h>>11) + 0.5) / (1 << 53) }

// addEffects adds a place's effects on every item of a wave to m. Effects of neighbouring waves correlate.
func (p *Population) addEffects(stage int, at int32, wave int, sd float64, m []float64) {
	if sd == 0 {
		return
	}
	common, own := sd*math.Sqrt(p.sim.Common), sd*math.Sqrt(1-p.sim.Common)
	shared := common * p.areaNormal(stage, at, 0, wave)
	for j := range m {
		m[j] += shared + own*p.areaNormal(stage, at, j+1, wave)
	}
}

// areaNormal is the standard normal number of a place and an item in a wave.
func (p *Population) areaNormal(stage int, at int32, item, wave int) float64 {
	rho := p.sim.Correlation
	z := 0.0
	for w := range wave + 1 {
		fresh := normalQuantile(uniform(mix(p.sim.Seed, saltEffect, uint64(stage), uint64(at), uint64(item), uint64(w))))
		if w == 0 {
			z = fresh
		} else {
			z = rho*z + math.Sqrt(1-rho*rho)*fresh
		}
	}
	return z
}

// provinceLevel fills m with the latent level of every item in a province: item, province and drift.
func (p *Population) provinceLevel(province, wave int, m []float64) {
	for j := range m {
		m[j] = p.items[j].intercept
	}
	p.addEffects(placeProvince, int32(province), 0, math.Sqrt(p.sim.Province), m)
	for w := 1; w <= wave; w++ { // fresh numbers: places beyond the provinces' own
		drift := int32(len(p.class) * w)
		p.addEffects(placeProvince, drift+int32(province), 0, p.sim.Change, m)
	}
}

// partLevel fills m with the latent level of a part of the place that has the level above.
func (p *Population) partLevel(stage int, at int32, seat bool, province, wave int, above, m []float64) {
	copy(m, above)
	if seat {
		for j := range m {
			m[j] += p.sim.Seat
		}
	}
	p.addEffects(stage, at, wave, p.scale[province][stage-1], m)
}

// measure takes the true means of a province in every wave.
func (p *Population) measure(province int) {
	for w := range p.truth {
		var level [placeStages][]float64
		for s := range level {
			level[s] = make([]float64, len(p.items))
		}
		p.provinceLevel(province, w, level[0])
		sum := make([]float64, len(p.items))
		p.census(placeProvince, int32(province), province, w, &level, sum)
		for j, v := range sum {
			p.truth[w][j*(len(p.class)+1)+province] = v / p.places[placeProvince][province].people
		}
	}
}

// census adds the expected answers of everybody in a place to sum.
func (p *Population) census(stage int, at int32, province, wave int, level *[placeStages][]float64, sum []float64) {
	here := p.places[stage][at]
	if stage == placeVillage {
		for j, m := range level[stage] {
			sum[j] += here.people * p.items[j].expect(m)
		}
		return
	}
	for i := range here.many {
		p.partLevel(stage+1, here.first+i, i == 0, province, wave, level[stage], level[stage+1])
		p.census(stage+1, here.first+i, province, wave, level, sum)
	}
}

func (p *Population) addNation(truth []float64) {
	n := len(p.class)
	for j := range p.items {
		sum, people := 0.0, 0.0
		for province, v := range truth[j*(n+1) : j*(n+1)+n] {
			sum += v * p.places[placeProvince][province].people
			people += p.places[placeProvince][province].people
		}
		truth[j*(n+1)+n] = sum / people
	}
}

// Provinces is the number of provinces.
func (p *Population) Provinces() int { return len(p.class) }

// Class gives the class of a province, 0 ≤ province < Provinces, as its place in Simulation.Classes.
func (p *Population) Class(province int) int { return p.class[province] }

// People is the number of adults of a province; Whole is the nation.
func (p *Population) People(province int) float64 {
	if province != Whole {
		return p.places[placeProvince][province].people
	}
	sum := 0.0
	for _, q := range p.places[placeProvince] {
		sum += q.people
	}
	return sum
}

// Items is the number of items.
func (p *Population) Items() int { return len(p.items) }

// ItemName gives the name of an item: q001, q002…
func (p *Population) ItemName(item int) string { return p.items[item].name }

// Truth is the mean answer of all adults of a province to an item in a wave (0, 1, …), had everybody been asked; Whole
// is the nation. What one person says is random even so: a village's mean is the expectation of its people's answers.
func (p *Population) Truth(wave, item, province int) float64 {
	n := len(p.class)
	if province == Whole {
		province = n
	}
	return p.truth[wave][item*(n+1)+province]
}
