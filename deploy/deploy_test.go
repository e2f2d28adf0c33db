// Package deploy_test keeps the files beside it right, as far as that can be seen
// without running them.
package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// root is the folder of the repository.
const root = ".."

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

// instruction is one line of a Dockerfile, those it goes on in included.
type instruction struct{ name, args string }

func instructions(t *testing.T) (out []instruction) {
	t.Helper()
	text := regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(read(t, "Dockerfile"), "")
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		if line = strings.TrimSpace(line); line != "" {
			name, args, _ := strings.Cut(line, " ")
			out = append(out, instruction{name, strings.Join(strings.Fields(args), " ")})
		}
	}
	return out
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	known := []string{"FROM", "WORKDIR", "COPY", "RUN", "ARG", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
	ignored := strings.Fields(read(t, filepath.Join(root, ".dockerignore")))
	var stages []string
	last := map[string]string{} // the last stage's
	for _, i := range instructions(t) {
		require.Contains(t, known, i.name)
		switch i.name {
		case "FROM":
			image, stage, _ := strings.Cut(i.args, " AS ")
			require.Regexp(t, `^[a-z/]+:[\w.-]*\d[\w.-]*$|^debian:bookworm-slim$`, image, "a version of its own")
			stages, last = append(stages, stage), map[string]string{}
		case "COPY":
			words := strings.Fields(i.args)
			if from, ok := strings.CutPrefix(words[0], "--from="); ok {
				require.Contains(t, stages[:len(stages)-1], from)
				break
			}
			for _, source := range words[:len(words)-1] {
				_, err := os.Stat(filepath.Join(root, source))
				require.NoError(t, err)
				require.NotContains(t, ignored, source)
			}
		case "RUN":
			if strings.Contains(i.args, "apt-get install") {
				require.Contains(t, i.args, "--no-install-recommends")
				require.Contains(t, i.args, "rm -rf /var/lib/apt/lists/*")
			}
		}
		last[i.name] = i.args
	}
	require.Equal(t, []string{"ui", "build", ""}, stages)
	require.Equal(t, "msia", last["USER"], "not root")
	require.Contains(t, last["HEALTHCHECK"], `CMD ["msia", "health"]`)
	require.Equal(t, `["msia"]`, last["ENTRYPOINT"])
	require.Equal(t, "/var/lib/msia", last["VOLUME"])
	require.NotContains(t, last["RUN"], "-dev", "nothing to build with")
	goVersion := regexp.MustCompile(`(?m)^go (1\.\d+)`).FindStringSubmatch(read(t, filepath.Join(root, "go.mod")))
	require.Contains(t, read(t, "Dockerfile"), "golang:"+goVersion[1]+"-")
}

type service struct {
	Image, Command any
	Build          struct{ Context, Dockerfile string }
	Environment    map[string]string
	Ports, Volumes []string
	Profiles       []string
	ReadOnly       bool `yaml:"read_only"`
	Healthcheck    struct{ Test []string }
	DependsOn      map[string]struct{ Condition string } `yaml:"depends_on"`
}

func TestCompose(t *testing.T) {
	t.Parallel()
	var compose struct {
		Services map[string]service
		Volumes  map[string]any
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "compose.yaml")), &compose))
	example := read(t, filepath.Join(root, ".env.example"))
	for name, s := range compose.Services {
		if s.Build.Context == "" {
			require.Regexp(t, `:[\w.-]*\d`, s.Image, "%s: a version of its own", name)
		} else {
			_, err := os.Stat(filepath.Join(s.Build.Context, s.Build.Dockerfile))
			require.NoError(t, err)
			require.True(t, s.ReadOnly, name)
			for variable := range s.Environment {
				if !strings.HasPrefix(variable, "AWS_") {
					require.Contains(t, example, "\n"+variable+"=", "%s: msia does not read it", name)
				}
			}
		}
		for needed, how := range s.DependsOn {
			require.Contains(t, compose.Services, needed)
			if how.Condition == "service_healthy" {
				require.NotEmpty(t, compose.Services[needed].Healthcheck.Test, needed)
			}
		}
		for _, volume := range s.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			require.Contains(t, compose.Volumes, source)
		}
		for _, port := range s.Ports {
			require.True(t, strings.HasPrefix(port, "127.0.0.1:"), "%s is open to everybody", name)
		}
	}
	for _, name := range []string{"msia", "worker", "db", "redis", "s3", "bucket", "ollama"} {
		require.Contains(t, compose.Services, name)
	}
	server, worker := compose.Services["msia"], compose.Services["worker"]
	require.Equal(t, []string{"ollama"}, compose.Services["ollama"].Profiles)
	require.Contains(t, worker.Healthcheck.Test, "--worker")
	require.NotEmpty(t, worker.Environment["MSIA_WORKER_ADDR"])
	for _, shared := range []string{"DATABASE_URL", "MSIA_BLOB_URL", "MSIA_REDIS_URL", "CHATWOOT_API_TOKEN"} {
		require.Equal(t, server.Environment[shared], worker.Environment[shared])
		require.NotEmpty(t, server.Environment[shared])
	}
	require.NotEqual(t, server.Volumes, worker.Volumes, "a data folder each")
}

func TestUnit(t *testing.T) {
	t.Parallel()
	unit := read(t, "msia.service")
	for _, line := range []string{
		"Type=notify", "User=msia", "StateDirectory=msia", "KillMode=mixed", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=",
	} {
		require.True(t, slices.Contains(strings.Split(unit, "\n"), line), line)
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		return // the lines above are what can be seen without it
	}
	// It wants the program to be there.
	path := filepath.Join(t.TempDir(), "msia.service")
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(unit, "/usr/local/bin/msia", "/bin/true")), 0o600))
	out, err := exec.Command(analyze, "verify", path).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Empty(t, string(out), "not even a warning")
}
