package place

import (
	"context"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
)

// Invention is a province that does not exist, with what lies in it: something to try the program with.
type Invention struct {
	Code  string // two digits that no province has or had
	Name  string // without the kind; it says that it is invented
	Since clock.Date
	Law   string
	Parts []InventedPart
}

// InventedPart is a commune of an invented province. Its code is that of the province and three digits.
type InventedPart struct {
	Code, Name string
	Type       gazetteer.Kind
}

// invented is the kind of load that an invention is.
const invented = "invented"

// Invent adds an invented province, whole, and gives its id: its code. It may be repeated. A house that was not opened for
// inventions refuses it, and so it does a code that a place of the country has or had.
func (s *Store) Invent(ctx context.Context, actor account.Actor, in Invention) (id string, err error) {
	if !s.invents {
		return "", fault.New(fault.Forbidden, "Only a house made for trying holds invented places.")
	}
	load := invented + ":" + in.Code
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := actor.May(ctx, q, account.ImportPlaces, account.Subject{}); err != nil {
			return err
		}
		if there, err := isLive(ctx, q, load); err != nil || there {
			return err
		}
		rows, within, err := in.rows()
		if err != nil {
			return err
		}
		if err := openLoad(ctx, q, load, invented, actor.User); err != nil {
			return err
		}
		n, err := rows.write(ctx, q, load)
		if err == nil && n != rows.size() {
			err = fault.New(fault.Conflict, "A place of the country has the code %s, or had it.", in.Code)
		}
		if err != nil {
			return err
		}
		if err := account.PutWithinAll(ctx, q, within); err != nil {
			return err
		}
		if err := goLive(ctx, q, load); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "place.invent", Object: "place:" + in.Code, Content: []byte(in.Name)})
	})
	return in.Code, s.warmed(ctx, err)
}

// rows are those of an invention.
func (in Invention) rows() (batch, []account.Within, error) {
	rows, within := batch{}, []account.Within{}
	codes := map[string]bool{}
	add := func(code, parent, name string, kind gazetteer.Kind) {
		codes[code] = true
		rows.add("place", code, gazetteer.LevelOf(code))
		rows.addVersion(Version{Place: code, Code: code, Level: gazetteer.LevelOf(code), Type: kind, Name: name, Parent: parent, Since: in.Since, Law: in.Law})
	}
	add(in.Code, "", in.Name, gazetteer.Province)
	for _, p := range in.Parts {
		if gazetteer.LevelOf(p.Code) != gazetteer.CommuneLevel || !strings.HasPrefix(p.Code, in.Code) {
			return nil, nil, fault.New(fault.Invalid, "%s is no code of a commune of %s.", p.Code, in.Code)
		}
		add(p.Code, in.Code, p.Name, p.Type)
		within = append(within, account.Within{Place: p.Code, Ancestor: in.Code, Since: in.Since})
	}
	for rec := range gazetteer.Records() {
		for _, state := range rec.States {
			if codes[state.Code] {
				return nil, nil, fault.New(fault.Conflict, "A place of the country has the code %s, or had it.", state.Code)
			}
		}
	}
	return rows, within, nil
}
