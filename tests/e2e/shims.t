#!/usr/bin/env bash
# No memory, no descriptors, no disk, another time of day, no name server
# (threats O01, O03, O05, O07, O11): update, publish, serve and mirror end in one
# line or do their work, never by a signal; the published tree is whole
# afterwards and the next run puts everything right.
# FAULT_STEP=1 tries every call; the default samples a few.

. "$(dirname "$0")/lib.sh"

[ -z "${SAN:-}" ] || skip_all "preloading does not mix with sanitizers"
support=$(realpath "$BUILD/tests/support")
fault=$support/fault_shim.so clock=$support/clock_shim.so
resolver=$support/resolver_shim.so
[ -r "$fault" ] && [ -r "$clock" ] && [ -r "$resolver" ] ||
    skip_all "the shims are not built"
export ORRERY_NOW=1794398400
canary=1f0c9a7e-canary

# whole DIR: the tree's properties; stray half-written files are not served.
whole() {
	python3 "$here/tests/support/checktree.py" "$1/output" "$canary"
}
# one_end: the last command's status is no signal's, and who failed says
# so in a few plain lines.
one_end() {
	local lines
	[ "$rc" -lt 124 ] || { echo "status $rc"; cat "$T/said"; return 1; }
	lines=$(wc -l <"$T/said")
	[ "$rc" = 0 ] || [ "$lines" -ge 1 ] || { echo "status $rc, no word"; return 1; }
	[ "$lines" -le 12 ] || { echo "$lines lines"; head "$T/said"; return 1; }
	! grep -q '[^[:print:][:space:]]' "$T/said"
}

cp -R "$here/doc/examples/demo" "$T/base"
(cd "$T/base" && "$ORRERY" update -q --all) || skip_all "no planet to break"
echo "$canary" >"$T/base/cache/secret"
ok "the tree has its properties" whole "$T/base"
cp -R "$T/base" "$T/bad"
printf '=> /nowhere\n\033[1m' >"$T/bad/output/capsule/bad.gmi"
not_ok "and the test of them sees a fault" whole "$T/bad"

fresh() {
	rm -rf "$T/try"
	cp -R "$T/base" "$T/try"
	sed -i '0,/Highest on/s//Highest, we think, on/' \
	    "$T/try/feeds/tide-tables.rss"
}
fresh
(cd "$T/try" && "$ORRERY" update -q --all)
digest() {
	(cd "$1/output" && find . -type f ! -name '*.tmp*' ! -name '.tmp*' |
	    sort | grep -v -e /health -e /mirror/ | xargs sha256sum)
}
digest "$T/try" >"$T/want"

# how_many KIND COMMAND...: calls of that kind in an undisturbed run.
how_many() {
	local kind=$1
	shift
	fresh
	(cd "$T/try" && FAULT=count-$kind FAULT_OUT=$T/count \
	    timeout 60 env LD_PRELOAD="$fault" "$ORRERY" "$@") >/dev/null 2>&1
	cat "$T/count" 2>/dev/null || echo 0
}
# attempt KIND AT COMMAND...
attempt() {
	local kind=$1 at=$2
	shift 2
	fresh
	(cd "$T/try" && FAULT=$kind FAULT_AT=$at \
	    timeout 60 env LD_PRELOAD="$fault" "$ORRERY" "$@") >"$T/said" 2>&1
	rc=$?
	one_end && whole "$T/try" || return 1
	(cd "$T/try" && "$ORRERY" update -q --all) >"$T/said2" 2>&1 ||
	    { cat "$T/said2"; return 1; }
	digest "$T/try" >"$T/got"
	diff "$T/want" "$T/got"
}
# each KIND SAMPLES COMMAND...
each() {
	local kind=$1 samples=$2 total step i
	shift 2
	total=$(how_many "$kind" "$@")
	ok "$1 asks for $kind ($total times)" test "$total" -gt 5
	step=$((total / samples + 1))
	# Memory is asked for ten thousands of times: every one is for days.
	[ -z "${FAULT_STEP:-}" ] || step=$FAULT_STEP
	[ "$kind" != malloc ] || [ -z "${FAULT_STEP:-}" ] ||
	    step=$((total / 300 + 1))
	for ((i = 1; i <= total; i += step)); do
		ok "$1: no $kind at request $i of $total" \
		    attempt "$kind" "$i" "$@"
	done
}
each malloc 4 update -q --all
each fds 4 update -q --all
each malloc 2 publish -q --all
each fds 2 publish -q --all

# --- serve: it comes up or says why; the tree is only read ---------------

# served KIND AT
served() {
	local pid i said=1
	rm -f "$T/serve.out"
	(cd "$T/base" && FAULT=$1 FAULT_AT=$2 FAULT_OUT=$T/count \
	    exec timeout 60 env LD_PRELOAD="$fault" "$ORRERY" serve \
	    >"$T/serve.out" 2>"$T/said") &
	pid=$!
	for ((i = 0; i < 150; i++)); do
		grep -q '^ready' "$T/serve.out" 2>/dev/null && { said=0; break; }
		kill -0 $pid 2>/dev/null || break
		sleep 0.1
	done
	if [ $said = 0 ]; then
		gemini_port=$(sed -n 's/^listening gemini .*:\([0-9]*\)$/\1/p' \
		    "$T/serve.out" | head -n 1)
		# A fault that strikes a visitor costs that visit; the next is served.
		gemini / >"$T/page"
		grep -q '^20 ' "$T/page" || gemini / >"$T/page"
		kill -TERM $pid 2>/dev/null
	fi
	wait $pid
	rc=$?
	if [ $said = 0 ]; then
		grep -q '^20 ' "$T/page" || { echo "nobody is served"; cat "$T/said"; return 1; }
	elif [ "$rc" = 0 ]; then
		echo "it ended without a word"
		return 1
	fi
	[ "$rc" -lt 124 ] || { echo "status $rc"; cat "$T/said"; return 1; }
	digest "$T/base" | cmp - "$T/base.want"
}
digest "$T/base" >"$T/base.want"
for k in malloc fds; do
	served count-$k 0 >/dev/null
	total=$(cat "$T/count" 2>/dev/null || echo 0)
	ok "serve asks for $k ($total times)" test "$total" -gt 5
	step=$((total / 3 + 1))
	[ -z "${FAULT_STEP:-}" ] || step=$((total / 100 + 1))
	for ((i = 1; i <= total + step; i += step)); do
		ok "serve: no $k at request $i of $total" served $k "$i"
	done
