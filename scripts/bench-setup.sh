#!/usr/bin/env bash
# Gets what the benchmarks compare msia with, when this machine has none: nginx, whose Debian package is only unpacked,
# into tools/.nginx, so that nothing is installed and no service starts; and pdftotext, which is installed with apt.
set -Eeuo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly DIR=tools/.nginx

say() { printf 'bench-setup: %s\n' "$*" >&2; }

get_nginx() {
	if PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx >/dev/null || [[ -x $DIR/usr/sbin/nginx ]]; then
		return
	fi
	if ! command -v apt-get >/dev/null; then
		say 'no nginx here and no apt-get to fetch it with: install nginx, or its benchmark is left out'
		return
	fi
	local work root=$PWD
	work=$(mktemp -d)
	trap 'rm -rf "$work"' RETURN
	if ! (cd "$work" && apt-get -q -o APT::Sandbox::User="$(id -un)" download nginx >/dev/null && dpkg-deb -x nginx_*.deb "$root/$DIR"); then
		say "nginx could not be fetched ('apt-get update' may help): its benchmark is left out"
	fi
}

get_pdftotext() {
	if command -v pdftotext >/dev/null; then
		return
	fi
	local as=()
	((EUID == 0)) || as=(sudo)
	if ! command -v apt-get >/dev/null || ! "${as[@]}" apt-get install -y -q --no-install-recommends poppler-utils >/dev/null; then
		say "pdftotext could not be installed ('apt-get update' may help, or install poppler-utils): its benchmark fails"
	fi
}

get_nginx
get_pdftotext
