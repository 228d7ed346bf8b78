#!/bin/sh
# Run fuzz targets, FUZZ_SECONDS each, beginning with their seeds in
# tests/fuzz/corpus/NAME and what earlier runs found in build/corpus/.  The
# table says inputs tried, inputs a second, edges (cov) and features (ft) of
# the code reached, and what came of it.  A bug leaves its input in
# build/corpus/; mended, it belongs beside the seeds.
set -u

seconds=${FUZZ_SECONDS:-60}
table=build/fuzz/table.txt
here=$PWD
mkdir -p build/corpus build/fuzz
failed=0
{
	echo "# $(date -u +%Y-%m-%d), $seconds s each, $(clang --version | head -n 1)"
	printf '%-16s %10s %8s %7s %7s %6s  %s\n' target inputs per_s cov ft \
	    kept result
} >"$table"
cat "$table"
for t in "$@"; do
	name=${t#fuzz_}
	log=build/fuzz/$name.log
	mkdir -p "build/corpus/$t"
	# A target has what is under test in a folder of its own.
	seeds=tests/fuzz/corpus/$name
	[ -d "$seeds" ] || { echo "$t: no seeds in $seeds" >&2; failed=1; continue; }
	if "$here/build/fuzz/$t" -max_total_time="$seconds" -timeout=10 \
	    -rss_limit_mb=1024 -artifact_prefix="$here/build/corpus/$t-" \
	    -print_final_stats=1 "$here/build/corpus/$t" "$here/$seeds" >"$log" 2>&1; then
		result=clean
	else
		result="FAILED, see $log"
		failed=1
	fi
	awk -v name="$name" -v result="$result" '
	/cov: [0-9]/ { for (i = 1; i < NF; i++) {
		if ($i == "cov:") cov = $(i + 1)
		if ($i == "ft:") ft = $(i + 1)
		if ($i == "corp:") { split($(i + 1), c, "/"); kept = c[1] } } }
	/number_of_executed_units/ { n = $2 }
	/average_exec_per_sec/ { rate = $2 }
	END { printf "%-16s %10d %8d %7d %7d %6d  %s\n", name, n, rate, cov, ft,
	    kept, result }' "$log" | tee -a "$table"
done
exit $failed
