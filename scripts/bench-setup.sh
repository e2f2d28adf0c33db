#!/usr/bin/env bash
# Gets what the benchmarks compare msia with: nginx, when this machine has none. The Debian package is only unpacked, into
# tools/.nginx: nothing is installed and no service starts.
set -Eeuo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly DIR=tools/.nginx

if PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx >/dev/null || [[ -x $DIR/usr/sbin/nginx ]]; then
	exit 0
fi
if ! command -v apt-get >/dev/null; then
	echo 'bench-setup: no nginx here and no apt-get to fetch it with: install nginx, or its benchmark is left out' >&2
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$PWD
if ! (cd "$work" && apt-get -q -o APT::Sandbox::User="$(id -un)" download nginx >/dev/null && dpkg-deb -x nginx_*.deb "$root/$DIR"); then
	echo "bench-setup: nginx could not be fetched ('apt-get update' may help): its benchmark is left out" >&2
fi