done

# --- mirror ---------------------------------------------------------------

serve_planet "$T/base" || skip_all "the planet is not served"
# mirrored KIND AT [ERRNO KIND's directory]: what is there is whole, and the
# next one completes it.
mirrored() {
	rm -rf "$T/copy"
	FAULT=$1 FAULT_AT=$2 FAULT_OUT=$T/count FAULT_DIR=$T/copy \
	    timeout 60 env LD_PRELOAD="$fault" "$ORRERY" mirror -q --delay 0 \
	    --allow-private "gemini://localhost:$gemini_port/" "$T/copy" \
	    >"$T/said" 2>&1
	rc=$?
	[ "${3:-}" = dies ] || one_end || return 1
	timeout 60 "$ORRERY" mirror -q --delay 0 --allow-private \
	    "gemini://localhost:$gemini_port/" "$T/copy" >"$T/said2" 2>&1 ||
	    { cat "$T/said2"; return 1; }
	(cd "$T/copy" && find . -type f -not -path './.orrery-mirror/*' |
	    sort | xargs sha256sum) >"$T/got"
	[ -f "$T/mirror.want" ] || cp "$T/got" "$T/mirror.want"
	diff "$T/mirror.want" "$T/got"
}
ok "a mirror that nothing disturbs" mirrored none 0
for k in count count-malloc count-fds; do
	mirrored $k 0 >/dev/null
	total=$(cat "$T/count" 2>/dev/null || echo 0)
	samples=2
	[ -z "${FAULT_STEP:-}" ] || samples=40
	for ((i = 1 + total / 7; i <= total; i += total / samples + 1)); do
		case $k in
		count)
			ok "mirror: killed at call $i of $total" mirrored kill "$i" dies
			ok "mirror: disk full from call $i on" mirrored ENOSPC "$i"
			ok "mirror: input/output error from call $i on" \
			    mirrored EIO "$i" ;;
		*)	ok "mirror: no ${k#count-} at request $i of $total" \
			    mirrored "${k#count-}" "$i" ;;
		esac
	done
done

# --- the time of day (O05) ------------------------------------------------

# jumped SECONDS: a run at another time, then one at the right one.
jumped() {
	local now=$ORRERY_NOW
	fresh
	(cd "$T/try" && unset ORRERY_NOW && CLOCK_ADD=$1 LD_PRELOAD=$clock \
	    timeout 60 "$ORRERY" update -q --all) >"$T/said" 2>&1
	rc=$?
	one_end && whole "$T/try" || return 1
	(cd "$T/try" && "$ORRERY" update -q --all) >"$T/said2" 2>&1 ||
	    { cat "$T/said2"; return 1; }
	whole "$T/try" || return 1
	(cd "$T/try" && "$ORRERY" update --dry-run --all) >"$T/due" 2>&1
	ORRERY_NOW=$((now + 691200))
	(cd "$T/try" && "$ORRERY" update --dry-run) >"$T/due" 2>&1
	ORRERY_NOW=$now
	grep -q 'tide-tables' "$T/due" || { echo "never due again"; cat "$T/due"; return 1; }
}
for s in -1790000000 -86400 86400 315360000 3000000000; do
	ok "a clock that is $s seconds off" jumped "$s"
done

# --- names that are not answered (O11) ------------------------------------

rm -rf "$T/try"
cp -R "$T/base" "$T/try"
printf '[https://nobody.example/feed]\nname = Nobody\n[https://later.example/feed]\nname = Later\n' \
    >>"$T/try/planet.ini"
(cd "$T/try" && RESOLVER=later.example=again LD_PRELOAD=$resolver \
    timeout 60 "$ORRERY" update --all) >"$T/said" 2>&1
rc=$?
ok "names without an answer end in words" test $rc -lt 124
ok "and cost the others nothing" whole "$T/try"
digest "$T/try" >"$T/got"
ok "whose entries are all there" test "$(grep -c /e/ "$T/got")" = \
    "$(grep -c /e/ "$T/base.want")"
(cd "$T/try" && "$ORRERY" status) >"$T/status" 2>&1
ok "the keeper is told which" grep -q 'Nobody\|nobody.example' "$T/status"

# --- files of somebody else (O07) -----------------------------------------

fresh
echo "mine" >"$T/try/output/capsule/e/mine.txt"
mkdir "$T/try/output/capsule/mine"
echo "mine" >"$T/try/output/capsule/mine/index.gmi"
(cd "$T/try" && "$ORRERY" update -q --all && "$ORRERY" publish -q --all) \
    >"$T/said" 2>&1
ok "a file that was not published stays" test -f \
    "$T/try/output/capsule/e/mine.txt"
ok "and a folder" test -f "$T/try/output/capsule/mine/index.gmi"
