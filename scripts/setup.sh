#!/usr/bin/env bash
# Prepares a machine to build, run and test msia: checks Go and Node, installs a C compiler, make, pkg-config, libvips,
# Python's venv, PostgreSQL, pgvector and Redis with apt, and says plainly what is missing elsewhere. Safe to run again at any
# time: when nothing is missing it only looks and returns.
#
#   scripts/setup.sh            as root, or as a user who may use sudo
#   scripts/setup.sh browser    the same, and the browser that the UI's tests drive
#
# CHROMIUM=<program>      use that Chromium or Chrome instead of looking for one
# PG_BINDIR=<folder>      use the PostgreSQL programs of that folder instead of looking for them
set -Eeuo pipefail

readonly MIN_GO=1.26 MIN_NODE=20.19 MIN_PG=15
readonly WANTED=${1:-}
readonly LOCK_WAIT=600 # seconds to wait for another package manager or another run of this script
readonly REPO_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf 'setup: %s\n' "$*"; }
fail() {
	printf 'setup: FAILED: %s\n' "$1" >&2
	shift
	(($# == 0)) || printf '  %s\n' "$@" >&2
	exit 1
}

# version_at_least 1.26.8 1.26 compares the first two numbers of two versions.
version_at_least() {
	local have want
	IFS=. read -ra have <<<"$1"
	IFS=. read -ra want <<<"$2"
	((10#${have[0]:-0} > 10#${want[0]} ||
		(10#${have[0]:-0} == 10#${want[0]} && 10#${have[1]:-0} >= 10#${want[1]})))
}

# --- programs that are checked only: replacing a developer's Go or Node behind their back would be rude --------------

problems=()

check_go() {
	local version
	if ! command -v go >/dev/null; then
		problems+=("Go is not installed (or not on PATH). msia needs Go $MIN_GO or newer: install it from https://go.dev/dl/ and put its bin folder on PATH.")
		return
	fi
	# Asked inside the repository, so that a Go which fetches newer toolchains by itself answers with the one it will use.
	if ! version=$(cd "$REPO_DIR" && go env GOVERSION 2>&1); then
		problems+=("'go env GOVERSION' failed: ${version}. msia needs Go $MIN_GO or newer: https://go.dev/dl/")
		return
	fi
	version=${version#go}
	version=${version%%[!0-9.]*}
	version_at_least "${version:-0}" "$MIN_GO" ||
		problems+=("Go ${version:-of unknown version} at $(command -v go) is too old. msia needs Go $MIN_GO or newer: https://go.dev/dl/")
}

check_node() {
	local version
	if ! command -v node >/dev/null; then
		problems+=("Node.js is not installed (or not on PATH). msia needs Node $MIN_NODE or newer, with npm: https://nodejs.org/en/download")
		return
	fi
	version=$(node --version 2>/dev/null) || version=""
	version=${version#v}
	version=${version%%[!0-9.]*}
	version_at_least "${version:-0}" "$MIN_NODE" ||
		problems+=("Node.js ${version:-of unknown version} at $(command -v node) is too old. msia needs Node $MIN_NODE or newer: https://nodejs.org/en/download")
	command -v npm >/dev/null ||
		problems+=("npm is not installed. It comes with Node.js from https://nodejs.org/en/download, or as your system's package 'npm'.")
}

# --- what apt can install --------------------------------------------------------------------------------------------

compiler_works() { command -v gcc >/dev/null && gcc -E -x c -o /dev/null - <<<'#include <stdlib.h>' 2>/dev/null; }

# Debian keeps what makes a virtual environment usable in a package of its own.
venv_works() { command -v python3 >/dev/null && python3 -c 'import ensurepip, venv' 2>/dev/null; }

# missing_packages prints the Debian names of the missing build packages, one a line. PostgreSQL is looked at apart.
missing_packages() {
	# gcc only recommends the C library's headers, and we install without recommendations.
	compiler_works || printf '%s\n' gcc libc6-dev
	command -v make >/dev/null || echo make
	command -v pkg-config >/dev/null || echo pkg-config
	{ command -v pkg-config >/dev/null && pkg-config --exists vips; } || echo libvips-dev
	venv_works || echo python3-venv
	# For tests. This package has the server, too, under another name, and starts no service.
	has_redis || echo redis-tools
	if [[ $WANTED == browser ]] && ! has_browser; then printf '%s\n' chromium fonts-dejavu-core; fi
}

has_redis() { [[ -x $(command -v redis-server) || -x $(command -v valkey-server) || -x $(command -v redis-check-rdb) ]]; }

has_browser() { [[ -x $(command -v "${CHROMIUM:-chromium}") || -x $(command -v google-chrome) || -x $(command -v chromium-browser) ]]; }

is_postgres_dir() { [[ -x $1/initdb && -x $1/postgres ]]; }

# postgres_dirs prints the bin folders of usable PostgreSQL servers, newest first.
postgres_dirs() {
	local dir version
	if [[ -n ${PG_BINDIR:-} ]]; then
		if is_postgres_dir "$PG_BINDIR"; then printf '%s\n' "$PG_BINDIR"; fi
		return 0
	fi
	for dir in /usr/lib/postgresql/*/bin; do
		version=${dir#/usr/lib/postgresql/}
		version=${version%/bin}
		if [[ $version =~ ^[0-9]+$ ]] && ((version >= MIN_PG)) && is_postgres_dir "$dir"; then printf '%s\n' "$dir"; fi
	done | sort -t/ -k5,5nr
	for dir in /usr/pgsql-*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin; do
		if is_postgres_dir "$dir"; then printf '%s\n' "$dir"; fi
	done | sort -Vr
	if dir=$(command -v postgres); then
		dir=$(dirname "$(readlink -f "$dir")")
		if is_postgres_dir "$dir"; then printf '%s\n' "$dir"; fi
	fi
}

# has_pgvector tells whether the PostgreSQL of a bin folder can CREATE EXTENSION vector.
has_pgvector() {
	local share=/usr/share/postgresql/${1#/usr/lib/postgresql/}
	share=${share%/bin}
	# Debian's layout is known; any other is asked for.
	[[ $1 == /usr/lib/postgresql/*/bin ]] || share=$("$1/pg_config" --sharedir 2>/dev/null) || return 1
	[[ -e $share/extension/vector.control ]]
}

postgres_with_pgvector() {
	local dir
	while read -r dir; do
		if has_pgvector "$dir"; then
			printf '%s\n' "$dir"
			return 0
		fi
	done < <(postgres_dirs)
	return 1
}

nothing_missing() { [[ -z $(missing_packages) ]] && postgres_with_pgvector >/dev/null; }

SUDO=""
WORK=""

cleanup() {
	[[ -z $WORK ]] || rm -rf "$WORK"
	[[ -z ${NO_CLUSTER_CONF:-} ]] || $SUDO rm -f "$NO_CLUSTER_CONF"
}

# apt runs apt-get and waits while another program holds one of apt's locks.
apt() {
	local deadline=$((SECONDS + LOCK_WAIT))
	say "apt-get $*"
	until $SUDO env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -o DPkg::Lock::Timeout="$LOCK_WAIT" \
		-o Dpkg::Use-Pty=0 "$@" 2>&1 | tee "$WORK/apt.log"; do
		# DPkg::Lock::Timeout covers installing, but not the lock on the package lists.
		grep -Eq 'Could not get lock|Unable to lock' "$WORK/apt.log" && ((SECONDS < deadline)) || return 1
		say "another program is using apt; waiting for it"
		sleep 3
	done
}

# apt_has tells whether apt can install a package. `apt-cache show` would also answer yes for one it only knows by name.
apt_has() { [[ $(LC_ALL=C apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [^\(] ]]; }

install_packages() {
	local packages=("$@")
	# Newer libheif keeps its decoders in plug-ins that are only recommended; without this one phone photos (HEIC) fail.
	if [[ " ${packages[*]} " == *" libvips-dev "* ]] && apt_has libheif-plugin-libde265; then
		packages+=(libheif-plugin-libde265)
	fi
	if [[ " ${packages[*]} " == *" postgresql "* ]]; then
		# Debian's postgresql creates and starts a cluster on port 5432 when it is first installed. msia runs its own,
		# so this is switched off while we install; later installations on this machine behave as usual again.
		NO_CLUSTER_CONF=/etc/postgresql-common/createcluster.d/msia-setup.conf
		$SUDO mkdir -p "${NO_CLUSTER_CONF%/*}"
		echo 'create_main_cluster = false' | $SUDO tee "$NO_CLUSTER_CONF" >/dev/null
	fi
	apt install -y --no-install-recommends "${packages[@]}" ||
		fail "apt could not install: ${packages[*]}" \
			"Its own message is above. Repair that (often: 'apt-get -f install', or the network), then run this script again."
}

# --- pgvector --------------------------------------------------------------------------------------------------------

# trixie_source prints an apt source for Debian 13's source packages, made from this machine's own Debian mirror and
# keyring; its first argument is apt's folder and the second the name of this machine's release.
trixie_source() {
	local found
	found=$(cat "$1"/sources.list.d/*.sources 2>/dev/null | awk -v release="$2" '
		BEGIN { RS = ""; FS = "\n" }
		{
			kept = ""; ours = 0; off = 0
			for (i = 1; i <= NF; i++) {
				if ($i ~ /^#/) continue
				key = tolower($i); sub(/:.*/, "", key)
				if (key == "suites" && (" " $i " ") ~ ("[ \t:]" release "[ \t]")) ours = 1
				if (key == "enabled" && tolower($i) ~ /no|false/) off = 1
				if (key ~ /^(types|suites|components|architectures|enabled)$/) continue
				kept = kept $i "\n"
			}
			if (ours && !off) { printf "Types: deb-src\nSuites: trixie\nComponents: main\n%s", kept; exit }
		}') || true
	if [[ -n $found ]]; then
		printf '%s\n' "$found" >"$3/trixie.sources"
		return 0
	fi
	found=$(cat "$1"/sources.list "$1"/sources.list.d/*.list 2>/dev/null | awk -v release="$2" '
		$1 == "deb" && $0 !~ /cdrom:/ {
			options = ""
			if (match($0, /\[[^]]*\]/)) { options = substr($0, RSTART, RLENGTH) " "; sub(/\[[^]]*\]/, "") }
			if ($3 == release) { print "deb-src " options $2 " trixie main"; exit }
		}') || true
	[[ -n $found ]] || return 1
	printf '%s\n' "$found" >"$3/trixie.list"
}

# build_pgvector compiles Debian 13's source package, whose signature apt checks, for an installed PostgreSQL. The system's
# apt sources are not touched, and PostgreSQL's headers are only unpacked: installing postgresql-server-dev would bring
# several hundred megabytes of LLVM along for nothing.
build_pgvector() {
	local major=$1 pg_config=/usr/lib/postgresql/$1/bin/pg_config dev=$WORK/dev release sandbox=(-o APT::Sandbox::User=root)
	release=$(. /etc/os-release && [[ ${ID:-} == debian ]] && echo "${VERSION_CODENAME:-}") || release=""
	[[ -n $release ]] || fail "this system has no package postgresql-$major-pgvector" \
		"Install pgvector for PostgreSQL $major (its README: https://github.com/pgvector/pgvector), then run this script again."
	say "no package postgresql-$major-pgvector here: building pgvector from Debian 13's signed source"
	mkdir -p "$WORK"/{parts,lists/partial,cache/archives/partial,src,dev,deb}
	trixie_source /etc/apt "$release" "$WORK/parts" || fail "found no Debian mirror for '$release' in /etc/apt/sources.list*" \
		"Install pgvector for PostgreSQL $major by hand, then run this script again."
	local trixie=("${sandbox[@]}" -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$WORK/parts"
		-o Dir::State::Lists="$WORK/lists" -o Dir::Cache="$WORK/cache")
	# apt checks each file against a signed index. Only the upstream tarball is used: Debian's additions concern its packaging.
	(
		cd "$WORK/deb" &&
			LC_ALL=C apt-get -q "${trixie[@]}" -o APT::Update::Error-Mode=any update &&
			LC_ALL=C apt-get -q "${trixie[@]}" source --download-only pgvector &&
			LC_ALL=C apt-get -q "${sandbox[@]}" download "postgresql-server-dev-$major" &&
			dpkg-deb -x postgresql-server-dev-"$major"_*.deb "$dev" &&
			tar -xf pgvector_*.orig.tar.* -C "$WORK/src" --strip-components=1
	) || fail "could not fetch pgvector's source or PostgreSQL's headers" "apt's message is above; check the network, then run this script again."
	# OPTFLAGS= : the default, -march=native, crashes when the disk moves to an older processor.
	# COPT is added to the compiler's flags, where other variables would replace the Makefile's own.
	local options=(OPTFLAGS= with_llvm=no "PG_CONFIG=$pg_config" "COPT=-I$dev/usr/include/postgresql/$major/server")
	make -s -C "$WORK/src" -j2 "${options[@]}" >"$WORK/make.log" 2>&1 ||
		{ tail -n 30 "$WORK/make.log" >&2; fail "pgvector did not compile" "The compiler's last lines are above."; }
	$SUDO make -s -C "$WORK/src" install "${options[@]}" >"$WORK/make.log" 2>&1 ||
		{ tail -n 30 "$WORK/make.log" >&2; fail "pgvector could not be installed" "make's last lines are above."; }
}

install_pgvector() {
	local dir major
	read -r dir < <(postgres_dirs) || fail "no PostgreSQL $MIN_PG or newer here, and this system's own is older" \
		"Install PostgreSQL $MIN_PG or newer and pgvector, for instance from https://www.postgresql.org/download/, then run this script again."
	[[ $dir == /usr/lib/postgresql/*/bin ]] || fail "the PostgreSQL in $dir has no pgvector, and it did not come from apt" \
		"Install pgvector for it (https://github.com/pgvector/pgvector), then run this script again."
	major=${dir#/usr/lib/postgresql/}
	major=${major%/bin}
	if apt_has "postgresql-$major-pgvector"; then
		install_packages "postgresql-$major-pgvector"
	else
		build_pgvector "$major"
	fi
}

main() {
	local packages what=()
	check_go
	check_node
	((${#problems[@]} == 0)) || fail "${#problems[@]} program(s) to install by hand first:" "${problems[@]}"

	if nothing_missing; then
		return 0
	fi
	if [[ -n ${PG_BINDIR:-} ]] && ! postgres_with_pgvector >/dev/null; then
		fail "PG_BINDIR=$PG_BINDIR has no PostgreSQL server with pgvector" \
			"Install pgvector for it, or unset PG_BINDIR to let this script install one."
	fi
	if ! command -v apt-get >/dev/null; then
		fail "this is not a Debian or Ubuntu system, so install these yourself and run this script again:" \
			"a C compiler, make, pkg-config (or pkgconf)" \
			"libvips 8.12 or newer with its headers (vips-devel, libvips-dev, vips)" \
			"Python 3.11 or newer with venv (for make contract)" \
			"Chromium or Chrome (for make ui-test)" \
			"Redis or Valkey, the server (for make test; no running service is needed)" \
			"PostgreSQL $MIN_PG or newer, the server (no running service is needed)" \
			"pgvector for that PostgreSQL (pgvector, postgresql-pgvector)"
	fi
	if ((EUID != 0)); then
		command -v sudo >/dev/null || fail "installing packages needs root and there is no sudo" \
			"Run as root: $REPO_DIR/scripts/setup.sh"
		SUDO=sudo
	fi

	# Two runs at once (make test and make run, say) must not both install; the script itself serves as the lock file.
	exec 9<"${BASH_SOURCE[0]}"
	flock -n 9 || {
		say "another run of this script is at work; waiting for it"
		flock -w "$LOCK_WAIT" 9 || fail "the other run has not finished after $LOCK_WAIT seconds"
	}
	if nothing_missing; then
		return 0
	fi

	trap cleanup EXIT
	trap 'fail "line $LINENO of scripts/setup.sh failed unexpectedly" "Please report this with the output above."' ERR
	trap 'exit 130' INT TERM HUP
	WORK=$(mktemp -d)
	mapfile -t packages < <(missing_packages)
	[[ -n $(postgres_dirs) ]] || packages+=(postgresql)
	postgres_with_pgvector >/dev/null || what=(pgvector)
	what=("${packages[@]}" "${what[@]}")
	say "missing: ${what[*]}"
	# One broken third-party source is no reason to stop: what is needed may well be installable.
	apt update || say "apt could not read all package lists; going on with those it has"
	((${#packages[@]} == 0)) || install_packages "${packages[@]}"
	postgres_with_pgvector >/dev/null || install_pgvector
	nothing_missing || fail "still missing after installing: $(missing_packages | tr '\n' ' ')$(postgres_with_pgvector >/dev/null || echo pgvector)" \
		"Please report this with the output above."
	say "done"
}

main
