#!/bin/sh
# Run the unit tests and the end-to-end tests, show what failed, and close
# with "N passed, N failed, N skipped".  Each argument is a test that
# speaks TAP: a program, or a .t script.
set -u

CMOCKA_MESSAGE_OUTPUT=TAP
export CMOCKA_MESSAGE_OUTPUT
passed=0 failed=0 skipped=0
# Handshakes by the hundred take their time under a sanitizer.
limit=400
[ -z "${SAN:-}" ] || limit=1200
# Forked processes end by _exit() with what they hold: no leaks are counted.
ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
export ASAN_OPTIONS
out=$(mktemp) || exit 70
trap 'rm -f "$out"' EXIT

for t in "$@"; do
	begun=$(date +%s)
	case "$t" in
	*.t)	timeout "$limit" bash "$t" >"$out" 2>&1 ||
		    { # A loaded machine may be late once; it is said, not hidden.
		      echo "again $t: $(grep '^not ok' "$out" | head -n 3)"
		      timeout "$limit" bash "$t" >"$out" 2>&1; } ;;
	*)	timeout 300 "$t" >"$out" 2>&1 ;;
	esac
	rc=$?
	ok=$(grep -c '^[[:space:]]*ok ' "$out")
	# cmocka writes a skipped test as "not ok N # SKIP".
	skip=$(grep -ciE '^[[:space:]]*(not )?ok .*# *skip' "$out")
	ok=$((ok + $(grep -ciE '^[[:space:]]*not ok .*# *skip' "$out")))
	bad=$(grep -E '^[[:space:]]*not ok ' "$out" | grep -civ '# *skip')
	# A test that died, or said nothing at all, has failed.
	if [ "$bad" = 0 ]; then
		if [ $rc -ne 0 ]; then
			bad=1
			echo "died with status $rc" >>"$out"
		elif [ "$ok" = 0 ] && ! grep -q '^1\.\.0' "$out"; then
			bad=1
			echo "ran no test" >>"$out"
		elif [ "$ok" = 0 ]; then
			skip=1
			ok=1
		fi
	fi
	passed=$((passed + ok - skip))
	skipped=$((skipped + skip))
	failed=$((failed + bad))
	if [ "$bad" != 0 ]; then
		echo "FAIL $t"
		sed 's/^/    /' "$out" | grep -v '^ *ok ' | tail -n 60
	else
		echo "ok   $t ($((ok - skip)), $(($(date +%s) - begun)) s)"
		grep -i '# *skip' "$out" | sed 's/^/     /' | sort -u | head -n 5
	fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
