# Shared by the end-to-end tests: a work folder, TAP, a planet that is
# served on ports it picks itself.
# shellcheck shell=bash

set -u
ORRERY=${ORRERY:-$PWD/build/orrery}
BUILD=${BUILD:-build}
SHARED=$(realpath -m "${SHARED:-../shared}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
T=$(mktemp -d "${TMPDIR:-/tmp}/orrery-test.XXXXXX") || exit 70
n=0 tap_failed=0 pids=()

finish() {
	local p
	for p in "${pids[@]:-}"; do
		[ -n "$p" ] && kill "$p" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$T"
	echo "1..$n"
	[ $tap_failed = 0 ] || exit 1
}
trap finish EXIT

# ok NAME COMMAND...: the command succeeds.
ok() {
	local name=$1
	shift
	n=$((n + 1))
	if "$@" >"$T/.out" 2>&1; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		sed 's/^/# /' "$T/.out" | head -n 20
		tap_failed=1
	fi
}

# not_ok NAME COMMAND...: the command fails, but does not die of a signal.
not_ok() {
	local name=$1 rc
	shift
	n=$((n + 1))
	"$@" >"$T/.out" 2>&1
	rc=$?
	if [ $rc -ne 0 ] && [ $rc -lt 128 ]; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name (status $rc)"
		sed 's/^/# /' "$T/.out" | head -n 20
		tap_failed=1
	fi
}

# is NAME GOT WANT: two strings are equal.
is() {
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf 'got:  %s\nwant: %s\n' "$2" "$3" | sed 's/^/# /'
		tap_failed=1
	fi
}

# has NAME FILE TEXT: a line of FILE contains TEXT.
has() {
	n=$((n + 1))
	if grep -qF -- "$3" "$2"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "# \"$3\" is not in $2:"
		head -n 30 "$2" | sed 's/^/# /'
		tap_failed=1
	fi
}

# lacks NAME FILE TEXT: no line of FILE contains TEXT.
lacks() {
	n=$((n + 1))
	if [ -r "$2" ] && ! grep -qF -- "$3" "$2"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		tap_failed=1
	fi
}

# skip NAME REASON
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# skip_all REASON: nothing here can run.
skip_all() {
	n=1
	echo "ok 1 - all # SKIP $1"
	exit 0
}

# wait_line FILE PATTERN: until a line of FILE matches; ten seconds at most.
wait_line() {
	local i=0
	while ! grep -qE -- "$2" "$1" 2>/dev/null; do
		i=$((i + 1))
		[ $i -le 100 ] || return 1
		sleep 0.1
	done
}

# serve_planet DIR: start `orrery serve` there; sets gemini_port and
# gopher_port from its readiness lines.
serve_planet() {
	(cd "$1" && exec "$ORRERY" serve >"$T/serve.out" 2>"$T/serve.err") &
	pids+=($!)
	server_pid=$!
	wait_line "$T/serve.out" '^ready' || return 1
	gemini_port=$(sed -n 's/^listening gemini .*:\([0-9]*\)$/\1/p' \
	    "$T/serve.out" | head -n 1)
	gopher_port=$(sed -n 's/^listening gopher .*:\([0-9]*\)$/\1/p' \
	    "$T/serve.out" | head -n 1)
}

# gemini PATH: header and body of gemini://localhost:PORT/PATH as they came.
gemini() {
	printf 'gemini://localhost:%s%s\r\n' "$gemini_port" "$1" |
	    timeout 10 openssl s_client -quiet -ign_eof -servername localhost \
	    -connect "127.0.0.1:$gemini_port" 2>/dev/null
}

# gopher SELECTOR
gopher() {
	printf '%s\r\n' "$1" | timeout 10 bash -c \
	    "exec 3<>/dev/tcp/127.0.0.1/$gopher_port; cat >&3; cat <&3"
}
