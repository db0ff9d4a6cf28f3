package password

// Parse reads a PHC string and writes it again, for the fuzzer.
func Parse(s string) (Cost, string, error) {
	p, err := parse(s)
	return p.cost, p.String(), err
}
