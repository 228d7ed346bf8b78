#!/usr/bin/env bash
# Feeds that want to hurt (threats F01 to F04; tests/support/bounds.c has the
# shapes): each is read, or refused in one line, for less than a second of CPU
# and 100 MB; nothing that a terminal obeys comes out; and in an update they
# cost nobody else anything.

. "$(dirname "$0")/lib.sh"

bounds=$(realpath -m "$BUILD/tests/support/bounds")
[ -x "$bounds" ] || bounds=$here/$BUILD/tests/support/bounds
[ -x "$bounds" ] || skip_all "the helper is not built"

mkdir "$T/f" "$T/p"
"$bounds" make "$T/f" || exit 70
for f in "$SHARED"/data/feed-conformance/files/wild/*; do
	[ -r "$f" ] && cp "$f" "$T/f/shared-${f##*/}"
done
[ -e "$SHARED/data" ] || skip "other people's broken feeds" "no $SHARED/data"

# clean FILE: it holds no control characters but newlines and tabs.
clean() {
	! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$1"
}

# answered STATUS: an object with entries, or one line that refuses.
answered() {
	case $1 in
	0)	grep -q '"entries": \[' "$T/out" && [ ! -s "$T/err" ] ;;
	65)	[ ! -s "$T/out" ] && [ "$(wc -l <"$T/err")" = 1 ] &&
		    grep -qE ': (not a feed|not read|refused): ' "$T/err" ;;
	*)	false ;;
	esac
}

slowest=0 biggest=0
for f in "$T"/f/*; do
	name=${f##*/} base=http://e.example/feed seconds=2
	case $name in
	*.gmi)	base=gemini://e.example/ ;;
	*.gopher)	base=gopher://e.example/1/ ;;
	esac
	[ -z "${SAN:-}" ] || seconds=60
	read -r status ms kb <<<"$("$bounds" run "$seconds" "$T/out" "$T/err" \
	    "$ORRERY" parse --json --base "$base" "$f")"
	ok "$name is read or refused in a line" answered "$status"
	cat "$T/out" "$T/err" >"$T/said"
	ok "$name comes out without control characters" clean "$T/said"
	case $name:$status in
	shared-* | *:65)	;;
	*)	has "$name: the entry before" "$T/out" '"before"' ;;
	esac
	[ -n "${SAN:-}" ] && continue
	ok "$name takes less than a second of CPU ($ms ms)" [ "$ms" -lt 1000 ]
	ok "$name takes less than 100 MB ($kb kB)" [ "$kb" -lt 100000 ]
	[ "$ms" -gt "$slowest" ] && slowest=$ms
	[ "$kb" -gt "$biggest" ] && biggest=$kb
done
[ -z "${SAN:-}" ] || skip "CPU and memory" "a sanitizer has needs of its own"
echo "# at most $slowest ms of CPU, $biggest kB"

# All of them in one planet, and a good one.
cd "$T/p" || exit 70
cat >good.rss <<'END'
<rss version="2.0"><channel><title>Good</title><item><title>Good post</title>
<guid isPermaLink="false">g1</guid><description>Still here.</description>
<pubDate>Wed, 11 Nov 2026 10:00:00 +0000</pubDate></item></channel></rss>
END
{
	printf '[Planet]\nname = T\noutput_dir = out\ncache_directory = cache\n'
	printf '[%s]\nname = Good one\n' "$T/p/good.rss"
	for f in "$T"/f/*; do
		case $f in
		*/shared-*)	;;
		*)	printf '[%s]\nname = %s\n' "$f" "${f##*/}" ;;
		esac
	done
} >planet.ini
seconds=60
[ -z "${SAN:-}" ] || seconds=600
read -r status ms kb <<<"$(ORRERY_NOW=1794398400 "$bounds" run "$seconds" \
    "$T/out" "$T/err" "$ORRERY" update)"
cat "$T/out" "$T/err" >"$T/said"
ok "an update with all of them ends ($status)" [ "$status" -lt 128 ]
ok "the good feed's entry is there" grep -rq "Good post" out
ok "the good feed has no word said about it" \
    bash -c '! grep -q good.rss "$1"' - "$T/said"
for name in depth-list.json depth-object.json values.json controls-refused.rss; do
	has "$name is named" "$T/said" "$name"
done
ok "what is said has no control characters" clean "$T/said"
find out -type f ! -name '*.gz' -exec cat {} + >"$T/tree"
ok "nor has what is published" clean "$T/tree"
[ -n "${SAN:-}" ] ||
    ok "the run and its children take less than 100 MB ($kb kB)" \
    [ "$kb" -lt 100000 ]
