#!/usr/bin/env bash
# The operator's day: check, status, backup and restore, damage, moving house,
# a changed configuration, versions; what a terminal sees and a pipe does not.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
export ORRERY_NOW=1794398400		# 2026-11-11T12:00:00Z
cp -R "$here/doc/examples/demo" "$T/p"
cd "$T/p" || exit 70
orrery() { "$ORRERY" "$@"; }
# says NAME CODE PATTERN COMMAND...: exit status and a line of what it said.
says() {
	local name=$1 code=$2 pattern=$3 rc
	shift 3
	"$@" >"$T/out" 2>"$T/err"
	rc=$?
	is "$name" "$rc $(cat "$T/out" "$T/err" | grep -cE -- "$pattern" |
	    sed 's/[1-9][0-9]*/yes/')" "$code yes"
}
lines_of_err() { wc -l <"$T/err" | tr -d ' '; }

# --- exit codes by sysexits, one line each ---
says "no command of that name" 64 'no command "frobnicate"' orrery frobnicate
is "in one line" "$(lines_of_err)" 1
says "no option of that name" 64 'usage: orrery update' orrery update --frob
is "in one line" "$(lines_of_err)" 1
for command in $("$ORRERY" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	case $command in help|version) continue ;; esac
	says "$command has no such option" 64 'no option "--frobnicate"' \
	    orrery "$command" --frobnicate
done
says "the option that was meant" 64 'did you mean --feed\?' \
    orrery update --fed x
says "an option without its value" 64 '\-\-feed: its value is missing' \
    orrery update --feed
says "a word too many" 64 '"b" is one argument too many' orrery init a b
says "no such configuration" 66 'nothing.ini' orrery -c nothing.ini update
says "control characters do not reach the terminal" 64 'no command' \
    orrery $'\e[31mred'
ok "as said" bash -c '! grep -q "$(printf "\033")" "$0"' "$T/err"
says "nothing stored yet" 66 'run `orrery update` first' orrery status

# --- init ---
says "init" 0 'Next: cd ../new && orrery run' orrery init ../new
for f in planet.ini posts/a-planet-begins.md theme/README; do
	ok "init wrote $f" test -s "$T/new/$f"
done
says "init where a file is in the way" 70 'planet.ini' orrery init planet.ini

