package chatwoot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Defaults of DownloadConfig.
const (
	DefaultDownloadTimeout  = 25 * time.Second
	DefaultMaxDownload      = 26 << 20 // WhatsApp's largest document worth keeping, and a margin
	maxRedirects            = 5
	downloadResponseHeaders = 15 * time.Second
)

// Errors of a download. Any other error may pass: trying again makes sense.
var (
	// ErrDownloadRefused says that the address is not one to fetch from: another
	// host, a scheme that is not HTTP, a private network.
	ErrDownloadRefused = errors.New("chatwoot: not an address to download from")
	// ErrDownloadTooLarge says that the file is larger than is taken.
	ErrDownloadTooLarge = errors.New("chatwoot: the file is too large")
	// ErrDownloadGone says that the server has no such file (any more).
	ErrDownloadGone = errors.New("chatwoot: there is no such file")
)

// DownloadConfig configures a Downloader.
type DownloadConfig struct {
	// Hosts are those files are fetched from: Chatwoot's own and that of its file
	// store. A name that begins with a dot stands for everything below it.
	Hosts []string
	// AllowPrivate lets these hosts be in private networks and on this machine,
	// and be spoken to without TLS: for a Chatwoot in the same house.
	AllowPrivate bool
	// MaxBytes bounds one file; 0 means DefaultMaxDownload.
	MaxBytes int64
	// Timeout bounds one download with its body; 0 means DefaultDownloadTimeout.
	Timeout time.Duration
	// Resolver looks hosts up; nil means the system's.
	Resolver *net.Resolver
	// Wrap, if set, wraps what carries the requests, to measure them.
	Wrap func(http.RoundTripper) http.RoundTripper
}

// Downloader fetches the files of messages. What it fetches is chosen by
// strangers, so it goes to known hosts only, checks the address it really
// connects to, looks at every redirect, sends no credentials anywhere and reads
// no more than it is told to. Safe for concurrent use.
type Downloader struct {
	config DownloadConfig
	client *http.Client
}

// NewDownloader returns one.
func NewDownloader(c DownloadConfig) *Downloader {
	if c.MaxBytes == 0 {
		c.MaxBytes = DefaultMaxDownload
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultDownloadTimeout
	}
	d := &Downloader{config: c}
	dialer := &net.Dialer{Timeout: 5 * time.Second, Resolver: c.Resolver, Control: d.control}
	d.client = &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy would connect where we may not
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    5 * time.Second,
			ResponseHeaderTimeout:  downloadResponseHeaders,
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true, // the size is that of what is sent
			MaxIdleConns:           8,
			IdleConnTimeout:        30 * time.Second,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("%w: more than %d redirects", ErrDownloadRefused, maxRedirects)
			}
			r.Header.Del("Referer") // a data_url is a secret
			return d.allowed(r.URL)
		},
	}
	if c.Wrap != nil {
		d.client.Transport = c.Wrap(d.client.Transport)
	}
	return d
}

// Download is a file being fetched; its reader fails with ErrDownloadTooLarge
// instead of handing out more than the bound.
type Download struct {
	io.ReadCloser
	// ContentType is what the server says; it proves nothing.
	ContentType string
}

// Get begins a download; the caller closes it. It ends with ctx or after the
// timeout. Errors: ErrDownloadRefused; ErrDownloadTooLarge; ErrDownloadGone;
// others may pass.
func (d *Downloader) Get(ctx context.Context, address string) (*Download, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%w: not a URL", ErrDownloadRefused)
	}
	if err := d.allowed(u); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.config.Timeout)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("%w: not a URL", ErrDownloadRefused)
	}
	res, err := d.client.Do(r)
	if err != nil {
		cancel()
		return nil, withoutURL(err)
	}
	if err := d.checkStatus(res); err != nil {
		_ = res.Body.Close()
		cancel()
		return nil, err
	}
	return &Download{
		ReadCloser:  &boundedBody{body: res.Body, left: d.config.MaxBytes, cancel: cancel},
		ContentType: res.Header.Get("Content-Type"),
	}, nil
}

func (d *Downloader) checkStatus(res *http.Response) error {
	switch {
	case res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone:
		return ErrDownloadGone
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("chatwoot: the file's server answered %d", res.StatusCode)
	case res.ContentLength > d.config.MaxBytes:
		return ErrDownloadTooLarge
	}
	return nil
}

// allowed checks an address before anything is asked of it.
func (d *Downloader) allowed(u *url.URL) error {
	host := strings.ToLower(u.Hostname())
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !d.config.AllowPrivate):
		return fmt.Errorf("%w: scheme %q", ErrDownloadRefused, u.Scheme)
	case u.User != nil:
		return fmt.Errorf("%w: credentials in the URL", ErrDownloadRefused)
	case !d.knows(host):
		return fmt.Errorf("%w: host %q is not configured", ErrDownloadRefused, host)
	case !d.config.AllowPrivate && u.Port() != "" && u.Port() != "443":
		return fmt.Errorf("%w: port %s", ErrDownloadRefused, u.Port())
	}
	return nil
}

func (d *Downloader) knows(host string) bool {
	return slices.ContainsFunc(d.config.Hosts, func(known string) bool {
		known = strings.ToLower(known)
		if strings.HasPrefix(known, ".") {
			return strings.HasSuffix(host, known) && len(host) > len(known)
		}
		return host == known
	})
}

// control looks at the address that is really connected to, after the name was
// looked up: a name that leads inside is of no use, however often it changes.
func (d *Downloader) control(network, address string, _ syscall.RawConn) error {
	if d.config.AllowPrivate {
		return nil
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil || (network != "tcp4" && network != "tcp6") || !public(at.Addr()) {
		return fmt.Errorf("%w: it leads into a private network", ErrDownloadRefused)
	}
	return nil
}

// inside are the networks that are not the open Internet, beyond those that
// netip knows by name: shared, documentation, benchmark, reserved and multicast
// ones, and those that carry an IPv4 address inside an IPv6 one.
var inside = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"), netip.MustParsePrefix("fec0::/10"),
}

func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	return !slices.ContainsFunc(inside, func(p netip.Prefix) bool { return p.Contains(a) })
}

// withoutURL takes the address out of an HTTP client's error: it is a secret.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return fmt.Errorf("chatwoot: download: %w", u.Err)
	}
	return err
}

// boundedBody hands out at most left bytes and says when there were more.
type boundedBody struct {
	body   io.ReadCloser
	left   int64
	cancel context.CancelFunc
}

// Read fails with ErrDownloadTooLarge past the bound.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrDownloadTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, ErrDownloadTooLarge
	}
	return n, err
}

// Close ends the download.
func (b *boundedBody) Close() error {
	defer b.cancel()
	return b.body.Close()
}
