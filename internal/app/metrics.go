package app

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"thuoc/internal/db"
	"thuoc/internal/job"
)

// meters measures the program for Prometheus. Nothing in it is of a person: requests are counted by door and status.
type meters struct {
	http.Handler
	took *prometheus.HistogramVec
	work prometheus.Gauge
}

// newMeters makes the registry of a program.
func newMeters(a *App) *meters {
	r := prometheus.NewRegistry()
	m := &meters{
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "thuoc_request_seconds", Help: "Time from a request to the end of its answer, by door and status class.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .15, .25, .5, 1, 2.5, 10},
		}, []string{"door", "status"}),
		work: prometheus.NewGauge(prometheus.GaugeOpts{Name: "thuoc_requests_at_work", Help: "Requests being worked on."}),
	}
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(), m.took, m.work, houseMeter{a})
	m.Handler = promhttp.HandlerFor(r, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
	return m
}

// counted measures what passes.
func (m *meters) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.work.Inc()
		defer m.work.Dec()
		start := time.Now()
		s := &statusSeen{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			m.took.WithLabelValues(doorOf(r.URL.Path), strconv.Itoa(s.status/100)+"xx").Observe(time.Since(start).Seconds())
		}()
		next.ServeHTTP(s, r)
	})
}

// statusSeen remembers the status of an answer.
type statusSeen struct {
	http.ResponseWriter
	status int
}

func (s *statusSeen) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap gives http.ResponseController the answer beneath.
func (s *statusSeen) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// houseMeter reads the state of the house when it is asked.
type houseMeter struct{ app *App }

var (
	metricReady    = describe("thuoc_ready", "Whether a part of the program works (1) or not (0).", "part")
	metricJobs     = describe("thuoc_jobs", "Jobs by state.", "state")
	metricOldest   = describe("thuoc_job_oldest_seconds", "How long the longest waiting job has been due.")
	metricTx       = describe("thuoc_db_transactions_total", "Transactions by kind.", "kind")
	metricTxTime   = describe("thuoc_db_seconds_total", "Time spent in transactions by kind.", "kind")
	metricRefused  = describe("thuoc_db_busy_total", "Updates refused because the database could not take them.")
	metricOverlong = describe("thuoc_db_overlong_total", "Updates that took more than 250 ms.")
	metricBackup   = describe("thuoc_backup_age_seconds", "Age of the newest backup.")
	metricLog      = describe("thuoc_db_log_bytes", "Bytes of SQLite's log not yet written back.")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe names no metric ahead, because there are none of a house that is away.
func (houseMeter) Describe(chan<- *prometheus.Desc) {}

// Collect reads the state.
func (m houseMeter) Collect(out chan<- prometheus.Metric) {
	ctx, stop := context.WithTimeout(context.Background(), readyTime)
	defer stop()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, part := range m.app.readiness(ctx) {
		works := 1.0
		if part.err != nil {
			works = 0
		}
		gauge(metricReady, works, part.part)
	}
	if m.app.keeper == nil {
		return
	}
	h := m.app.keeper.house.Load()
	if h == nil {
		return
	}
	collectDatabase(h.DB.Stats(), out)
	if all, err := Backups(h.config.Backups); err == nil && len(all) > 0 {
		if made, err := madeAt(all[len(all)-1]); err == nil {
			gauge(metricBackup, h.config.Now().Sub(made).Seconds())
		}
	}
	var state job.State
	if err := h.DB.View(ctx, func(q *db.Q) (err error) {
		state, err = job.Look(ctx, q)
		return err
	}); err != nil {
		return
	}
	gauge(metricJobs, float64(state.Waiting), "waiting")
	gauge(metricJobs, float64(state.Running), "running")
	gauge(metricJobs, float64(state.Later), "later")
	gauge(metricJobs, float64(state.Dead), "dead")
	if !state.Oldest.IsZero() {
		gauge(metricOldest, h.config.Now().Sub(state.Oldest).Seconds())
	}
}

func collectDatabase(s db.Stats, out chan<- prometheus.Metric) {
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	counter(metricTx, float64(s.Views), "view")
	counter(metricTx, float64(s.Updates), "update")
	counter(metricTxTime, s.Viewing.Seconds(), "view")
	counter(metricTxTime, s.Updating.Seconds(), "update")
	counter(metricRefused, float64(s.Busy))
	counter(metricOverlong, float64(s.Overlong))
	out <- prometheus.MustNewConstMetric(metricLog, prometheus.GaugeValue, float64(s.LogBytes))
}
