package published

import (
	"slices"
	"strings"

	"thuoc/internal/lang"
)

// Source is where figures were taken from.
type Source struct {
	Key     string
	Title   lang.Names
	Address string // repositories, with the commit, and pages; several are separated by " ; "
}

// Sources lists every source a figure, a sample or a remark names.
func Sources() []Source { return slices.Clone(sources) }

// SourceOf finds a source by its key. A key may carry a part of the source after "#", as "S1#2022" does for the sheet
// of a year.
func SourceOf(key string) (Source, bool) {
	whole, _, _ := strings.Cut(key, "#")
	i := slices.IndexFunc(sources, func(s Source) bool { return s.Key == whole })
	if i < 0 {
		return Source{}, false
	}
	return sources[i], true
}

// sources: S1 to S5 hold the figures, all copies of the files of papi.org.vn; R1 and R2 are the press on withheld
// provinces; the others hold samples, groups, national figures and the reading of codes.
var sources = []Source{
	{"S1", lang.Names{VI: "Bảng chỉ tiêu cấp tỉnh của papi.org.vn, bản sao", EN: "Provincial indicator workbooks of papi.org.vn, a copy"},
		"github.com/HungNT1st/CS571_Project @7d6415f data/PAPI-2015-2023(eng).xlsm ; data/PAPI-2015-2023.xlsm"},
	{"S2", lang.Names{VI: "Dữ liệu của papi.org.vn 2011–2020, bản sao, từ 2015 hai chữ số thập phân", EN: "Data of papi.org.vn 2011–2020, a copy, two decimals from 2015"},
		"github.com/nasibo/vietnam_paper @5d27894 data/papi_2011.csv … papi_2020.csv"},
	{"S3", lang.Names{VI: "Bảng tính 2011–2016 của papi.org.vn, bản sao", EN: "Workbook 2011–2016 of papi.org.vn, a copy"},
		"github.com/mdtrinh/vietnamdata @be581b8 data-raw/PAPI/PAPI_2011-2016.xlsx"},
	{"S4", lang.Names{VI: "Điểm nội dung thành phần 2011–2024, đủ chữ số, bản sao", EN: "Sub-dimension scores 2011–2024 at full precision, a copy"},
		"github.com/hnks-gh/ml-mcdm @d165721 data/csv/2011.csv … 2024.csv"},
	{"S5", lang.Names{VI: "Điểm chỉ số nội dung và điểm tổng hợp đọc từ bảng tính chính thức", EN: "Dimension scores and composite read from the official workbooks"},
		"github.com/tunah72/papi-dashboard @2e42ab89 data/processed/agg_province_year.csv"},
	{"S6", lang.Names{VI: "Bản tin cải cách hành chính, thành phố Nha Trang", EN: "Administrative reform bulletin of the city of Nha Trang"},
		"https://nhatrang.khanhhoa.gov.vn/vi/ban-tin-cai-cach-hanh-chinh/chi-so-hieu-qua-quan-tri-va-hanh-chinh-cong-cap-tinh-nam-2023-cua-tinh-khanh-hoa-dung-thu-16-61-tinh-thanh-pho"},
	{"S7", lang.Names{VI: "Báo cáo PAPI 2022, tiếng Việt, trang 108", EN: "PAPI 2022 report, in Vietnamese, page 108"},
		"https://fliphtml5.com/vfkvv/ojkr/"},
	{"S8", lang.Names{VI: "Hanoi Times về PAPI 2023", EN: "Hanoi Times on PAPI 2023"},
		"https://m.hanoitimes.vn/thua-thien-hue-province-tops-nationwide-in-public-administration-2023-papi-report-326500.html"},
	{"S9", lang.Names{VI: "Bài về PAPI 2021 trên susta.vn", EN: "An article on PAPI 2021 at susta.vn"},
		"https://susta.vn/da-chieu/chi-so-papi-2021-22085"},
	{"S10", lang.Names{VI: "Công bố PAPI 2023: VietnamPlus và papi.org.vn", EN: "Launch of PAPI 2023: VietnamPlus and papi.org.vn"},
		"https://en.vietnamplus.vn/2023-papi-announced/283917.vnp ; https://papi.org.vn/eng/papi-2023-many-positive-changes/"},
	{"S11", lang.Names{VI: "Bài về PAPI 2023 trên chatluongvacuocsong.vn", EN: "An article on PAPI 2023 at chatluongvacuocsong.vn"},
		"https://chatluongvacuocsong.vn/amp/thua-thien-hue-co-chi-so-hieu-qua-quan-tri-va-hanh-chinh-cong-cao-nhat-nam-2023-d119412.html"},
	{"S12", lang.Names{VI: "Trang của tỉnh Lào Cai về PAPI 2020", EN: "Page of Lào Cai province on PAPI 2020"},
		"https://ddcilaocai.vn/tin-tuc/cai-thien-nang-cao-chi-so-hieu-qua-quan-tri-va-hanh-chinh-cong-cap-tinh-papi-cua-tinh-lao-cai-nam-2020/"},
	{"S13", lang.Names{VI: "Tin của VNS về PAPI 2020", EN: "VNS text on PAPI 2020"},
		"https://www.vietmaz.com/2021/04/quang-ninh-provine-tops-public-administration-performance-index/"},
	{"S14", lang.Names{VI: "UNDP: báo cáo PAPI 2020", EN: "UNDP: PAPI 2020 report"},
		"https://www.undp.org/vietnam/publications/papi2020"},
	{"S15", lang.Names{VI: "Báo Nghệ An về PAPI 2022", EN: "Báo Nghệ An on PAPI 2022"},
		"https://baonghean.vn/nghe-an-ranks-17th-on-viet-nam-provincial-governance-and-public-administration-performance-index-papi-post268182.html"},
	{"S16", lang.Names{VI: "Thông cáo của UNDP về PAPI 2023 và bản tóm tắt trên trang Hưng Yên", EN: "UNDP press release on PAPI 2023 and a summary on a page of Hưng Yên"},
		"https://www.undp.org/vietnam/press-releases/2023-papi-shows-progress-citizen-perceptions-local-anti-corruption-efforts-and-e-governance-amid-concerns-transparency-and ; https://haitrieu.tienlu.hungyen.gov.vn/tom-tat-bao-cao-chi-so-papi-2023-o-viet-nam-c272.html"},
	{"S17", lang.Names{VI: "Thông cáo của UNDP về PAPI 2024", EN: "UNDP press release on PAPI 2024"},
		"https://www.undp.org/vietnam/press-releases/new-papi-report-government-reforms-offer-historic-opportunity-enhance-local-governance-all"},
	{"S18", lang.Names{VI: "Ghi chú về các tệp 2011–2024 trong papi-dashboard", EN: "Notes on the files 2011–2024 in papi-dashboard"},
		"github.com/tunah72/papi-dashboard docs"},
	{"S19", lang.Names{VI: "papi.org.vn: cách chọn người trả lời", EN: "papi.org.vn: how respondents are chosen"},
		"https://papi.org.vn/eng/hoi-dap/?title=papi-chon-nguoi-tra-loi-phong-van-nhu-the-nao ; https://papi.org.vn/hoi-dap/?title=papi-chon-nguoi-tra-loi-phong-van-nhu-the-nao"},
	{"S20", lang.Names{VI: "UNDP: báo cáo PAPI 2010", EN: "UNDP: PAPI 2010 report"},
		"http://www.vn.undp.org/content/vietnam/en/home" +
			"/library/democratic_governance/the-viet-nam-provincial-governance-and-public-administration-per.html"},
	{"S21", lang.Names{VI: "VietnamPlus về PAPI 2014", EN: "VietnamPlus on PAPI 2014"},
		"https://betaen.vietnamplus.vn/papi-2014-red-river-delta-results-discussed-post74874.vnp"},
	{"S22", lang.Names{VI: "papi.org.vn: hồ sơ Hà Tĩnh 2015; trang tỉnh Đắk Nông về PAPI 2016", EN: "papi.org.vn: profile of Hà Tĩnh 2015; page of Đắk Nông on PAPI 2016"},
		"http://papi.org.vn/eng/by-province?tinh=ha-tinh&y=2015 ; http://daknong.gov.vn/web/dak-nong-english/economic-news/-/view_content/2064439-2016-papi-index-of-daknong-province-stands-first-in-the-highlands-center-ar-2.html"},
	{"S23", lang.Names{VI: "papi.org.vn: tin về PAPI 2018", EN: "papi.org.vn: news on PAPI 2018"},
		"http://origin.papi.org.vn/tin-tuc-moi-nhat"},
	{"S24", lang.Names{VI: "Báo cáo PAPI 2017, trang 72", EN: "PAPI 2017 report, page 72"},
		"https://fliphtml5.com/vfkvv/vxer/THE_2017_PAPI_REPORT/72"},
	{"S25", lang.Names{VI: "Nghị quyết 202/2025/QH15: tỉnh trước và sau sắp xếp", EN: "Resolution 202/2025/QH15: provinces before and after the merger"}, ""},
	{"S26", lang.Names{VI: "Mã tỉnh của PAPI", EN: "Province codes of PAPI"},
		"github.com/LaDilettante/vietnamcode @7330509 data/vietnamcode_data.csv"},
	{"S27", lang.Names{VI: "Tính toán của sản phẩm trên S1 (bình phương tối thiểu theo tỉnh), không phải công thức đã công bố", EN: "Own fit on S1 (least squares across provinces), not a published formula"}, ""},
	{"S28", lang.Names{VI: "Báo cáo PAPI 2023, bảng 3.6", EN: "PAPI 2023 report, table 3.6"},
		"https://fliphtml5.com/vfkvv/ipje/2023_PAPI_REPORT/103"},
	{"R1", lang.Names{VI: "Báo chí về các tỉnh không có kết quả năm 2022", EN: "Press on the provinces without a result of 2022"},
		"https://thitruongbiz.vn/quang-ninh-dan-dau-ve-hieu-qua-quan-tri-va-hanh-chinh-cong-cap-tinh-10955.html"},
	{"R2", lang.Names{VI: "Báo chí về các tỉnh không có kết quả năm 2023", EN: "Press on the provinces without a result of 2023"},
		"https://baohomnay.com/Kinh-te/Dong-Nai-chua-the-cai-thien-xep-hang-Chi-so-PAPI-nam-2023-4493908.html"},
}
