package api

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/msia/msia/gen/oas"
)

// System serves the tag System.
type System struct {
	version string
	checks  []Check
	// stopping is set when the process was told to stop: a balancer has to look
	// elsewhere while the last requests are answered.
	stopping *atomic.Bool
}

// Check tells whether one dependency works.
type Check struct {
	Name string
	// Optional: the service does without, so it stays ready.
	Optional bool
	// Run returns nil when it does. The error's text is shown: nothing secret.
	Run func(ctx context.Context) error
}

// checkTimeout bounds one readiness check.
const checkTimeout = 2 * time.Second

// GetHealth says that the process is alive.
func (h *System) GetHealth(context.Context, oas.GetHealthRequestObject) (oas.GetHealthResponseObject, error) {
	return oas.GetHealth200JSONResponse{Status: oas.HealthStatusOk, Version: h.version}, nil
}

// GetReadiness asks every dependency.
func (h *System) GetReadiness(ctx context.Context, _ oas.GetReadinessRequestObject) (oas.GetReadinessResponseObject, error) {
	out := oas.Readiness{Status: oas.ReadinessStatusReady, Checks: []oas.ReadinessCheck{}}
	for _, c := range h.checks {
		checkCtx, cancel := context.WithTimeout(ctx, checkTimeout)
		err := c.Run(checkCtx)
		cancel()
		check := oas.ReadinessCheck{Name: c.Name, Ok: err == nil, Detail: "ok"}
		if err != nil {
			check.Detail = err.Error()
		}
		if err != nil && !c.Optional {
			out.Status = oas.ReadinessStatusNotReady
		}
		out.Checks = append(out.Checks, check)
	}
	if h.stopping.Load() {
		out.Status = oas.ReadinessStatusNotReady
		out.Checks = append(out.Checks, oas.ReadinessCheck{Name: "process", Ok: false, Detail: "stopping"})
	}
	if out.Status == oas.ReadinessStatusNotReady {
		return oas.GetReadiness503JSONResponse(out), nil
	}
	return oas.GetReadiness200JSONResponse(out), nil
}
