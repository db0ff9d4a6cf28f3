package geo

import "thuoc/internal/lang"

// Archipelago is one of the two archipelagos of the East Sea. Both stand on every map output, with their name and the
// province that administers them, whatever boundary set is drawn.
type Archipelago struct {
	Name  lang.Names
	Code  string     // the administering province; the same code before and after 1 July 2025
	Owner lang.Names // its name, as the label gives it in brackets
	at    []Point    // main islands and reefs, degrees
}

// Archipelagos lists both, north to south. The positions are those of their main features to about a kilometre: they
// are drawn as dots, never as areas.
var Archipelagos = []Archipelago{
	{
		Name:  lang.Names{VI: "Quần đảo Hoàng Sa", EN: "Hoàng Sa Archipelago"},
		Code:  "48",
		Owner: lang.Names{VI: "thành phố Đà Nẵng", EN: "Đà Nẵng City"},
		at: []Point{
			{112.33, 16.83}, {112.34, 16.98}, {112.27, 16.95}, {112.73, 16.67}, {112.55, 16.34}, {111.61, 16.53}, {111.60, 16.45},
			{111.69, 16.50}, {111.74, 16.45}, {111.51, 16.05}, {111.20, 15.78}, {111.50, 17.10}, {111.77, 16.20}, {112.52, 16.05},
		},
	},
	{
		Name:  lang.Names{VI: "Quần đảo Trường Sa", EN: "Trường Sa Archipelago"},
		Code:  "56",
		Owner: lang.Names{VI: "tỉnh Khánh Hòa", EN: "Khánh Hòa Province"},
		at: []Point{
			{111.92, 8.64}, {112.22, 8.86}, {111.67, 8.67}, {112.91, 7.88}, {113.30, 8.18}, {112.83, 8.85}, {113.70, 8.97}, {113.98, 8.81},
			{114.09, 8.91}, {114.33, 9.89}, {114.32, 9.72}, {114.37, 10.18}, {114.37, 10.38}, {114.48, 10.38}, {114.59, 10.41},
			{114.42, 10.67}, {114.28, 11.05}, {114.33, 11.43}, {114.35, 11.45}, {114.30, 11.39}, {115.80, 10.73}, {115.82, 10.82},
			{115.03, 11.08}, {115.53, 9.90}, {112.98, 9.55}, {112.89, 9.62}, {114.70, 9.33}, {115.00, 8.12}, {113.85, 7.63}, {116.15, 9.19},
		},
	},
}

// holds tells whether a position lies in the archipelago's part of the sea, which every wide sheet shows.
func (a Archipelago) holds(p Point) bool {
	return offshore(p) && p.X < wide.east && p.Y > wide.south+0.2 && p.Y < 18 && (p.Y > 14) == (a.Code == "48")
}

// offshore tells parts that belong to an archipelago from the mainland and its near islands: the mainland's eastern
// end, Mũi Điện, and the islands of Phú Quý and Côn Đảo lie west of 109.5° E.
func offshore(p Point) bool { return p.X > 109.5 }
