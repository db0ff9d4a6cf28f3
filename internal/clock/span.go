package clock

// Span is a run of days, From its first and To the day after its last. A zero To is open: it goes on.
//
// A zero From means that the start is not known; Known is then the earliest day of which there is a record, and the
// days before it are neither in the span nor outside it, as far as anybody here knows.
type Span struct {
	From, Known, To Date
}

// Start is the first day of which the span speaks: From, or Known where the start is not known.
func (s Span) Start() Date {
	if s.From.IsZero() {
		return s.Known
	}
	return s.From
}

// Holds tells whether a day is known to be in the span.
func (s Span) Holds(d Date) bool { return !d.Before(s.Start()) && (s.To.IsZero() || d.Before(s.To)) }

// Ended tells whether the span was over on a day.
func (s Span) Ended(d Date) bool { return !s.To.IsZero() && !d.Before(s.To) }
