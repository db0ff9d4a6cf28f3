package geo

import (
	"encoding/json"
	"fmt"
	"sync"
)

// Tile is one unit of a tile map: every province the same size, neighbours kept as far as a grid allows.
type Tile struct {
	Code string `json:"code"`
	Abbr string `json:"abbr"` // at most four letters
	Name string `json:"name"`
	Col  int    `json:"c"`
	Row  int    `json:"r"`
}

// Tiles is a tile map. Its two last tiles are the archipelagos.
type Tiles struct {
	Frame        Frame
	Cols, Rows   int
	Units        []Tile
	Archipelagos []Tile // in the order of the variable Archipelagos; Code is the administering province
}

// TilesOf gives the tile map of a frame: own work, CC0.
func TilesOf(f Frame) *Tiles { return tiles[f]() }

var tiles = map[Frame]func() *Tiles{
	Former:  sync.OnceValue(func() *Tiles { return mustTiles(Former, "vn-63-tiles.json") }),
	Present: sync.OnceValue(func() *Tiles { return mustTiles(Present, "vn-34-tiles.json") }),
}

func mustTiles(f Frame, file string) *Tiles {
	data, err := shipped.ReadFile("sets/" + file)
	if err != nil {
		panic(err)
	}
	var raw struct {
		Cols  int    `json:"cols"`
		Rows  int    `json:"rows"`
		Tiles []Tile `json:"tiles"`
		Quan  []Tile `json:"quan_dao"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		panic(fmt.Sprintf("geo: the shipped tile map %s is broken: %v", file, err))
	}
	return &Tiles{Frame: f, Cols: raw.Cols, Rows: raw.Rows, Units: raw.Tiles, Archipelagos: raw.Quan}
}
