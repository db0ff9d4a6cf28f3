package geo

import "math"

func mapped(points []Point, f func(Point) Point) []Point {
	out := make([]Point, len(points))
	for i, p := range points {
		out[i] = f(p)
	}
	return out
}

// simplify thins a line by Douglas and Peucker (1973): no point dropped lies further than tolerance from the line that
// is left. End points stay, so arcs keep meeting.
func simplify(line []Point, tolerance float64) []Point {
	if len(line) < 3 {
		return line
	}
	keep := make([]bool, len(line))
	keep[0], keep[len(line)-1] = true, true
	stack := [][2]int{{0, len(line) - 1}}
	for len(stack) > 0 {
		a, b := stack[len(stack)-1][0], stack[len(stack)-1][1]
		stack = stack[:len(stack)-1]
		far, at := tolerance, -1
		for i := a + 1; i < b; i++ {
			if d := distance(line[i], line[a], line[b]); d > far {
				far, at = d, i
			}
		}
		if at >= 0 {
			keep[at] = true
			stack = append(stack, [2]int{a, at}, [2]int{at, b})
		}
	}
	out := line[:0:0]
	for i, p := range line {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// distance is from p to the segment ab.
func distance(p, a, b Point) float64 {
	dx, dy := b.X-a.X, b.Y-a.Y
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, ((p.X-a.X)*dx+(p.Y-a.Y)*dy)/l))
	}
	return math.Hypot(p.X-a.X-t*dx, p.Y-a.Y-t*dy)
}

// area is the signed area of a ring (shoelace formula).
func area(ring []Point) float64 {
	sum := 0.0
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += p.X*q.Y - q.X*p.Y
	}
	return sum / 2
}

// pole finds the point of a polygon farthest from its outline: the best of a grid, then of finer grids around it. A
// polygon without room gives its first corner.
func pole(rings [][]Point) (best Point, room float64) {
	best = rings[0][0]
	e := around(rings[0])
	at, w, h := Point{(e.west + e.east) / 2, (e.north + e.south) / 2}, (e.east-e.west)/2, (e.north-e.south)/2
	const steps = 6 // to each side
	for range 3 {
		for i := -steps; i <= steps; i++ {
			for j := -steps; j <= steps; j++ {
				p := Point{at.X + w*float64(i)/steps, at.Y + h*float64(j)/steps}
				if d := depth(p, rings, room); d > room {
					best, room = p, d
				}
			}
		}
		at, w, h = best, w/steps, h/steps
	}
	return best, room
}

// depth is the distance from p to the outline, 0 outside. It stops where the distance falls to least.
func depth(p Point, rings [][]Point, least float64) float64 {
	in, near := false, math.Inf(1)
	for _, ring := range rings {
		in = in != Inside(p, ring)
		for k, a := range ring {
			if near = min(near, distance(p, a, ring[(k+1)%len(ring)])); near <= least {
				return 0
			}
		}
	}
	if !in {
		return 0
	}
	return near
}

// Inside tells whether a point lies within a ring (even-odd rule).
func Inside(p Point, ring []Point) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.Y > p.Y) != (b.Y > p.Y) && p.X < (b.X-a.X)*(p.Y-a.Y)/(b.Y-a.Y)+a.X {
			in = !in
		}
	}
	return in
}
