package e2e

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"thuoc/internal/gazetteer"
	"thuoc/test/program"
)

// TestApp works a real house in a browser: every flow without scripts, and what needs scripts with them.
func TestApp(t *testing.T) {
	axeLibrary(t)
	h := foundHouse(t)
	t.Run("people", h.people)
	t.Run("editions", h.editions)
	t.Run("places", h.places)
	t.Run("draft", h.draft)
	t.Run("passkey", h.passkey)
	t.Run("weight", h.weight)
}

// unscripted is a person who forbids scripts.
func (h *appHouse) unscripted(t *testing.T, login string) *reader {
	t.Helper()
	r := h.reader(t)
	r.must(r.scripts(false))
	if login != "" {
		r.signsIn(login, program.Password)
	}
	return r
}

// people: an account from the invitation to its end, without scripts.
func (h *appHouse) people(t *testing.T) {
	admin, guest := h.unscripted(t, administrator), h.unscripted(t, "")
	admin.goes("/app/nguoi-dung/moi")
	admin.sends()
	admin.shows("cần sửa") // an empty form is answered with every fault
	admin.fills("name", "Lê Thị Đào")
	admin.fills("email", newcomer)
	admin.sends()
	user := admin.at()
	link, err := url.Parse(admin.given())
	admin.must(err)

	guest.goes(link.Path)
	guest.shows("Lê Thị Đào")
	guest.fills("password", "bốn con vịt đi qua cầu")
	guest.sends()
	guest.signsIn(newcomer, "bốn con vịt đi qua cầu")
	guest.shows("Chưa được giao vai")

	admin.goes(user + "/giao-vai")
	admin.fills("role", "commune_official")
	admin.fills("where", "phường Mỹ Hào")
	admin.sends()
	admin.shows("Mỹ Hào")
	guest.goes("/app/viec-cua-toi")
	guest.shows("Mỹ Hào")

	guest.goes("/app/tai-khoan/mat-khau")
	guest.fills("before", "bốn con vịt đi qua cầu")
	guest.fills("password", program.Password)
	guest.sends()
	guest.goes("/app/tai-khoan")
	guest.signsOut()
	guest.signsIn(newcomer, program.Password)

	admin.goes(user)
	admin.acts("/khoa")
	guest.goes("/app/viec-cua-toi")
	if !strings.HasPrefix(guest.at(), "/app/dang-nhap") {
		t.Errorf("who is blocked is at %s", guest.at())
	}
	admin.acts("/mo-khoa")
	guest.signsIn(newcomer, program.Password)

	other, err := h.invited("analyst", "Người Sẽ Quên", "quen@tinh.example")
	admin.must(err)
	guest.goes(other)
	guest.fills("password", program.Password)
	guest.sends()
	admin.goes("/app/nguoi-dung?q=quen")
	admin.follows(`main a[href^="/app/nguoi-dung/0"]`)
	admin.shows("Người Sẽ Quên")
	erased := admin.at()
	admin.follows(`main a[href$="/xoa"]`)
	admin.sends()
	admin.shows("Chưa xác nhận")
	admin.ticks("confirm", "")
	admin.sends()
	admin.goes(erased)
	if strings.Contains(admin.reads(), "Người Sẽ Quên") {
		t.Error("the name of an erased account is still shown")
	}
	admin.untroubled()
	guest.untroubled()
}

// editions: published figures become a run, the run an edition, and the edition public by two people, without scripts.
func (h *appHouse) editions(t *testing.T) {
	one, two := h.unscripted(t, analyst), h.unscripted(t, chair)
	one.goes("/app/lan-tinh/so-da-cong-bo")
	one.fills("year", "2022")
	one.sends()
	one.follows(`main a[href$="/dong-bang"]`)
	one.sends()
	edition := one.at()
	if !strings.HasPrefix(edition, "/app/an-ban/") {
		t.Fatalf("nothing was frozen: %s: %s", edition, one.reads())
	}
	one.goes(edition + "/cong-bo")
	if !strings.Contains(one.reads(), "Chưa có quyền") {
		t.Errorf("who froze it may publish it: %s", one.reads())
	}
	two.goes(edition + "/khac-biet")
	two.goes(edition + "/tham-dinh")
	two.ticks("verdict", "approve")
	two.fills("note", "Đã đối chiếu với số đã công bố.")
	two.sends()
	two.follows(`main a[href$="/cong-bo"]`)
	two.sends()
	two.shows("Công khai")
	one.goes("/app/lan-tinh/so-da-cong-bo")
	one.fills("year", "2023")
	one.sends()
	two.untroubled()
}

