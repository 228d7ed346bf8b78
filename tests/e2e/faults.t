#!/usr/bin/env bash
# Broken on purpose (threats O01, O03): an update that dies, or is refused by
# the disk, at any call that changes a file.  Whatever is published is an
# old or a new whole file, the front page's links hold, the next run
# completes, and the result is what an undisturbed run gives.
# FAULT_STEP=1 tries every single call; the default samples them.

. "$(dirname "$0")/lib.sh"

shim=$here/$BUILD/tests/support/fault_shim.so
[ -r "$shim" ] || shim=$BUILD/tests/support/fault_shim.so
[ -r "$shim" ] || skip_all "the shim is not built"
[ -z "${SAN:-}" ] || skip_all "preloading does not mix with sanitizers"
shim=$(realpath "$shim")
export ORRERY_NOW=1794398400

# make_planet DIR: the sample planet, ready for its second update.
make_planet() {
	cp -R "$here/doc/examples/demo" "$1"
	(cd "$1" && "$ORRERY" update -q --all)
}
# A new entry, an edited one, a post less.
change() {
	sed -i 's|<item>|<item><title>Fog bell</title><link>https://tides.harbour.example/2026/bell/</link><guid isPermaLink="false">bell</guid><pubDate>Wed, 11 Nov 2026 10:00:00 +0000</pubDate><description>One stroke a minute.</description></item><item>|;0,/<item>/!b' \
	    "$1/feeds/tide-tables.rss"
	sed -i '0,/Highest on/s//Highest, we think, on/' "$1/feeds/tide-tables.rss"
	rm "$1/posts/fog-signal.gmi"
}
# tree DIR: names and digests of what is published.
tree() {
	(cd "$1/output" && find . -type f ! -name '*.tmp*' | sort |
	    grep -v -e '/health' -e /mirror/ -e '^./meta/.*tmp' | xargs sha256sum)
}

make_planet "$T/base"
cp -R "$T/base" "$T/want"
change "$T/want"
(cd "$T/want" && FAULT=count FAULT_DIR=$T/want FAULT_OUT=$T/count \
    LD_PRELOAD=$shim "$ORRERY" update -q --all)
total=$(cat "$T/count" 2>/dev/null || echo 0)
ok "an update changes files ($total calls)" test "$total" -gt 20
tree "$T/base" >"$T/old"
tree "$T/want" >"$T/new"
sort -u "$T/old" "$T/new" >"$T/allowed"
not_ok "the change changes pages" cmp -s "$T/old" "$T/new"

# whole DIR: every published file is one of the old or the new ones.
whole() {
	tree "$1" | sort | comm -23 - "$T/allowed" >"$T/torn"
	if [ -s "$T/torn" ]; then
		cat "$T/torn"
		return 1
	fi
}
# linked DIR: each relative link of the front page leads to a file.
linked() {
	local l root=$1/output/capsule
	sed -n 's/^=> \([^ :]*\)\( .*\)\{0,1\}$/\1/p' "$root/index.gmi" |
	while read -r l; do
		l=${l%%\?*}
		l=${l#/}
		case $l in
		search*|random*) continue ;;
		'') l=index.gmi ;;
		*/) l=${l}index.gmi ;;
		esac
		[ -f "$root/$l" ] || { echo "dangling: $l"; exit 1; }
	done
}

step=${FAULT_STEP:-$((total / 25 + 1))}
attempt() {
	local kind=$1 i=$2 d=$T/try
	rm -rf "$d"
	cp -R "$T/base" "$d"
	change "$d"
	(cd "$d" && FAULT=$kind FAULT_DIR=$d FAULT_AT=$i LD_PRELOAD=$shim \
	    "$ORRERY" update -q --all) >"$T/said" 2>&1
	echo $? >"$T/rc"
	whole "$d" && linked "$d" || return 1
	(cd "$d" && "$ORRERY" update -q --all) >"$T/said2" 2>&1 ||
	    { cat "$T/said2"; return 1; }
	tree "$d" >"$T/got"
	cmp "$T/got" "$T/new" || { diff "$T/new" "$T/got"; return 1; }
}
for ((i = 1; i <= total; i += step)); do
	ok "killed at call $i of $total" attempt kill "$i"
done
for ((i = 2; i <= total; i += step * 3)); do
	ok "disk full from call $i on" attempt ENOSPC "$i"
	lacks "and it does not crash" "$T/rc" 139
	ok "input/output error from call $i on" attempt EIO "$i"
done

# O02, power lost: what was not synced may be empty although its name stands
# (a rename that reached the disk before its data), and the store may have
# lost its last transactions, unless they were carried over from its log,
# which SQLite syncs first.  The next run must mend both.
# power N STORE: killed at call N, then every file it had written is emptied.
power() {
	local d=$T/try
	rm -rf "$d"
	cp -a "$T/base" "$d"
	change "$d"
	touch -d '1 second ago' "$T/stamp"
	sleep 0.02
	find "$d/output" "$d/cache" -type f -exec touch -d '1 hour ago' {} +
	(cd "$d" && FAULT=kill FAULT_DIR=$d FAULT_AT=$1 LD_PRELOAD=$shim \
	    "$ORRERY" update -q --all) >"$T/said" 2>&1
	find "$d/output" -type f -newer "$T/stamp" -exec truncate -s 0 {} +
	[ "$2" = kept ] || ! cmp -s "$d/cache/orrery.db" "$T/base/cache/orrery.db" ||
	    rm -f "$d"/cache/*-wal "$d"/cache/*-shm
	(cd "$d" && "$ORRERY" update -q --all) >"$T/said2" 2>&1 ||
	    { cat "$T/said2"; return 1; }
	tree "$d" >"$T/got"
	cmp "$T/got" "$T/new" || { diff "$T/new" "$T/got" | head; return 1; }
}
for ((i = step / 2 + 1; i <= total; i += step * 4)); do
	ok "power lost at call $i, the store kept" power "$i" kept
	ok "power lost at call $i, the store's last words too" power "$i" lost
done
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	rm -rf "$T/try"
	cp -a "$T/base" "$T/try"
	change "$T/try"
	(cd "$T/try" && strace -f -o "$T/trace" -e \
	    trace=linkat,rename,renameat,renameat2,syncfs,unlink,unlinkat \
	    "$ORRERY" update -q --all)
	ok "pages are synced after the last is in place, before any is removed" \
	    awk '/(rename|linkat).*(\/e\/|index.gmi)/ { if (synced) bad = 1; pages++ }
		/syncfs/ { synced = 1 }
		/unlink.*\/e\// && !/\.tmp-/ { if (!synced) bad = 1; gone++ }
		END { exit bad || !synced || !pages || !gone }' "$T/trace"
else
	skip "pages are synced before any is removed" "strace is not here"
fi
