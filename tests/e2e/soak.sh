#!/bin/bash
# Many requests, and what they leave behind: serve a small planet, ask
# SOAK_REQUESTS times (1000000) over Gemini and Gopher, pages and refusals,
# and compare the workers' memory and descriptors at start and end.
#
#   soak.sh BUILD ORRERY
#
# Prints a line a round; exits with 1 when something grew or died.
set -u
BUILD=$1
ORRERY=$2
total=${SOAK_REQUESTS:-1000000}
rounds=${SOAK_ROUNDS:-20}
here=$(cd "$(dirname "$0")/../.." && pwd)
T=$(mktemp -d) || exit 70
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait; rm -rf "$T"' EXIT

skip_all() {
	echo "soak: $1" >&2
	exit 77
}
# shellcheck source=tests/e2e/serve_lib.sh
. "$here/tests/e2e/serve_lib.sh"
make_planet "$T/p"
(cd "$T/p" && exec "$ORRERY" serve >"$T/out" 2>"$T/err") & server=$!
for _ in $(seq 100); do
	grep -q '^ready' "$T/out" 2>/dev/null && break
	sleep 0.1
done
gemini_port=$(sed -n 's/^listening gemini 127[^:]*:\([0-9]*\)$/\1/p' "$T/out")
gopher_port=$(sed -n 's/^listening gopher .*:\([0-9]*\)$/\1/p' "$T/out")
[ -n "$gemini_port" ] || { cat "$T/err" >&2; exit 69; }

# What the server's processes hold: KB of memory of their own, descriptors.
state() {
	local p kb=0 fds=0
	for p in $(pgrep -P "$server"); do
		kb=$((kb + $(awk '/^RssAnon/ {print $2}' "/proc/$p/status")))
		fds=$((fds + $(find "/proc/$p/fd" -mindepth 1 2>/dev/null | wc -l)))
	done
	echo "$kb $fds"
}
ask_for() {	# COUNT
	local each=$(($1 / 8)) g=gemini://localhost:$gemini_port
	for request in "$g/" "$g/note.txt" "$g/nope" "gemini://else.example/" \
	    "$g/dir" "no address"; do
		"$load" 127.0.0.1 "$gemini_port" 32 "$each" "$request\r\n"
	done
	for request in /note.txt /nope; do
		"$load" -p 127.0.0.1 "$gopher_port" 32 "$each" "$request\r\n"
	done
}
check() {
	if ask_for "$1" | grep -v ' failed=0 '; then
		echo "soak: some were not answered" >&2
		exit 1
	fi
}

# Buffers and tables take their size from the first requests.
check $((total / rounds > 2000 ? 2000 : total / rounds))
sleep 1
pids=$(pgrep -P "$server" | sort)
first=$(state)
echo "start: ${first% *} KB, ${first#* } descriptors"
for ((i = 1; i <= rounds; i++)); do
	check $((total / rounds))
	[ $((i * 4 % rounds)) != 0 ] || echo "$((total / rounds * i)) requests: $(state)"
done
sleep 1
last=$(state)
echo "end: ${last% *} KB, ${last#* } descriptors"
[ "$pids" = "$(pgrep -P "$server" | sort)" ] || { echo "soak: a process died" >&2; exit 1; }
[ "${last#* }" -le "${first#* }" ] || { echo "soak: descriptors grew" >&2; exit 1; }
# All 32 connections may come to one worker, at 25 KB each, twice over for the
# allocator; two bytes a request that nobody frees show in a million.
[ $((${last% *} - ${first% *})) -le "${SOAK_KB:-2048}" ] ||
    { echo "soak: memory grew" >&2; exit 1; }
