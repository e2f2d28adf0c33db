package chatwoot_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot"
)

// inHouse is a downloader for servers on this machine.
func inHouse(change func(*chatwoot.DownloadConfig)) *chatwoot.Downloader {
	c := chatwoot.DownloadConfig{Hosts: []string{"127.0.0.1"}, AllowPrivate: true, MaxBytes: 1000, Timeout: 5 * time.Second}
	if change != nil {
		change(&c)
	}
	return chatwoot.NewDownloader(c)
}

func fetch(t *testing.T, d *chatwoot.Downloader, address string) ([]byte, error) {
	t.Helper()
	file, err := d.Get(t.Context(), address)
	if err != nil {
		return nil, err
	}
	defer func() { require.NoError(t, file.Close()) }()
	return io.ReadAll(file)
}

func TestDownloadFollowsToTheFile(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/rails/active_storage/blobs/redirect/x/foto.jpg", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/disk/foto.jpg?signed=1", http.StatusFound)
	})
	mux.HandleFunc("/disk/foto.jpg", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization")+r.Header.Get("Cookie")+r.Header.Get("Referer") != "" {
			t.Errorf("credentials were sent on: %v", r.Header)
		}
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write([]byte("a photo"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	got, err := fetch(t, inHouse(nil), server.URL+"/rails/active_storage/blobs/redirect/x/foto.jpg")
	require.NoError(t, err)
	require.Equal(t, "a photo", string(got))
}

func TestDownloadBounds(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/said", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1001)) })
	mux.HandleFunc("/chunked", func(w http.ResponseWriter, _ *http.Request) {
		for range 50 {
			_, _ = w.Write(make([]byte, 100))
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/exact", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1000)) })
	mux.HandleFunc("/gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "900")
		_, _ = w.Write([]byte("only this"))
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	release := make(chan struct{})
	mux.HandleFunc("/never", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() { close(release); server.Close() })
	d := inHouse(nil)
	got, err := fetch(t, d, server.URL+"/exact")
	require.NoError(t, err)
	require.Len(t, got, 1000)
	for path, want := range map[string]error{
		"/said": chatwoot.ErrDownloadTooLarge, "/chunked": chatwoot.ErrDownloadTooLarge, "/gone": chatwoot.ErrDownloadGone,
		"/loop": chatwoot.ErrDownloadRefused,
	} {
		got, err := fetch(t, d, server.URL+path)
		require.ErrorIs(t, err, want, path)
		require.LessOrEqual(t, len(got), 1000, path)
	}
	for _, path := range []string{"/broken", "/cut"} {
		_, err := fetch(t, d, server.URL+path)
		require.Error(t, err, path)
		for _, final := range []error{chatwoot.ErrDownloadRefused, chatwoot.ErrDownloadTooLarge, chatwoot.ErrDownloadGone} {
			require.NotErrorIs(t, err, final, path)
		}
		require.NotContains(t, err.Error(), server.URL, "the address is a secret")
	}
	impatient := inHouse(func(c *chatwoot.DownloadConfig) { c.Timeout = 50 * time.Millisecond })
	_, err = fetch(t, impatient, server.URL+"/never")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// TestDownloadAddresses: no address but one of the configured hosts is ever
// asked, directly or by redirect.
func TestDownloadAddresses(t *testing.T) {
	t.Parallel()
	d := chatwoot.NewDownloader(chatwoot.DownloadConfig{Hosts: []string{"chat.example.com", ".s3.example.com"}})
	for _, address := range []string{
		"", "chat.example.com/x", "http://chat.example.com/x", "ftp://chat.example.com/x", "file:///etc/passwd", "gopher://chat.example.com:70/",
		"https://evil.example/x", "https://chat.example.com.evil.example/", "https://chat.example.com@evil.example/", "https://user:pw@chat.example.com/",
		"https://chat.example.com:22/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/", "https://017700000001/",
		"https://s3.example.com/", "https://.s3.example.com/", "https://evils3.example.com/", "https://chat.example.com./x", "https://%63hat.example.com.evil/",
	} {
		_, err := d.Get(t.Context(), address)
		require.ErrorIs(t, err, chatwoot.ErrDownloadRefused, address)
	}
	for _, target := range []string{
		"http://169.254.169.254/latest", "https://evil.example/", "file:///etc/passwd", "gopher://127.0.0.1/", "http://[::ffff:169.254.169.254]/",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", target)
			w.WriteHeader(http.StatusFound)
		}))
		t.Cleanup(server.Close)
		_, err := fetch(t, inHouse(nil), server.URL)
		require.ErrorIs(t, err, chatwoot.ErrDownloadRefused, target)
	}
}

// TestDownloadLooksAtTheAddressItConnectsTo: a configured name may lead
// anywhere; what counts is where.
func TestDownloadLooksAtTheAddressItConnectsTo(t *testing.T) {
	t.Parallel()
	for _, ip := range []string{
		"127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
		"::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1", "2001:db8::1",
	} {
		d := chatwoot.NewDownloader(chatwoot.DownloadConfig{Hosts: []string{"chat.example.com"}, Resolver: resolver(t, ip)})
		_, err := d.Get(t.Context(), "https://chat.example.com/x")
		require.ErrorIs(t, err, chatwoot.ErrDownloadRefused, ip)
	}
}

// resolver answers every question with one address.
func resolver(t *testing.T, ip string) *net.Resolver {
	t.Helper()
	packet, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = packet.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := packet.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = packet.WriteTo(answer(buf[:n], net.ParseIP(ip), strings.Contains(ip, ":")), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", packet.LocalAddr().String())
	}}
}

// answer writes a DNS answer to a question: the address, or none when the
// question is for the other family.
func answer(question []byte, ip net.IP, isV6 bool) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5
	kind := binary.BigEndian.Uint16(question[end-4:])
	out := append([]byte{}, question[:end]...)
	out[2], out[3] = 0x81, 0x80
	binary.BigEndian.PutUint16(out[10:], 0) // no additional records
	data := ip.To4()
	if isV6 {
		data = ip.To16()
	}
	if (kind == 1) == isV6 || (kind != 1 && kind != 28) {
		return out
	}
	binary.BigEndian.PutUint16(out[6:], 1)
	out = append(out, 0xc0, 0x0c)
	out = binary.BigEndian.AppendUint16(out, kind)
	out = append(out, 0, 1, 0, 0, 0, 1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(data)))
	return append(out, data...)
}

func ExampleDownloader() {
	d := chatwoot.NewDownloader(chatwoot.DownloadConfig{Hosts: []string{"chat.example.com"}})
	_, err := d.Get(context.Background(), "https://169.254.169.254/latest/meta-data")
	fmt.Println(err)
	// Output: chatwoot: not an address to download from: host "169.254.169.254" is not configured
}
