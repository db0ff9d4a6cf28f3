package db

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
)

// bind turns Go values into the four kinds of value that both engines store alike: int64, float64, string, []byte.
// A zero time and a zero date are NULL.
func bind(args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, a := range args {
		v, err := bindOne(a)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func bindOne(a any) (any, error) {
	switch a := a.(type) {
	case nil:
		return nil, nil
	case string:
		return bindText(a)
	case []byte:
		if a == nil {
			return nil, nil
		}
		return a, nil
	case time.Time:
		if a.IsZero() {
			return nil, nil
		}
		return a.UnixMilli(), nil
	case clock.Date:
		if a.IsZero() {
			return nil, nil
		}
		return a.String(), nil
	case driver.Valuer:
		v, err := a.Value()
		if err != nil {
			return nil, err
		}
		return bindOne(v)
	}
	return bindKind(reflect.ValueOf(a))
}

// bindKind binds named types by what they are made of, and pointers by what they point to.
func bindKind(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return bindOne(v.Elem().Interface())
	case reflect.Bool:
		if v.Bool() {
			return int64(1), nil
		}
		return int64(0), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); !math.IsNaN(f) {
			return f, nil
		}
		return nil, fmt.Errorf("db: not a number cannot be stored: SQLite would keep it as missing")
	case reflect.String:
		return bindText(v.String())
	}
	return nil, fmt.Errorf("db: a %s cannot be a parameter", v.Type())
}

// bindText refuses what PostgreSQL would refuse and SQLite would keep.
func bindText(s string) (any, error) {
	if utf8.ValidString(s) && !strings.Contains(s, "\x00") {
		return s, nil
	}
	return nil, fault.New(fault.Invalid, "The text has bytes that are not characters. Save it as UTF-8 and send it again.")
}

// shape is how a struct type meets columns: the path of the field that bears each name.
type shape struct {
	paths map[string][]int
	names []string
}

var shapes sync.Map // reflect.Type → *shape

func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s := &shape{paths: map[string][]int{}}
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("db"); name != "" {
			s.paths[name] = f.Index
			s.names = append(s.names, name)
		}
	}
	shapes.Store(t, s)
	return s
}

// scanner prepares the reading of rows with these columns as T.
func scanner[T any](columns []string) (func(*sql.Rows) (T, error), error) {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Struct || isScalar(t) {
		if len(columns) != 1 {
			return nil, fmt.Errorf("db: %d columns for one %s", len(columns), t)
		}
		return func(rows *sql.Rows) (v T, err error) {
			err = rows.Scan(target(reflect.ValueOf(&v).Elem()))
			return v, err
		}, nil
	}
	s := shapeOf(t)
	for _, c := range columns {
		if s.paths[c] == nil {
			return nil, fmt.Errorf("db: %s has no field for the column %q", t, c)
		}
	}
	for _, name := range s.names {
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("db: no column for the field %q of %s", name, t)
		}
	}
	return func(rows *sql.Rows) (v T, err error) {
		row := reflect.ValueOf(&v).Elem()
		into := make([]any, len(columns))
		for i, c := range columns {
			into[i] = target(row.FieldByIndex(s.paths[c]))
		}
		err = rows.Scan(into...)
		return v, err
	}, nil
}

func isScalar(t reflect.Type) bool {
	return t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[clock.Date]() ||
		reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]())
}

// target gives what Scan writes into for a field.
func target(v reflect.Value) any {
	switch p := v.Addr().Interface().(type) {
	case *time.Time:
		return (*moment)(p)
	case *clock.Date:
		return (*date)(p)
	default:
		return p
	}
}

// moment reads milliseconds UTC; NULL is the zero time.
type moment time.Time

func (m *moment) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*m = moment{}
	case int64:
		*m = moment(time.UnixMilli(v).UTC())
	default:
		return fmt.Errorf("db: a %T is not a time in milliseconds", src)
	}
	return nil
}

// date reads ISO text; NULL is the zero date.
type date clock.Date

func (d *date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = date{}
		return nil
	case string:
		parsed, err := clock.ParseDate(v)
		*d = date(parsed)
		return err
	default:
		return fmt.Errorf("db: a %T is not an ISO date", src)
	}
}
