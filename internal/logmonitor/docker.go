package logmonitor

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/msia/msia/gen/sqlc"
)

const (
	// lookEvery is how often is looked for containers, and whether the lock stands.
	lookEvery = 10 * time.Second
	// firstPause doubles up to lastPause while a log cannot be read.
	firstPause, lastPause = time.Second, 30 * time.Second
	// maxLine is how much of a line is read.
	maxLine = maxText
)

// DockerConfig holds what a Docker needs; every member is required.
type DockerConfig struct {
	// Socket is the path of Docker's socket.
	Socket string
	// Containers are names, or labels as label=value.
	Containers []string
	// Pool gives the connection that holds the lock.
	Pool    *pgxpool.Pool
	Capture *Capture
	Now     func() time.Time
	Log     *slog.Logger
	// Every is how often is looked for containers; 0 means ten seconds.
	Every time.Duration
}

// Docker captures the errors that other containers log. Of all processes at one
// Docker one reads, so that no line is counted twice.
type Docker struct {
	DockerConfig
	client *client.Client
}

// NewDocker returns the reader; nothing is connected to yet.
func NewDocker(c DockerConfig) (*Docker, error) {
	cli, err := client.New(client.WithHost("unix://" + c.Socket))
	if err != nil {
		return nil, fmt.Errorf("docker: %w", err)
	}
	if c.Every <= 0 {
		c.Every = lookEvery
	}
	return &Docker{DockerConfig: c, client: cli}, nil
}

// Run reads whenever it is this process's turn, until ctx ends.
func (d *Docker) Run(ctx context.Context) {
	defer func() { _ = d.client.Close() }() // its connections are idle
	for ctx.Err() == nil {
		if err := d.turn(ctx); err != nil && ctx.Err() == nil {
			d.Log.WarnContext(ctx, "logs of containers are not read for the moment", slog.Any("error", err))
		}
		pause(ctx, d.Every)
	}
}

// pause reports whether ctx goes on after a time.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// turn reads while this process has the lock of this Docker, which ends with its
// connection.
func (d *Docker) turn(ctx context.Context) error {
	info, err := d.client.Info(ctx, client.InfoOptions{})
	if err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, d.Pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() {
		closeCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
		defer cancel()
		_ = conn.Close(closeCtx) // it is given up anyway
	}()
	mine, err := sqlc.New().ErrorReaderLock(ctx, conn, info.Info.ID)
	if err != nil || !mine {
		return err
	}
	return d.read(ctx, conn)
}

// read follows the logs of the containers there are, until the lock is lost.
func (d *Docker) read(ctx context.Context, lock *pgx.Conn) error {
	var followers sync.WaitGroup
	defer followers.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	following := map[string]context.CancelFunc{}
	since := d.Now()
	for {
		list, err := d.client.ContainerList(ctx, client.ContainerListOptions{})
		if err != nil {
			return err
		}
		there := map[string]bool{}
		for _, c := range list.Items {
			if !d.wanted(c) {
				continue
			}
			there[c.ID] = true
			if following[c.ID] == nil {
				var followed context.Context
				followed, following[c.ID] = context.WithCancel(ctx)
				followers.Go(func() { d.follow(followed, c.ID, nameOf(c), since) })
			}
		}
		for id, stop := range following {
			if !there[id] {
				stop()
				delete(following, id)
			}
		}
		if !pause(ctx, d.Every) {
			return nil
		}
		if err := ping(ctx, lock); err != nil {
			return fmt.Errorf("the lock: %w", err)
		}
	}
}

func ping(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return conn.Ping(ctx)
}

func (d *Docker) wanted(c container.Summary) bool {
	return slices.ContainsFunc(d.Containers, func(want string) bool {
		if label, value, ok := strings.Cut(want, "="); ok {
			got, there := c.Labels[label]
			return there && got == value
		}
		return slices.Contains(c.Names, "/"+want)
	})
}

func nameOf(c container.Summary) string {
	if len(c.Names) == 0 {
		return c.ID
	}
	return strings.TrimPrefix(c.Names[0], "/")
}

// follow captures the errors in the log of a container from a time on, again and
// again from where it broke off.
func (d *Docker) follow(ctx context.Context, id, name string, since time.Time) {
	wait := firstPause
	for {
		last, err := d.tail(ctx, id, name, since)
		if last.After(since) {
			since, wait = last, firstPause
		}
		if ctx.Err() != nil {
			return
		}
		d.Log.DebugContext(ctx, "the log of a container broke off", slog.String("container", name), slog.Any("error", err))
		if !pause(ctx, wait) {
			return
		}
		wait = min(2*wait, lastPause)
	}
}

// tail reads a log until it ends, and returns when its last line was written.
func (d *Docker) tail(ctx context.Context, id, name string, since time.Time) (time.Time, error) {
	about, err := d.client.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil {
		return since, err
	}
	log, err := d.client.ContainerLogs(ctx, id, client.ContainerLogsOptions{
		ShowStdout: true, ShowStderr: true, Follow: true, Timestamps: true, Since: fmt.Sprintf("%d.%09d", since.Unix(), since.Nanosecond()),
	})
	if err != nil {
		return since, err
	}
	defer func() { _ = log.Close() }()
	if about.Container.Config != nil && about.Container.Config.Tty {
		return d.lines(log, name, since)
	}
	lines, parts := io.Pipe()
	var copying sync.WaitGroup
	defer copying.Wait()
	defer func() { _ = lines.Close() }()
	copying.Go(func() {
		_, err := stdcopy.StdCopy(parts, parts, log)
		_ = parts.CloseWithError(err) // nil is the end
	})
	return d.lines(lines, name, since)
}

// lines captures what is an error among lines that begin with their time.
func (d *Docker) lines(r io.Reader, name string, since time.Time) (time.Time, error) {
	in := bufio.NewReaderSize(r, maxLine)
	for {
		line, err := readLine(in)
		if err != nil {
			return since, err
		}
		stamp, said, _ := strings.Cut(line, " ")
		at, err := time.Parse(time.RFC3339Nano, stamp)
		if err != nil || !at.After(since) { // seen before the connection broke
			continue
		}
		since = at
		if o, ok := parseLine(said); ok {
			o.at, o.source = at, name
			d.Capture.take(o)
		}
	}
}

// readLine returns the next line, as much of it as fits.
func readLine(in *bufio.Reader) (string, error) {
	part, err := in.ReadSlice('\n')
	line := string(part)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = in.ReadSlice('\n')
	}
	return strings.TrimRight(line, "\r\n"), err
}
