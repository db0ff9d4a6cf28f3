package score

import (
	"thuoc/internal/fault"
	"thuoc/internal/lang"
)

// Verdict of a comparison between two versions of an index.
type BridgeVerdict string

// The verdicts, best first.
const (
	Same         BridgeVerdict = "same"
	Recalculated BridgeVerdict = "recalculated" // the same content by another formula: former values do not compare as printed
	Broken       BridgeVerdict = "broken"       // other content: nothing compares
)

// Bridge says what may be compared with the former version. What it does not name is the same.
type Bridge struct {
	Former  string // the id of the former version
	Entries []BridgeEntry
	Dropped []Dropped
}

// BridgeEntry is a statement on some nodes.
type BridgeEntry struct {
	Codes   []string
	Was     string // the node's code in the former version, where it moved
	Verdict BridgeVerdict
	Reason  lang.Names
}

// Dropped is a node of the former version that is gone.
type Dropped struct {
	Code   string // in the former version
	From   string // the node of this version that lost it
	Reason lang.Names
}

// Comparison is what a definition says of comparing one of its nodes with the former version.
type Comparison struct {
	Verdict BridgeVerdict
	Was     string     // the node's code there
	Reason  lang.Names // empty when the same
	Because string     // the code of the part that changed, when the node itself is only built on it
}

func (d *Definition) readBridge(o object) {
	d.bridgeVerdict = map[string]Comparison{}
	if !o.has("bridge") {
		return
	}
	b, ok := o.child("bridge", "former", "nodes", "dropped")
	if !ok {
		return
	}
	d.Bridge = &Bridge{Former: b.id("former")}
	for _, e := range b.objects("nodes", "codes", "was", "verdict", "reason") {
		d.readBridgeEntry(e)
	}
	for _, e := range b.objects("dropped", "code", "from", "reason") {
		drop := Dropped{Code: e.code("code"), From: e.code("from"), Reason: e.names("reason", true)}
		if drop.From != "" && d.byCode[drop.From] == nil {
			e.wrong("from", fault.T("There is no node %q.", drop.From), fault.T("Name nodes of this tree."))
		}
		d.Bridge.Dropped = append(d.Bridge.Dropped, drop)
		d.bridgeVerdict[drop.From] = Comparison{Verdict: Broken, Was: drop.From, Reason: drop.Reason}
	}
	if d.Root != nil {
		d.spread(d.Root)
	}
}

func (d *Definition) readBridgeEntry(e object) {
	e.need("codes")
	e.need("verdict")
	entry := BridgeEntry{
		Codes:   e.texts("codes"),
		Verdict: BridgeVerdict(e.choice("verdict", string(Same), string(Recalculated), string(Broken))),
		Reason:  e.names("reason", false),
	}
	if e.has("was") {
		entry.Was = e.code("was")
		if len(entry.Codes) != 1 {
			e.wrong("was", fault.T("One former code cannot belong to several nodes."), fault.T("Give each moved node its own entry."))
		}
	}
	if entry.Verdict != Same && !e.has("reason") {
		e.wrong("reason", fault.T("A break needs its reason."), fault.T("Add the key %s.", "reason"))
	}
	for _, code := range entry.Codes {
		was := code
		if entry.Was != "" {
			was = entry.Was
		}
		switch _, twice := d.bridgeVerdict[code]; {
		case d.byCode[code] == nil:
			e.wrong("codes", fault.T("There is no node %q.", code), fault.T("Name nodes of this tree."))
		case twice:
			e.wrong("codes", fault.T("The node %q stands in two entries.", code), fault.T("Keep one of the two."))
		}
		d.bridgeVerdict[code] = Comparison{Verdict: entry.Verdict, Was: was, Reason: entry.Reason}
	}
	d.Bridge.Entries = append(d.Bridge.Entries, entry)
}

// spread carries breaks upward: a computed whole has changed when a part that counts has changed. It returns what
// holds for n.
func (d *Definition) spread(n *Node) Comparison {
	own, stated := d.bridgeVerdict[n.Code]
	if !stated {
		own = Comparison{Verdict: Same, Was: n.Code}
	}
	for _, p := range n.Parts {
		part := d.spread(p)
		if n.Mark != Exact || !p.Counts() || rank(part.Verdict) <= rank(own.Verdict) {
			continue
		}
		own.Verdict, own.Reason, own.Because = part.Verdict, part.Reason, p.Code
		if part.Because != "" {
			own.Because = part.Because
		}
	}
	d.bridgeVerdict[n.Code] = own
	return own
}

func rank(v BridgeVerdict) int {
	switch v {
	case Broken:
		return 2
	case Recalculated:
		return 1
	}
	return 0
}

// Compare tells whether a node compares with the former version of the index. An alternative composite compares when
// every node it weighs does.
func (d *Definition) Compare(code string) Comparison {
	if c, ok := d.bridgeVerdict[code]; ok {
		return c
	}
	out := Comparison{Verdict: Same, Was: code}
	for _, a := range d.Alternatives {
		if a.Code != code {
			continue
		}
		for _, t := range a.Weights {
			if c := d.bridgeVerdict[t.Code]; rank(c.Verdict) > rank(out.Verdict) {
				out = Comparison{Verdict: c.Verdict, Was: code, Reason: c.Reason, Because: t.Code}
			}
		}
	}
	return out
}