# --- check ---
says "check, all well" 0 '^ok    store +.*: will be made' orrery check
ok "check makes nothing" test ! -e cache
cat >bad.ini <<'X'
[Planet]
name = Bad
timezone = Europe/Nowhere
items_per_page = many
exclude = (((
lnik = gemini://x/

[gemini]
listen = nowhere

[https://a.example/feed]
filter = [
X
orrery -c bad.ini check >"$T/out" 2>"$T/err"
is "check tells a broken configuration" $? 78
for l in 3 4 5 6 9 12; do
	has "line $l among all errors at once" "$T/err" "bad.ini:$l:"
done
has "with the nearest key" "$T/err" '"link"'
orrery check --print >print1 2>"$T/err"
is "check --print" $? 0
orrery -c print1 check --print >print2 2>"$T/err"
ok "is a valid file that says the same" cmp print1 print2
ok "check --json" bash -c '"$0" check --json | python3 -c "
import json, sys
l = json.load(sys.stdin)
assert {x[\"what\"] for x in l} >= {\"configuration\", \"cache\", \"output\",
    \"certificate\", \"gemini\", \"gopher\", \"sandbox\", \"library\", \"store\"}
assert all(x[\"state\"] in (\"ok\", \"note\", \"bad\") for x in l)"' "$ORRERY"
: >file
sed 's/^cache_directory.*//; s/^\[Planet\]/&\ncache_directory = file/' \
    planet.ini >file.ini
says "a file where a directory should be" 69 '^BAD   cache .*is no directory' \
    orrery -c file.ini check
port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
python3 -c 'import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen()
print("ready", flush=True); time.sleep(60)' "$port" >"$T/held" &
pids+=($!)
wait_line "$T/held" ready
sed "/^\[gemini\]/,/^\[gopher\]/ s/^listen = .*/listen = 127.0.0.1:$port/" \
    planet.ini >port.ini
says "a port somebody has" 0 "^note  gemini +127.0.0.1:$port: Address already" \
    orrery -c port.ini check

# --- versions ---
orrery version >"$T/out"
is "the first line is ours" "$(head -n 1 "$T/out")" "orrery $(sed -n \
    's/.*ORRERY_VERSION[^"]*"\(.*\)"/\1/p' "$here/src/cmd/cmd.h")"
for l in libcurl libxml2 SQLite OpenSSL libtls md4c libevent zlib libarchive \
    jansson libidn2 libunistring; do
	ok "the version of $l" grep -qE "^$l +[0-9]+\.[0-9]" "$T/out"
done
is "SQLite's is that of the file that is loaded" \
    "$(awk '$1 == "SQLite" { print $2 }' "$T/out")" \
    "$(python3 -c 'import sqlite3; print(sqlite3.sqlite_version)')"
orrery check >"$T/out"
if orrery version | grep -q '^md4c *0\.4'; then
	ok "check knows what is wrong with this md4c" \
	    grep -q '^note  library       md4c 0.4.*children' "$T/out"
else
	skip "check knows what is wrong with md4c" "another md4c"
fi

# --- status ---
ok "update" orrery -q update --all
says "status: all is well" 0 '^4 sources, [0-9]+ entries' orrery status
has "a line for each, with its weeks" "$T/out" "Tide Tables"
ok "sparkline of half a year" grep -qE 'Tide Tables +ok .*[▁▂▃▄▅▆▇█·]{26}$' "$T/out"
orrery -q status >"$T/out" 2>&1
is "for cron: silence" "$? $(wc -c <"$T/out")" "0 0"
says "why" 0 '^because' orrery status --why "Tide Tables"
says "why: nobody is called that" 66 'no source is called "Nobody[[]2J"' \
    orrery status --why $'Nobody\e[2J'
rm feeds/bakery.json
echo '<html>' >feeds/bakery.json
for _ in 1 2 3; do orrery -q update --all 2>/dev/null; done
says "three failures are worth a mail" 69 'failing' orrery -q status
has "with the reason" "$T/out" "not a feed"
ok "as JSON" bash -c '"$0" status --json | python3 -c "
import json, sys
d = json.load(sys.stdin)
assert d[\"attention\"] is True
f = {x[\"state\"]: x for x in d[\"feeds\"]}
assert f[\"failing\"][\"failures\"] == 3 and f[\"failing\"][\"error\"]
assert len(f[\"ok\"][\"posts_per_week\"]) == 26 and f[\"ok\"][\"next_try\"]"' \
    "$ORRERY"
cp "$here/doc/examples/demo/feeds/bakery.json" feeds/
orrery -q update --all

# --- filter ---
says "filter --dry-run" 0 '^1 of [0-9]+ entries' \
    orrery filter --dry-run --exclude 'Fog|Nebel' --days 365
says "a rule that is none" 64 'usage: orrery filter' orrery filter --exclude '((('
sha256sum cache/orrery.db planet.ini >"$T/sum"
orrery filter --exclude . >/dev/null
ok "filter changes nothing" sha256sum -c "$T/sum"

# --- a terminal, a pipe ---
if command -v script >/dev/null; then
	# on_tty COMMAND: what a terminal is shown, in $T/tty.
	on_tty() { script -qec "$*" "$T/tty" >/dev/null 2>&1 </dev/null; }
	escape=$(printf '\033')
	on_tty "$ORRERY status"
	has "status has colours on a terminal" "$T/tty" "${escape}[32m"
	on_tty "NO_COLOR=1 $ORRERY status"
	lacks "not with NO_COLOR" "$T/tty" "${escape}[3"
	orrery status >"$T/out" 2>&1
	lacks "not in a pipe" "$T/out" "$escape"
	mkdir big
	python3 - <<'X'
n = 1200
for i in range(n):
    with open(f"big/{i}.rss", "w") as f:
        f.write("<rss version='2.0'><channel><title>F%d</title>"
            "<link>http://f%d.example/</link><item><title>One</title>"
            "<link>http://f%d.example/1</link><description>Words</description>"
            "</item></channel></rss>" % (i, i, i))
with open("big/planet.ini", "w") as f:
    f.write("[Planet]\nname = Big\n")
    for i in range(n):
        f.write("\n[%d.rss]\n" % i)
X
	on_tty "$ORRERY -c big/planet.ini update"
	ok "update shows how far it is" grep -qE 'fetching [0-9]+/1200' "$T/tty"
	ok "then the pages, and the index" grep -qE '(pages|indexing|rendering|entries)[^0-9]* [0-9]+/[0-9]+' "$T/tty"
	on_tty "$ORRERY -c big/planet.ini publish --all"
	ok "publish as well" grep -qE ' [0-9]+/[0-9]+' "$T/tty"
	orrery -c big/planet.ini publish --all >"$T/out" 2>&1
	lacks "a pipe is spared" "$T/out" "/"
	on_tty "$ORRERY -q -c big/planet.ini publish --all"
	is "and so is who asks for quiet" "$(grep -c '[0-9]/[0-9]' "$T/tty")" 0
else
	skip "what a terminal sees" "script is not installed"
fi

# --- backup, restore ---
unset ORRERY_NOW
ok "serve" serve_planet "$T/p"
export ORRERY_NOW=1794398400
says "backup while it serves" 0 'a whole copy' orrery backup "$T/copy.db"
says "never over a file" 73 'is there already' orrery backup "$T/copy.db"
orrery status --json >"$T/st1"
orrery export opml >"$T/op1"
sed -i '0,/<item>/s//<item><title>Later<\/title><link>https:\/\/tides.harbour.example\/later<\/link><guid>later<\/guid><description>x<\/description><\/item><item>/' \
    feeds/tide-tables.rss
orrery -q update --all
ok "there is news" grep -q Later output/capsule/index.gmi
says "restore while it serves" 0 'restored from' orrery restore "$T/copy.db"
orrery export opml >"$T/op2"
ok "what it exports is what was exported" cmp "$T/op1" "$T/op2"
is "and its entries are those of then" \
    "$(orrery status --json | grep '^  "entries"')" "$(grep '^  "entries"' "$T/st1")"
ok "publish" orrery publish
gemini / >"$T/page"
is "it serves all the while" "$(head -c 3 "$T/page")" "20 "
says "restoring what is no backup" 70 'no backup|not a|is no' orrery restore planet.ini
ok "leaves the store" orrery -q status

# --- O06: damage ---
cp cache/orrery.db "$T/good.db"
find output/capsule -type f -exec sha256sum {} + | sort >"$T/pages"
python3 - <<'X'
import os
size = os.path.getsize("cache/orrery.db")
with open("cache/orrery.db", "r+b") as f:
    for at in range(4096, size - 64, 4096):
        f.seek(at)
        f.write(b"\xa5" * 64)
X
rm -f cache/orrery.db-wal cache/orrery.db-shm
orrery update --all >"$T/out" 2>&1
is "O06: a damaged store is not written to" "$? $(wc -l <"$T/out")" "70 1"
has "O06: the way back is told" "$T/out" "orrery restore FILE"
says "O06: check tells it too" 69 '^BAD   store' orrery check
find output/capsule -type f -exec sha256sum {} + | sort >"$T/pages2"
ok "O06: the published pages are the same" cmp "$T/pages" "$T/pages2"
gemini / >"$T/page"
is "O06: and served" "$(head -c 3 "$T/page")" "20 "
says "O06: restore" 0 'restored' orrery restore "$T/copy.db"
ok "O06: the damaged one is kept" test -s cache/orrery.db.damaged
ok "O06: and all goes on" orrery -q update --all
kill "$server_pid"
wait "$server_pid" 2>/dev/null

# --- O10: another schema ---
python3 - <<'X'
import sqlite3
d = sqlite3.connect("cache/orrery.db")
d.execute("PRAGMA user_version=999")
X
cp cache/orrery.db "$T/newer.db"
says "O10: a newer store is refused" 65 'made by a newer orrery' orrery update
ok "O10: and left as it is" cmp cache/orrery.db "$T/newer.db"
cp "$T/copy.db" cache/orrery.db
rm -f cache/orrery.db-*

# --- O04: one at a time ---
cat >"$T/many.sh" <<'X'
for i in 1 2 3 4 5 6 7 8 9 10; do
	("$1" update --all >"$2.$i" 2>&1; echo $? >"$2.rc.$i") &
done
wait
X
bash "$T/many.sh" "$ORRERY" "$T/run"
is "O04: ten at once all leave with 0" "$(cat "$T"/run.rc.* | sort | uniq -c |
    tr -s ' ')" " 10 0"
ok "O04: and the store is whole" env -u ORRERY_NOW "$ORRERY" -q check

# --- O14: by root's hand ---
if [ "$(id -u)" = 0 ] && getent passwd nobody >/dev/null &&
    [ "$(awk '{ print $3 }' /proc/self/uid_map)" != 1 ]; then
	chmod 755 "$T"
	cp -R "$here/doc/examples/demo" "$T/root"
	printf '\n[server]\nuser = nobody\n' >>"$T/root/planet.ini"
	chown -R nobody "$T/root"
	ok "O14: root updates" orrery -q -c "$T/root/planet.ini" update --all
	is "O14: as the user of the planet" "$(find "$T/root" ! -user nobody)" ""
	chown -R root "$T/root/cache"
	says "O14: another's store is refused" 70 'belongs to|cannot|denied' \
	    orrery -c "$T/root/planet.ini" update --all
else
	skip "O14: by root's hand" "not root"
fi

# --- moving house: one directory ---
cp -a "$T/p" "$T/moved"
rm -rf "$T/p.gone"
mv "$T/p" "$T/p.gone"
cd "$T/moved" || exit 70
ok "another place: check" env -u ORRERY_NOW "$ORRERY" -q check
find output -type f ! -path '*health*' -exec sha256sum {} + | sort >"$T/pages"
ok "another place: update" orrery -q update --all
find output -type f ! -path '*health*' -exec sha256sum {} + | sort >"$T/pages2"
ok "another place: the same pages" cmp "$T/pages" "$T/pages2"
is "and the same certificate" "$(orrery cert fingerprint)" \
    "$(orrery -c "$T/p.gone/planet.ini" cert fingerprint)"

# --- remove ---
cp planet.ini was.ini
says "remove --pause" 0 'paused' orrery remove --pause "Tide Tables"
says "remove --resume" 0 'resumed' orrery remove --resume "Tide Tables"
ok "leaves what was there" cmp planet.ini was.ini
says "remove" 0 'removed feeds/tide-tables.rss|removed .*tide-tables' \
    orrery remove "Tide Tables"
lacks "its section is gone" planet.ini "tide-tables"
has "another's comment is not" planet.ini "$(grep -m 1 '^#' was.ini)"
says "remove: nobody" 66 'no feed' orrery remove "Tide Tables"

# --- run: a changed configuration ---
unset ORRERY_NOW
"$ORRERY" -v run >"$T/run.out" 2>"$T/run.err" &
pids+=($!)
keeper=$!
wait_line "$T/run.out" '^ready'
gemini_port=$(sed -n 's/^listening gemini .*:\([0-9]*\)$/\1/p' "$T/run.out" | head -n 1)
# A client that has connected and asks only after the change.
mkfifo "$T/ask"
timeout 60 openssl s_client -quiet -ign_eof -servername localhost -connect \
    "127.0.0.1:$gemini_port" <"$T/ask" >"$T/slow" 2>/dev/null &
client=$!
pids+=("$client")
exec 9>"$T/ask"
sed -i 's/^name = Harbour Planet/name = Another Planet/' planet.ini
ok "run takes up a changed planet.ini" wait_line \
    output/capsule/index.gmi '^# Another Planet'
printf 'gemini://localhost:%s/\r\n' "$gemini_port" >&9
wait "$client"
exec 9>&-
has "a client from before is answered" "$T/slow" "20 text/gemini"
gemini / >"$T/page"
has "a new one sees the new name" "$T/page" "# Another Planet"
echo 'nonsense' >>planet.ini
wait_line "$T/run.err" 'planet.ini:[0-9]+:'
gemini / >"$T/page"
has "a slip in it changes nothing" "$T/page" "# Another Planet"
kill -TERM "$keeper"
wait "$keeper"
is "run ends when told" $? 0
