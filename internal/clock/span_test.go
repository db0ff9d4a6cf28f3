package clock

import "testing"

func TestSpan(t *testing.T) {
	day := MustDate
	begun := Span{From: day("2025-07-01")}
	former := Span{Known: day("2011-01-01"), To: day("2025-07-01")}
	tests := []struct {
		span         Span
		on           string
		holds, ended bool
	}{
		{begun, "2025-06-30", false, false},
		{begun, "2025-07-01", true, false},
		{begun, "2126-01-01", true, false},
		{former, "2010-12-31", false, false},
		{former, "2011-01-01", true, false},
		{former, "2025-06-30", true, false},
		{former, "2025-07-01", false, true},
	}
	for _, tt := range tests {
		if got := tt.span.Holds(day(tt.on)); got != tt.holds {
			t.Errorf("%v holds %s: %v", tt.span, tt.on, got)
		}
		if got := tt.span.Ended(day(tt.on)); got != tt.ended {
			t.Errorf("%v ended on %s: %v", tt.span, tt.on, got)
		}
	}
}
