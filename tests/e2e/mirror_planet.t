#!/usr/bin/env bash
# A planet of our own and its mirrors: what changed travels and nothing else,
# whatever breaks off is taken up again, and a mirror's mirror is the same.
# MIRROR_ENTRIES=10000 for the large form (make check-mirror).

. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip_all "python3 is not installed"
entries=${MIRROR_ENTRIES:-120}
patience=$((60 + entries / 10))
export ORRERY_NOW=1794398400		# 2026-11-11
mkdir "$T/p"
cd "$T/p" || exit 1

# feed: the entries; those of CHANGED with another text.
feed() {
	python3 - "$entries" "$@" <<'PY'
import sys
changed = set(map(int, sys.argv[2:]))
print('<rss version="2.0"><channel><title>Soundings</title>')
for i in range(int(sys.argv[1])):
    print("<item><title>Sounding %d</title><guid>s-%d</guid>"
          "<pubDate>%02d %s 2026 12:00:00 +0000</pubDate>"
          "<description>%d fathoms%s.</description></item>" % (i, i, i % 28 + 1,
          ["Aug", "Sep", "Oct"][i // 28 % 3], i, " and sand" if i in changed else ""))
print("</channel></rss>")
PY
}
cat >planet.ini <<INI
[Planet]
name = Soundings
link = gemini://localhost/
cache_directory = cache
output_dir = output
max_entries = 100000
new_feed_items = 100000
bundles = tar.gz
[gemini]
listen = 127.0.0.1:0
host = localhost
[gopher]
enabled = no
[server]
rate_per_address = 0
access_log = access.log
[feed.rss]
name = Soundings
INI
feed >feed.rss
ok "update" "$ORRERY" update --all
is "with its entries" "$(find output/capsule/e -name '*.gmi' | wc -l)" "$entries"
ok "serve" serve_planet "$T/p"
unset ORRERY_NOW
G=gemini://localhost:$gemini_port/

mirror() {
	local to=$1
	shift
	: >"$T/p/access.log"
	timeout $patience "$ORRERY" mirror --allow-private --delay 0 "$@" \
	    "${FROM:-$G}" "$to" >"$T/last" 2>&1 || { cat "$T/last"; return 1; }
}
# asked: the paths that the server was asked for.  Its log is written in
# bundles, so wait until it no longer grows.
asked() {
	local had=0 now i
	for ((i = 0; i < 50; i++)); do
		now=$(wc -c <"$T/p/access.log")
		[ "$now" = "$had" ] && { [ "$now" -gt 0 ] || [ $i -gt 3 ]; } && break
		had=$now
		sleep 1.2
	done
	grep -o 'gemini://[^ "]*' "$T/p/access.log" |
	    sed 's,gemini://[^/]*/,,' | LC_ALL=C sort
}
same() {
	diff -r -x .orrery-mirror -x health.gmi -x 'changes-*' "$1" "$2"
}

ok "a first mirror" mirror "$T/m"
ok "has everything" same output/capsule "$T/m"
is "each asked for once" "$(asked | uniq -d)" ""
ok "another one" mirror "$T/m"
is "asks for robots.txt and the manifest" "$(asked | tr '\n' ' ')" \
    "mirror/manifest.tsv robots.txt "

# changes: the month's change log, which may go on in further files.
changes() {
	local log=output/capsule/mirror/changes-2026-11 i
	cat $log.tsv
	for ((i = 2; ; i++)); do
		[ -e $log-$i.tsv ] || break
		cat $log-$i.tsv
	done
}
had=$(changes | wc -c)
echo "# $had bytes of changes"
is "no piece of the log is larger than 64 kB and a line" \
    "$(find output/capsule/mirror -name 'changes-*' -size +66000c)" ""
parts() { grep -rh '	part$' output/capsule/mirror/ | LC_ALL=C sort; }
parts >"$T/parts"
feed 3 17 31 44 58 63 71 85 99 110 >feed.rss
ORRERY_NOW=1794402000 "$ORRERY" -q update --all 2>"$T/err"
changes | tail -c +$((had + 1)) | grep -v '^#' | cut -f 3 >"$T/changed"
is "ten entries are edited" "$(grep -c '^e/' "$T/changed")" 10
ok "and mirrored" mirror "$T/m"
is "what changed is what was asked for" "$(asked | tr '\n' ' ')" \
    "$(cat "$T/changed" <(printf '%s\n' robots.txt mirror/manifest.tsv) \
    <(parts | LC_ALL=C comm -13 "$T/parts" - | cut -f 1) |
    LC_ALL=C sort | tr '\n' ' ')"
ok "the mirror is whole" same output/capsule "$T/m"

# --- broken off at any moment ---
total=0
for i in 1 2 3 4 5 6; do
	: >access.log
	# in the first second, or anywhere in a long run
	timeout -s KILL "$((RANDOM % (1 + entries / 1000))).$((RANDOM % 9 + 1))" "$ORRERY" mirror \
	    --allow-private --delay 0 "$G" "$T/k" >/dev/null 2>&1
	total=$((total + $(asked | grep -c '^e/')))
done
ok "after six kills it goes on" mirror "$T/k"
total=$((total + $(asked | grep -c '^e/')))
ok "to the end" same output/capsule "$T/k"
ok "asking for few things twice ($total of $entries)" \
    [ $total -le $((entries + 6)) ]
is "nothing half is left" "$(find "$T/k" -name '*.tmp*' -o -name '.tmp*')" ""

# --- damage ---
page=$(cd output/capsule && ls e/2026/*sounding-5.gmi)
cp "output/capsule/$page" "$T/page"
tr f F <"$T/page" >"output/capsule/$page"
rm -f "$T/k/$page"
not_ok "what came damaged is a failure" mirror "$T/k"
ok "and is not kept" test ! -e "$T/k/$page"
has "but said" "$T/last" "not what the manifest says"
cp "$T/page" "output/capsule/$page"
ok "a later run" mirror "$T/k"
ok "has it whole" cmp "$T/page" "$T/k/$page"
tr f F <"$T/page" >"$T/x"
touch -r "$T/k/$page" "$T/x"
cp -p "$T/x" "$T/k/$page"
ok "damage on this side is found with --verify" mirror "$T/k" --verify
ok "and mended" cmp "$T/page" "$T/k/$page"

# --- a mirror of a mirror ---
mkdir -p "$T/q/output"
cp -Rp "$T/m" "$T/q/output/capsule"
sed 's/^access_log.*//' planet.ini >"$T/q/planet.ini"
cp -R certs "$T/q/" 2>/dev/null
printf '' >"$T/q/feed.rss"
ok "serve a mirror" serve_planet "$T/q"
FROM=gemini://localhost:$gemini_port/
ok "and mirror it" mirror "$T/mm"
is "its mirror is the same, bytes and times" \
    "$(cd "$T/mm" && find . -path ./.orrery-mirror -prune -o -type f \
    ! -path './mirror/manifest.tsv' -printf '%p %s %T@\n' | sort)" \
    "$(cd "$T/m" && find . -path ./.orrery-mirror -prune -o -type f \
    ! -path './mirror/manifest.tsv' -printf '%p %s %T@\n' | sort)"
ok "byte for byte" same "$T/m" "$T/mm"
ok "with its manifest" cmp "$T/m/mirror/manifest.tsv" "$T/mm/mirror/manifest.tsv"
