// Package password keeps passwords so that a stolen database does not give them away, and refuses those that are
// guessed first.
//
// It promises that what is kept is a PHC string of Argon2id (RFC 9106) with its own salt and cost, so that the cost can
// be raised later; that a password typed on any keyboard is the same password (Unicode NFKC, as NIST SP 800-63B §5.1.1
// asks); and that a refusal names every fault with its remedy and never the password. Pure: the salt's bits are handed in.
package password

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is what one guess costs.
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
	Lanes  uint8
}

// Standard is the cost of OWASP's password storage cheat sheet: 19 MiB, two passes, one lane.
var Standard = Cost{Memory: 19 * 1024, Passes: 2, Lanes: 1}

const (
	saltSize = 16
	keySize  = 32
)

// Hash gives the PHC string of a password: $argon2id$v=19$m=…,t=…,p=…$salt$key.
func Hash(password string, c Cost, random io.Reader) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	return phc{c, salt, key(password, c, salt, keySize)}.String(), nil
}

// Verify tells whether a password is the one of a PHC string, and whether that string should be made anew because it
// was made at another cost than c.
func Verify(hash, password string, c Cost) (right, outdated bool, err error) {
	p, err := parse(hash)
	if err != nil {
		return false, false, err
	}
	got := key(password, p.cost, p.salt, uint32(len(p.key)))
	right = subtle.ConstantTimeCompare(got, p.key) == 1
	return right, p.cost != c || len(p.salt) != saltSize || len(p.key) != keySize, nil
}

// key derives the key of the normalised password.
func key(password string, c Cost, salt []byte, size uint32) []byte {
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, c.Passes, c.Memory, c.Lanes, size)
}

// phc is a hash in its parts.
type phc struct {
	cost Cost
	salt []byte
	key  []byte
}

// String writes the PHC string.
func (p phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.cost.Memory, p.cost.Passes, p.cost.Lanes,
		base64.RawStdEncoding.EncodeToString(p.salt), base64.RawStdEncoding.EncodeToString(p.key))
}

// Bounds within which a stored cost is believed, so that a forged row cannot take the machine's memory.
const (
	maxMemory = 1 << 20 // KiB
	maxPasses = 64
)

var errForm = errors.New("password: the stored hash is not a PHC string of Argon2id")

// parse reads a PHC string.
func parse(s string) (p phc, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, errForm
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.cost.Memory, &p.cost.Passes, &p.cost.Lanes); err != nil {
		return p, errForm
	}
	var saltErr, keyErr error
	p.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	p.key, keyErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(p.salt) < 8 || len(p.key) < 16 || p.cost.Memory > maxMemory ||
		p.cost.Passes == 0 || p.cost.Passes > maxPasses || p.cost.Lanes == 0 {
		return phc{}, errForm
	}
	return p, nil
}
