package portal

import (
	"testing"
)

// TestTraVinh: the page shows the score, its published interval under its true level, the range of ranks, that the group
// is uncertain, and the heir.
func TestTraVinh(t *testing.T) {
	for address, words := range map[string][]string{
		"/ho-so/tra-vinh?nam=2022":       {"40,72", "40,7172", "39,41–42,02", "in là 95%, thật là 90%", "39,16–42,27", "11–61", "chưa chắc", "Tỉnh Vĩnh Long"},
		"/en/profiles/tra-vinh?nam=2022": {"40.72", "40.7172", "39.41–42.02", "printed as 95%, truly 90%", "39.16–42.27", "11–61", "uncertain", "Vinh Long"},
	} {
		d := page200(t, address)
		for _, word := range words {
			if err := d.Has("main", word); err != nil {
				t.Errorf("%s: %v", address, err)
			}
		}
	}
}

// TestHaNoi: the published changes from 2019 to 2020, as the publisher's mark and not as a tested change.
func TestHaNoi(t *testing.T) {
	d := page200(t, "/ho-so/ha-noi?nam=2020")
	for _, word := range []string{"+8,86%", "+7,70%", "+5,19%", "+5,16%"} {
		if err := d.Has(".five", word); err != nil {
			t.Error(err)
		}
	}
	if n := len(d.All(".delta.up")) + len(d.All(".delta.down")); n != 0 {
		t.Errorf("%d changes carry an arrow although no error of 2020 is known", n)
	}
}

// TestMyHao: a former town is found without marks, with where it was and what became of it.
func TestMyHao(t *testing.T) {
	for _, q := range []string{"my+hao", "M%E1%BB%B9+H%C3%A0o", "thi+xa+my+hao"} {
		d := page200(t, "/tim-kiem?q="+q)
		for _, word := range []string{"Thị xã Mỹ Hào", "Hưng Yên", "đến 30/06/2025", "nay là", "Phường Mỹ Hào"} {
			if err := d.Has(".hits li", word); err != nil {
				t.Errorf("%s: %v", q, err)
			}
		}
	}
}
