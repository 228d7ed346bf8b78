#!/bin/sh
# Install the Debian packages that are missing: "build" for the program,
# "check" for the tests as well.  Says which; asks for root only when
# something is to be installed.
set -eu

build="gcc make pkg-config libc6-dev libcurl4-openssl-dev libxml2-dev
libtls-dev libmd4c-dev libsqlite3-dev libevent-dev libssl-dev
libunistring-dev libidn2-dev libjansson-dev libarchive-dev zlib1g-dev"
check="libcmocka-dev bash openssl python3 curl procps mandoc shellcheck
libxml2-utils python3-bidi"

case "${1:-build}" in
build)	want=$build ;;
check)	want="$build $check" ;;
*)	echo "usage: deps.sh build|check" >&2; exit 64 ;;
esac

command -v dpkg-query >/dev/null 2>&1 || exit 0	# not Debian: the keeper's job
missing=
for p in $want; do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = \
	    installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

echo "orrery needs these Debian packages:$missing"
as_root=
if [ "$(id -u)" != 0 ]; then
	if command -v sudo >/dev/null 2>&1; then
		as_root=sudo
		echo "Installing them asks for root:"
	else
		echo "Run as root: apt-get install -y --no-install-recommends$missing" >&2
		exit 77
	fi
fi
$as_root apt-get update -q >/dev/null || true
# shellcheck disable=SC2086 # a list of words is meant
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -q -y \
    --no-install-recommends $missing >/dev/null
