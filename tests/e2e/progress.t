#!/usr/bin/env bash
# What may take over a second shows on a terminal how far it is, and leaves
# the line clean; nowhere else, and not with -q.

. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip_all "python3 is not installed"
export ORRERY_NOW=1794398400		# 2026-11-11
mkdir "$T/p"
cd "$T/p" || exit 1
cat >planet.ini <<INI
[Planet]
name = Progress
link = gemini://localhost/
cache_directory = cache
output_dir = output
max_entries = 1000
new_feed_items = 1000
[gemini]
listen = 127.0.0.1:0
host = localhost
[gopher]
enabled = no
[server]
rate_per_address = 0
[feed.rss]
name = Progress
INI
feed() {
	echo '<rss version="2.0"><channel><title>P</title>'
	for i in $(seq 1200); do
		echo "<item><title>Number $i $1</title><guid>$i</guid><description>text $i</description></item>"
	done
	echo '</channel></rss>'
}
feed one >feed.rss

# shows NAME WORD COMMAND...: a progress line with WORD, wiped in the end.
shows() {
	local name=$1 word=$2
	shift 2
	python3 "$here/tests/support/onpty.py" "$@" >"$T/tty" 2>&1
	if grep -aqE "$(printf '\r')$word [0-9]+(%|/[0-9]+)" "$T/tty" &&
	    tr '\r' '\n' <"$T/tty" | sed "s/$(printf '\033')\[K/%/g" |
	    grep -avE '^$' | awk -v word="$word" 'index($0, word " ") == 1 {
	    last = NR; if (length($0) > 60) bad = 1 }
	    /^%/ && NR > last { wiped = 1 } END { exit !wiped || bad }'; then
		is "$name shows how far it is" shown shown
	else
		is "$name shows how far it is" "$(cat -v "$T/tty" |
		    tail -c 300)" "$word"
	fi
}
# silent NAME WORD COMMAND...: none of that, whatever else is said.
silent() {
	local name=$1 word=$2
	shift 2
	"$@" >"$T/out" 2>&1
	is "$name" "$(grep -acE "$(printf '\r')|$(printf '\033')|$word [0-9]" "$T/out")" 0
}
silent_tty() {
	local name=$1
	shift
	python3 "$here/tests/support/onpty.py" "$@" >"$T/tty" 2>&1
	is "$name" "$(sed "s/$(printf '\r')\$//" "$T/tty" |
	    grep -acE "$(printf '\r')|$(printf '\033')")" 0
}

shows "a first update" indexing "$ORRERY" update
has "of its pages, too" "$T/tty" "publishing "
rm cache/search.db
shows "an index made anew" indexing "$ORRERY" publish
rm cache/search.db
silent "not in a pipe" indexing "$ORRERY" publish
rm cache/search.db
silent_tty "nor with -q" "$ORRERY" -q publish
feed two >feed.rss
silent "an update in a pipe has none" publishing "$ORRERY" update --all
feed three >feed.rss
silent_tty "nor with -q" "$ORRERY" -q update --all

python3 "$here/tests/support/onpty.py" "$ORRERY" forget --yes \
    "$(cd output/capsule && echo e/2026/*number-7-one.gmi)" >"$T/tty" 2>&1
has "forgetting says what it is at" "$T/tty" "taking it out of the search index"
silent "not in a pipe" taking "$ORRERY" forget --yes \
    "$(cd output/capsule && echo e/2026/*number-8-one.gmi)"
is "both are gone" "$(find output/capsule/e -name '*number-[78]-one.gmi')" ""

# A store that is copied for a moment: pages that hold nothing.
python3 - <<'PY'
import sqlite3
db = sqlite3.connect("cache/orrery.db")
db.execute("CREATE TABLE padding(x)")
for _ in range(60):
    db.execute("INSERT INTO padding VALUES(zeroblob(1000000))")
db.commit()
PY
shows "a backup" copying "$ORRERY" backup "$T/one"
silent "not in a pipe" copying "$ORRERY" backup "$T/two"
silent_tty "nor with -q" "$ORRERY" -q backup "$T/three"
shows "putting it back" restoring "$ORRERY" restore "$T/one"
silent "not in a pipe" restoring "$ORRERY" restore "$T/one"

unset ORRERY_NOW
if command -v openssl >/dev/null && serve_planet "$T/p"; then
	shows "a mirror" mirroring "$ORRERY" mirror --allow-private --max 8 \
	    --delay 120 "gemini://localhost:$gemini_port/" "$T/m"
	has "and says what it did" "$T/tty" "new or changed"
	silent "not in a pipe" mirroring "$ORRERY" mirror --allow-private \
	    --max 4 --delay 120 "gemini://localhost:$gemini_port/" "$T/m"
	silent_tty "nor with -q" "$ORRERY" -q mirror --allow-private \
	    --max 4 --delay 120 "gemini://localhost:$gemini_port/" "$T/m"
else
	skip "a mirror" "no server here"
fi
