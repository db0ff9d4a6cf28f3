package agency

import (
	"strings"

	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/sheet"
)

// The columns of a list of agencies, by the keys of their fields.
const (
	colName     = "name"
	colBloc     = "bloc"
	colPlace    = "place"
	colParent   = "parent"
	colSince    = "since"
	colLaw      = "law"
	colPost     = "post"
	colHead     = "head"
	colPerson   = "person"
	colCapacity = "capacity"
	colHeld     = "held"
	colHeldLaw  = "held_law"
)

// Fields are the columns of a list of agencies, their posts and who holds them: a line for each post and person.
var Fields = []sheet.Field{
	{Key: colName, Head: lang.Names{VI: "Tên cơ quan", EN: "Agency"}, Needed: true,
		Also: []string{"Cơ quan", "Đơn vị", "Tên đơn vị", "Cơ quan, đơn vị", "Tên cơ quan, đơn vị"}},
	{Key: colBloc, Head: lang.Names{VI: "Khối", EN: "Bloc"}, Also: []string{"Khối cơ quan", "Nhóm cơ quan"}},
	{Key: colPlace, Head: lang.Names{VI: "Mã đơn vị hành chính", EN: "Place code"}, Also: []string{"Mã ĐVHC", "Mã xã", "Mã địa bàn"}},
	{Key: colParent, Head: lang.Names{VI: "Cơ quan chủ quản", EN: "Parent agency"}, Also: []string{"Trực thuộc", "Đơn vị chủ quản", "Cơ quan cấp trên"}},
	{Key: colSince, Head: lang.Names{VI: "Thành lập từ ngày", EN: "Agency since"}, Also: []string{"Ngày thành lập", "Hoạt động từ ngày"}},
	{Key: colLaw, Head: lang.Names{VI: "Văn bản thành lập", EN: "Founding document"}, Also: []string{"Quyết định thành lập"}},
	{Key: colPost, Head: lang.Names{VI: "Chức vụ", EN: "Post"}, Also: []string{"Chức danh"}},
	{Key: colHead, Head: lang.Names{VI: "Là người đứng đầu", EN: "Is the head"}, Also: []string{"Đứng đầu"}},
	{Key: colPerson, Head: lang.Names{VI: "Họ và tên", EN: "Full name"}, Also: []string{"Họ tên", "Người giữ chức vụ", "Người đứng đầu", "Thủ trưởng"}},
	{Key: colCapacity, Head: lang.Names{VI: "Hình thức giữ chức vụ", EN: "Capacity"}, Also: []string{"Hình thức"}},
	{Key: colHeld, Head: lang.Names{VI: "Giữ chức vụ từ ngày", EN: "In post since"}, Also: []string{"Ngày bổ nhiệm", "Giữ chức từ ngày"}},
	{Key: colHeldLaw, Head: lang.Names{VI: "Quyết định bổ nhiệm", EN: "Appointment document"}, Also: []string{"Số quyết định bổ nhiệm"}},
}

// Template gives the list to fill in, in a language: a sheet of headings, and one that says how each column is written.
func Template(l lang.Lang) []sheet.Sheet {
	how := map[string]fault.Text{
		colName:     fault.T("The full name. Repeat it on a line for each post."),
		colBloc:     fault.T("Departments, Localities, Public-service units, Fatherland Front and mass organisations, or Party bodies; empty where the name says it."),
		colPlace:    fault.T("The code of the commune the agency serves; empty for the province's own."),
		colParent:   fault.T("The name of the agency it belongs to, of this list or on record."),
		colSince:    fault.T("Day/month/year; empty where it is not known."),
		colLaw:      fault.T("Number and day of the document."),
		colPost:     fault.T("The title, such as Director or Deputy Director."),
		colHead:     fault.T("Yes or no; empty: the first post of the agency that is no deputy's."),
		colPerson:   fault.T("Empty while nobody holds the post."),
		colCapacity: fault.T("Holder, Acting or In charge; empty for a holder."),
		colHeld:     fault.T("Day/month/year; empty where it is not known."),
		colHeldLaw:  fault.T("Number and day of the document."),
	}
	guide := [][]string{{lang.Translate(l, fault.T("Column")), lang.Translate(l, fault.T("How to fill it in"))}}
	for _, f := range Fields {
		guide = append(guide, []string{f.Head.In(l), lang.Translate(l, how[f.Key])})
	}
	return []sheet.Sheet{sheet.Template(lang.Translate(l, fault.T("Agencies")), l, Fields),
		{Name: lang.Translate(l, fault.T("How to fill it in")), Rows: guide}}
}

// word is the form in which a choice is compared: folded, without punctuation.
func word(s string) string {
	return strings.Join(strings.FieldsFunc(lang.Fold(s), func(r rune) bool { return strings.ContainsRune(" ,.;–/", r) }), " ")
}

// blocWords, capacityWords and yesWords are how people write the choices, beside their names.
var (
	blocWords = map[string]Bloc{"so nganh": Department, "so ban nganh": Department, "co quan chuyen mon": Department,
		"xa phuong": Locality, "cap xa": Locality, "don vi su nghiep cong lap": ServiceUnit, "mttq": Front, "doan the": Front, "dang": Party}
	capacityWords = map[string]Capacity{"bo nhiem": Holder, "bau": Holder, "phe chuan": Holder, "pt": InCharge, "q": Acting}
	yesWords      = map[string]bool{"co": true, "x": true, "yes": true, "1": true, "dung": true, "true": true,
		"khong": false, "no": false, "0": false, "false": false}
)

func parseBloc(s string) (Bloc, bool) {
	for _, b := range Blocs {
		if n := b.Names(); word(s) == word(n.VI) || word(s) == word(n.EN) {
			return b, true
		}
	}
	b, ok := blocWords[word(s)]
	return b, ok
}

func parseCapacity(s string) (Capacity, bool) {
	for _, c := range Capacities {
		if n := c.Names(); word(s) == word(n.VI) || word(s) == word(n.EN) {
			return c, true
		}
	}
	c, ok := capacityWords[word(s)]
	return c, ok
}

func parseYes(s string) (yes, ok bool) {
	yes, ok = yesWords[word(s)]
	return yes, ok
}
