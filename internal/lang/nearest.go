package lang

// Nearest finds the word a person most likely meant: the closest one under Fold by insertions, deletions, changes and
// swaps of neighbours, if no more than a third of the letters are wrong. The first of equals wins; "" is no guess.
func Nearest(word string, among []string) string {
	want := []rune(Fold(word))
	best, least := "", len(want)/3+1
	for _, candidate := range among {
		if d := distance(want, []rune(Fold(candidate))); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance is the optimal string alignment distance, on three rows of its table.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range b {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
