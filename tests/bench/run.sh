#!/bin/sh
# Run the benchmark programs given as arguments, one after another, and make
# one table of their rows: BENCH_OUT.txt for reading and BENCH_OUT.json.
# bench.h says what a row holds.
set -u

out=${BENCH_OUT:-build/bench}
dir=$(mktemp -d) || exit 70
trap 'rm -rf "$dir"' EXIT
mkdir -p "$(dirname "$out")"

version() {
	dpkg-query -W -f '${Version}' "$1" 2>/dev/null || echo "not installed"
}

machine() {
	echo "date: $(date -u +%Y-%m-%d)"
	echo "orrery: $("${ORRERY:-build/orrery}" version 2>/dev/null | head -n 1)"
	echo "processor: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo |
	    head -n 1), $(getconf _NPROCESSORS_ONLN) of them"
	echo "memory: $(awk '/^MemTotal/ { printf "%.1f GB", $2 / 1e6 }' /proc/meminfo)"
	echo "kernel: $(uname -sr)"
	echo "load before: $(cut -d ' ' -f 1-3 /proc/loadavg)"
	for p in libxml2 libcurl4 libsqlite3-0 libmd4c0 libtls26 sfeed \
	    python3-feedparser planet-venus gmid molly-brown gophernicus \
	    pygopherd pandoc-data pandoc html2text python3-html2text \
	    newsboat rawdog; do
		v=$(version "$p")
		[ "$v" = "not installed" ] || [ -z "$v" ] || echo "$p: $v"
	done
}

machine >"$dir/machine"
: >"$dir/rows"
failed=0
for b in "$@"; do
	name=$(basename "$b")
	echo "== $name" >&2
	set -- "--json" "$dir/$name.json"
	# One that prints sentences yet, not rows.
	grep -q bench_start "tests/bench/$name.c" || set --
	if ! "$b" "$@" >"$dir/out" 2>"$dir/err"; then
		echo "$name: failed" >&2
		failed=1
	fi
	grep -v '	' "$dir/out" >&2
	cat "$dir/err" >&2
	grep '	' "$dir/out" | tee -a "$dir/rows" >&2
done

{
	sed 's/^/# /' "$dir/machine"
	printf '%-52s %-11s %10s %10s %-22s %7s %7s %s\n' what unit ours other \
	    peer ratio target verdict
	awk -F '\t' 'NF >= 8 { printf "%-52s %-11s %10s %10s %-22s %7s %7s %s\n", \
	    $1, $2, $3, $4, $5, $6, $7, $8 }' "$dir/rows"
} >"$out.txt"

{
	echo '{"machine":{'
	sed 's/["\\]//g; s/^\([^:]*\): \(.*\)$/"\1":"\2"/; $!s/$/,/' "$dir/machine"
	echo '},"rows":['
	sep=
	for j in "$dir"/*.json; do
		[ -s "$j" ] || continue
		body=$(sed '1s/^\[//; $s/^\]$//' "$j" | sed '/^$/d')
		[ -n "$body" ] || continue
		printf '%s%s\n' "$sep" "$body"
		sep=,
	done
	echo ']}'
} >"$out.json"

cat "$out.txt"
echo "written: $out.txt $out.json" >&2
exit $failed
