package job

import "time"

// Schedule gives the next time after a moment.
type Schedule func(after time.Time) time.Time

// VietnamTime is the only time zone of the schedules: UTC+7 all the year.
var VietnamTime = time.FixedZone("ICT", 7*60*60)

// Daily is every day at an hour and minute of Vietnam.
func Daily(hour, minute int) Schedule {
	return func(after time.Time) time.Time {
		y, m, d := after.In(VietnamTime).Date()
		next := time.Date(y, m, d, hour, minute, 0, 0, VietnamTime)
		if !next.After(after) {
			next = next.AddDate(0, 0, 1)
		}
		return next
	}
}

// Every is at whole multiples of a period since 1970, so that every machine means the same times.
func Every(period time.Duration) Schedule {
	return func(after time.Time) time.Time {
		ms := period.Milliseconds()
		return time.UnixMilli((after.UnixMilli()/ms + 1) * ms)
	}
}
