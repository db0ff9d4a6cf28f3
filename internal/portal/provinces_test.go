package portal

import (
	"strings"
	"testing"

	"thuoc/internal/ui/htmlcheck"
)

// TestTraVinh: the page of 2022 shows the score, its published interval under its true level and the proper one, the
// range of ranks, that the group is uncertain and how much, what that rests on, and the heir.
func TestTraVinh(t *testing.T) {
	for address, words := range map[string][]string{
		"/ho-so/tra-vinh?nam=2022": {"40,72", "công bố 40,7172", "39,41–42,02", "in là 95%, thật là 90%", "39,16–42,27", "11–61", "trên 61, mức 95%",
			"chưa chắc", "47%", "Giả định: 3 tỉnh không có sai số dùng được", "Từ 01/07/2025 là một phần của Tỉnh Vĩnh Long"},
		"/en/profiles/tra-vinh?nam=2022": {"40.72", "published 40.7172", "39.41–42.02", "printed as 95%, truly 90%", "39.16–42.27", "11–61", "of 61, at 95%",
			"uncertain", "47%", "An assumption: 3 provinces carry no usable error", "Since 1 July 2025 part of Vinh Long"},
	} {
		d := page200(t, address)
		for _, word := range words {
			if err := d.Has("main", word); err != nil {
				t.Errorf("%s: %v", address, err)
			}
		}
		if n := len(d.All(".stats .grp.unsure")); n != 1 {
			t.Errorf("%s: %d hatched groups in the head", address, n)
		}
	}
}

// TestHaNoi: the published changes from 2019 to 2020, as the publisher's mark and not as a tested change.
func TestHaNoi(t *testing.T) {
	d := page200(t, "/ho-so/ha-noi?nam=2020")
	marks := map[string]string{}
	for _, row := range htmlcheck.Within(d.All("#tung-noi-dung")[0], "tbody tr") {
		name := htmlcheck.Text(htmlcheck.Within(row, "th")[0])
		for _, five := range htmlcheck.Within(row, ".five") {
			marks[name[:1]] = htmlcheck.Text(five)
		}
	}
	for dim, want := range map[string]string{"7": "+8,86%", "4": "+7,70%", "3": "+5,19%", "2": "+5,16%"} {
		if got := marks[dim]; !strings.HasPrefix(got, want) || !strings.Contains(got, "mốc 5% của PAPI") {
			t.Errorf("D%s is marked %q, published %s", dim, got, want)
		}
	}
	if marks["6"] != "" {
		t.Errorf("D6, at −3.2 %%, is marked %q", marks["6"])
	}
	if n := len(d.All(".delta.up")) + len(d.All(".delta.down")); n != 0 {
		t.Errorf("%d changes carry an arrow although no error of 2020 is known", n)
	}
}

// TestMyHao: a former town is found without marks, with where it was and what became of it.
func TestMyHao(t *testing.T) {
	for _, q := range []string{"my+hao", "M%E1%BB%B9+H%C3%A0o", "thi+xa+my+hao", "MY+HAO"} {
		d := page200(t, "/tim-kiem?q="+q)
		for _, word := range []string{"Thị xã Mỹ Hào", "Hưng Yên", "đến 30/06/2025", "nay là", "Phường Mỹ Hào", "Phường Thượng Hồng"} {
			if err := d.Has(".hits li", word); err != nil {
				t.Errorf("%s: %v", q, err)
			}
		}
	}
}

// TestJoined: a joined value is called ours, names its weights, and is refused in words where a part has no score.
func TestJoined(t *testing.T) {
	d := page200(t, "/tinh/vinh-long?nam=2022")
	for _, word := range []string{"không phải của UNDP", "2020", "Bến Tre", "Trà Vinh"} {
		if err := d.Has("main", word); err != nil {
			t.Error(err)
		}
	}
	d = page200(t, "/tinh/bac-ninh?nam=2022")
	if err := d.Has(".note", "Bắc Giang"); err != nil {
		t.Error(err)
	}
	if len(d.All("dl.stats")) > 0 {
		t.Error("a value stands where the joining is refused")
	}
}
