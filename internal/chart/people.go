package chart

// People draws ten people in a row, as many of them marked as share says of ten: how often something happens among the
// people themselves. A share that is no number marks nobody. Its title must say the same in words.
func People(id string, share float64, title string) *Scene {
	const step, head, shoulder = 20.0, 4.0, 7.0
	s := &Scene{ID: id, Width: 10*step - 4, Height: 26, Title: title}
	marked := OfTen(share)
	for i := range 10 {
		role, x := Grid, float64(i)*step+8
		if i < marked {
			role = Accent
		}
		s.add(circle{at{x, head + 1}, head, role},
			rect{x: x - shoulder, y: 11, w: 2 * shoulder, h: 14, r: shoulder - 1, role: role})
	}
	return s
}

// OfTen is a share as whole people of ten, halves upwards; 0 for what is no share.
func OfTen(share float64) int {
	if !(share > 0) {
		return 0
	}
	return int(min(share, 1)*10 + 0.5)
}