// places: Mỹ Hào of 2021 is found with its heirs; one of them is to have another name, which a second person reviews.
func (h *appHouse) places(t *testing.T) {
	r := h.unscripted(t, analyst)
	r.goes("/app/dia-danh?q=my+hao&ngay=2021-02-19")
	r.shows("Mỹ Hào")
	r.follows(`main table a`)
	r.shows("Thị xã Mỹ Hào", "Hưng Yên", "30/06/2025")
	for _, heir := range gazetteer.Heirs(townNamed(t, "Mỹ Hào"), gazetteer.Merger) {
		r.shows(heir.Place.Name.VI)
	}
	r.goes("/app/dia-danh?q=phuong+my+hao")
	r.follows(`main table a`)
	r.follows(`main a[href$="/de-nghi/rename"]`)
	r.sends()
	r.shows("cần sửa")
	r.fills("since", "2030-01-01")
	r.fills("law", "Nghị quyết 1/2029/UBTVQH")
	r.fills("name", "Mỹ Hào Mới")
	r.sends()
	change := r.at()
	r.shows("Mỹ Hào Mới")
	other := h.unscripted(t, chair)
	other.goes(change + "/tham-dinh")
	other.ticks("verdict", "")
	other.sends()
	other.shows("Mỹ Hào Mới")
	r.untroubled()
}

// draft: what somebody wrote outlives their session.
func (h *appHouse) draft(t *testing.T) {
	r, elsewhere := h.person(t, administrator), h.person(t, administrator)
	r.goes("/app/nguoi-dung/moi")
	r.fills("name", "Vũ Viết Dở")
	r.waits(`document.querySelector("form.entry .saved").textContent !== ""`)
	elsewhere.goes("/app/tai-khoan")
	elsewhere.acts("/phien/ket-thuc-khac")
	r.fills("email", "viet.do@tinh.example")
	r.sends()
	r.shows("được giữ")
	r.signsIn(administrator, program.Password)
	kept, err := ask[[]string](r.tab, `["name", "email"].map(n => document.querySelector("form.entry [name=" + n + "]").value)`)
	r.must(err)
	if got := strings.Join(kept, " "); got != "Vũ Viết Dở viet.do@tinh.example" {
		t.Errorf("of what was written there is %q left", got)
	}
	r.acts("/nhap/bo")
	r.untroubled()
}

// passkey: one is made on the page of one's own account, and signs in without a password.
func (h *appHouse) passkey(t *testing.T) {
	r := h.person(t, analyst)
	r.must(discard(chromedp.Call(r.ctx, webauthn.Enable, webauthn.EnableParams{})))
	r.must(discard(chromedp.Call(r.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true,
		HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})))
	r.goes("/app/tai-khoan")
	r.does(`document.querySelector("form.passkey [name=label]").value = "Điện thoại của tôi"`)
	r.answered(`form.passkey button`)
	r.shows("Điện thoại của tôi")
	r.signsOut()
	r.goes("/app/dang-nhap")
	r.answered(`form.passkey button`)
	if r.at() != "/app/viec-cua-toi" {
		t.Errorf("the passkey leads to %s: %s", r.at(), r.reads())
	}
	r.untroubled()
}

// appBytes is what the first working page may weigh on the wire, in bytes, headers included.
const appBytes = 75_000

func (h *appHouse) weight(t *testing.T) {
	cookie := h.person(t, administrator)
	for _, path := range []string{"/app/viec-cua-toi", "/app/nguoi-dung", "/app/nhat-ky", "/app/he-thong", "/app/an-ban", "/app/dia-danh", "/app/tai-khoan"} {
		cookie.must(cookie.emptyCache())
		cookie.goes(path)
		total, each := cookie.tab.weight()
		t.Logf("%s: %d bytes", path, total)
		if total > appBytes {
			t.Errorf("%s weighs %d bytes, over %d: %s", path, total, appBytes, listed(each))
		}
	}
}
