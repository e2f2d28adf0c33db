package telemetry

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

var (
	poolConnections = prometheus.NewDesc("msia_db_pool_connections", "Connections to the database.", []string{"pool", "state"}, nil)
	poolSize        = prometheus.NewDesc("msia_db_pool_size", "How many connections there may be.", []string{"pool"}, nil)
	poolWaits       = prometheus.NewDesc("msia_db_pool_waits_total", "How often all connections were in use.", []string{"pool"}, nil)
	poolWaited      = prometheus.NewDesc("msia_db_pool_wait_seconds_total", "Time waited for a connection.", []string{"pool"}, nil)
)

// Pools shows the state of connection pools, by their names.
type Pools map[string]*pgxpool.Pool

// Describe tells which metrics there are.
func (Pools) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{poolConnections, poolSize, poolWaits, poolWaited} {
		out <- d
	}
}

// Collect reads them.
func (p Pools) Collect(out chan<- prometheus.Metric) {
	for name, pool := range p {
		s := pool.Stat()
		gauge := func(d *prometheus.Desc, v float64, labels ...string) {
			out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
		}
		gauge(poolConnections, float64(s.AcquiredConns()), name, "busy")
		gauge(poolConnections, float64(s.IdleConns()), name, "idle")
		gauge(poolSize, float64(s.MaxConns()), name)
		out <- prometheus.MustNewConstMetric(poolWaits, prometheus.CounterValue, float64(s.EmptyAcquireCount()), name)
		out <- prometheus.MustNewConstMetric(poolWaited, prometheus.CounterValue, s.EmptyAcquireWaitTime().Seconds(), name)
	}
}
