package svy

import "math/big"

// hadamard gives a Hadamard matrix of the smallest order ≥ n that these two constructions reach: Paley's first
// (order q+1 for a prime q ≡ 3 mod 4) and Sylvester's doubling. Entries are ±1, columns are orthogonal, and the first
// column is +1 throughout (Hall 1986, Combinatorial Theory, ch. 14).
func hadamard(n int) [][]int8 {
	best, doublings := 0, 0
	for k, size := 0, 1; size < 2*n; k, size = k+1, size*2 {
		if order := base((n+size-1)/size) * size; best == 0 || order < best {
			best, doublings = order, k
		}
	}
	m := paley(best >> doublings)
	for range doublings {
		m = double(m)
	}
	for _, row := range m {
		if row[0] < 0 {
			for j := range row {
				row[j] = -row[j]
			}
		}
	}
	return m
}

// base is the smallest order ≥ n that is 1, 2 or q+1.
func base(n int) int {
	if n <= 2 {
		return max(n, 1)
	}
	for order := (n + 3) / 4 * 4; ; order += 4 {
		if big.NewInt(int64(order - 1)).ProbablyPrime(0) { // exact below 2⁶⁴
			return order
		}
	}
}

// paley makes the matrix of order q+1 from the quadratic residues modulo q; orders 1 and 2 are given.
func paley(order int) [][]int8 {
	switch order {
	case 1:
		return [][]int8{{1}}
	case 2:
		return [][]int8{{1, 1}, {1, -1}}
	}
	q := order - 1
	residue := make([]bool, q)
	for x := 1; x < q; x++ {
		residue[x*x%q] = true
	}
	m := make([][]int8, order)
	for i := range m {
		m[i] = make([]int8, order)
		for j := range m[i] {
			switch {
			case i == 0 || i == j:
				m[i][j] = 1
			case j == 0 || !residue[((i-j)%q+q)%q]:
				m[i][j] = -1
			default:
				m[i][j] = 1
			}
		}
	}
	return m
}

// double is Sylvester's step.
func double(m [][]int8) [][]int8 {
	n := len(m)
	out := make([][]int8, 2*n)
	for i := range out {
		out[i] = make([]int8, 2*n)
		for j := range out[i] {
			out[i][j] = m[i%n][j%n]
			if i >= n && j >= n {
				out[i][j] = -out[i][j]
			}
		}
	}
	return out
}
