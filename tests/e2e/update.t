#!/usr/bin/env bash
# A run over the network, as its keeper sees it: what is asked and when,
# what is told, what stays.  The clock is the test's own.

. "$(dirname "$0")/lib.sh"
for need in python3 openssl; do
	command -v $need >/dev/null || skip_all "$need is not installed"
done

S=$T/server
mkdir -p "$S/f" "$T/p"
make_cert() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -days 3650 -subj /CN=localhost -keyout "$S/key.pem" \
	    -out "$S/cert.pem" 2>/dev/null
}
spki() {
	openssl x509 -in "$S/cert.pem" -noout -pubkey |
	    openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1
}
make_cert
: >"$S/requests"
python3 "$here/tests/support/hostile.py" "$S" >"$T/ports" 2>"$T/server.err" &
pids+=($!)
wait_line "$T/ports" ready || skip_all "the test's server does not start"
http=$(awk '$1 == "http" { print $2 }' "$T/ports")
gem=$(awk '$1 == "gemini" { print $2 }' "$T/ports")
goph=$(awk '$1 == "gopher" { print $2 }' "$T/ports")
W=http://127.0.0.1:$http

# rss NAME: a feed of one entry, on standard output
rss() {
	printf '<rss version="2.0"><channel><title>%s</title><link>http://%s.example/</link><item><title>Of %s</title><guid>%s-1</guid><pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate><description>%s</description></item></channel></rss>' \
	    "$1" "$1" "$1" "$1" "${2:-Words.}"
}
# raw STATUS [HEADER...]: an answer of HTTP, its body from standard input
raw() {
	printf 'HTTP/1.1 %s\r\n' "$@"  | sed '2,$s/^HTTP.1.1 //'
	printf 'Connection: close\r\n\r\n'
	cat
}
# planet SECTION...: the configuration; an address a section
planet() {
	printf '[Planet]\nname = Trial\nallow_private = yes\nfeed_timeout = 8\n' >planet.ini
	for u in "$@"; do
		printf '\n[%s]\n' "$u" >>planet.ini
	done
}
fresh() {
	rm -rf "$T/p"
	mkdir "$T/p"
	cd "$T/p" || exit 1
	planet "$@"
}
START=1767225600		# 2026-01-01T00:00:00Z
# at HOURS ARGS...: an update so long after the start; what it asked is
# in $S/requests, what it said in $T/said
at() {
	local hours=$1
	shift
	: >"$S/requests"
	ORRERY_NOW=$((START + $(echo "$hours" | awk '{ printf "%d", $1 * 3600 }'))) \
	    "$ORRERY" update "$@" >"$T/said" 2>&1
	rc=$?
}
why() {
	"$ORRERY" status --why "$1" >"$T/why" 2>&1
}
asked() {
	grep -c -- "$1" "$S/requests"
}

# --- validators belong to the address that gave them ---
rss one >"$S/f/one.xml"
raw '301 Moved' 'Location: /c/one.xml' 'ETag: "of-the-redirect"' </dev/null >"$S/f/old"
fresh "$W/f/old"
at 0
is "a redirect is followed" "$(asked 'GET /f/old') $(asked 'GET /c/one.xml')" "1 1"
at 24
is "its validators go where they came from" \
    "$(asked 'GET /c/one.xml.*If-None-Match')" 1
is "and not to the address before it" "$(asked 'GET /f/old.*If-None-Match')" 0
lacks "nothing is said of one move" "$T/said" "moved for good"
at 50
has "a move that lasts is told" "$T/said" "moved for good"
has "with the new address" "$T/said" "$W/c/one.xml"
at 75
is "then only the new address is asked, conditionally" \
    "$(asked GET) $(asked 'GET /c/one.xml.*If-None-Match')" "1 1"
lacks "and it is told once" "$T/said" "moved for good"
ORRERY_NOW=$START why one
has "status tells it" "$T/why" "asked at       $W/c/one.xml"
planet "$W/c/one.xml"
at 100
is "the keeper follows: still conditional" "$(asked 'GET /c/one.xml.*If-None-Match')" 1
is "its entry is there once" "$(find output/capsule/e -name '*of-one*.gmi' | wc -l)" 1
rss other >"$S/f/other.xml"
planet "$W/c/other.xml"
at 120
is "another address gets no validators" "$(asked 'GET /c/other.xml.*If-None-Match')" 0

# --- what a failure says, and where ---
echo oops | raw '500 Oh' 'Content-Length: 5' >"$S/f/bad.xml"
fresh "$W/f/bad.xml" "$W/c/one.xml"
at 0
is "a failing feed fails no run" "$rc" 0
has "its cause is told, in the protocol's words" "$T/said" "/f/bad.xml: 500 internal server error"
ORRERY_NOW=$START why bad.xml
has "and kept" "$T/why" "error          500 internal server error"
has "with the rule for the next try" "$T/why" "doubles"
raw '200 OK' 'Content-Type: text/xml' <"$S/f/one.xml" >"$S/f/bad.xml"
at 24
ORRERY_NOW=$START why bad.xml
lacks "until it works again" "$T/why" "500"

# --- gone for good ---
raw '410 Gone' </dev/null >"$S/f/bad.xml"
at 52
has "410 is told" "$T/said" "/f/bad.xml: 410 gone"
at 999
is "and asked no more" "$(asked /f/bad.xml) $(asked /c/one.xml)" "0 1"
ok "its entry stays" sh -c 'ls output/capsule/e/*/*of-one*.gmi'

# --- a host that asks for quiet ---
H2=http://127.0.0.2:$http
raw '429 Slow' 'Retry-After: 7200' </dev/null >"$S/f/busy.xml"
rss calm >"$S/f/calm.xml"
fresh "$H2/c/calm.xml"
at 0
planet "$H2/c/calm.xml" "$H2/f/busy.xml"
at 5.95
is "one of its feeds is told to slow down" "$(asked /f/busy.xml)" 1
at 6.9
is "the other waits as well" "$(asked GET)" 0
ORRERY_NOW=$START why calm.xml
has "and it is told why" "$T/why" "its host asked to be left alone"
at 7
is "an hour, and no longer" "$(asked /c/calm.xml) $(asked /f/busy.xml)" "1 0"
at 8.3
is "the first one as long as it was told" "$(asked /f/busy.xml)" 1
raw '503 Busy' 'Retry-After: Fri, 31 Dec 9999 23:59:59 GMT' </dev/null >"$S/f/busy.xml"
echo oops | raw '500 Oh' 'Content-Length: 5' >"$S/f/calm.xml"
fresh "$H2/f/calm.xml" "$H2/f/busy.xml"
at 0
at 1.01
is "the year 9999 is no time at all" "$(asked /f/busy.xml)" 0
at 23
is "nor does it drag others along" "$(asked /f/calm.xml) $(asked /f/busy.xml)" "1 0"
at 190
is "a week is the most" "$(asked /f/busy.xml)" 1

# --- the network is down ---
closed=http://127.0.0.1:1966
fresh "$closed/a" "$closed/b" "$closed/c"
at 0
at 1.2
is "when nobody answers, nobody's back-off grows" "$(grep -c '127.0.0.1:1966/.: ' "$T/said")" 3
ORRERY_NOW=$START why "$closed/a"
has "and it is told so" "$T/why" "the network was down here"
lacks "no failure is counted" "$T/why" "failures"
planet "$closed/a" "$closed/b"
at 2.4
is "of two feeds as well" "$(grep -c '127.0.0.1:1966/.: ' "$T/said")" 2
at 3.6
is "each time" "$(grep -c '127.0.0.1:1966/.: ' "$T/said")" 2
fresh "$closed/a" "$W/c/one.xml"
at 0
ORRERY_NOW=$START why "$closed/a"
has "with one that answers, the others fail" "$T/why" "failures       1 in a row"

# --- a clock that jumps ---
fresh "$W/c/one.xml"
at 0
at 87600
is "ten years later it is asked" "$(asked GET)" 1
at 24
is "back again, it is asked soon" "$(asked 'GET /c/one.xml.*If-None-Match')" 1
at 24.5
is "and then has its peace" "$(asked GET)" 0
ORRERY_NOW=$((START + 24 * 3600)) why one
has "with a next try of this time" "$T/why" "next try       2026-01-0"
at -8760
is "a year too early it is asked once" "$(asked GET)" 1
at -8759.5
is "and not twice" "$(asked GET)" 0
at 48
is "nor is it forgotten when the time is right" "$(asked GET)" 1
is "its entry was never another" "$(find output/capsule/e -name '*of-one*.gmi' | wc -l)" 1
ok "and the store is whole" "$ORRERY" check -q

# --- images are never fetched ---
tag="<enclosure url=\"$W/beacon-enclosure\" length=\"1\" type=\"image/gif\"/>"
rss spy "<![CDATA[<img src=\"$W/beacon-img\" srcset=\"$W/beacon-set 2x\"><link rel=\"stylesheet\" href=\"$W/beacon-css\"><iframe src=\"$W/beacon-frame\"></iframe><video poster=\"$W/beacon-poster\" src=\"$W/beacon-video\"></video>]]>" |
    sed "s|</title><link>|</title><image><url>$W/beacon-logo</url></image><link>|; s|</item>|$tag<comments>$W/beacon-comments</comments></item>|" >"$S/f/spy.xml"
fresh "$W/c/spy.xml"
at 0
has "the image is named on the page" <(cat output/capsule/e/*/*of-spy*.gmi) "beacon-img"
at 24 --all
is "only the feed was asked for" "$(asked GET) $(asked beacon)" "1 0"
"$ORRERY" publish --all >/dev/null 2>&1
is "nor does publishing ask" "$(asked GET)" 1

# --- a reading list's password is the list's ---
printf '<opml version="2.0"><body><outline type="rss" xmlUrl="http://127.0.0.3:%s/plain"/><outline type="rss" xmlUrl="file:///etc/passwd"/></body></opml>' "$http" |
    raw '200 OK' >"$S/f/list.opml"
fresh
printf '\n[http://bob:secret@127.0.0.1:%s/f/list.opml]\ncontent_type = opml\n' "$http" >>planet.ini
at 0
is "the list is asked for with it" "$(asked 'GET /f/list.opml.*Authorization: Basic')" 1
at 1
is "what it names is asked for" "$(asked 'GET /plain')" 1
is "without" "$(asked 'GET /plain.*Authorization')" 0
at 30
is "the list is asked again like a feed" "$(asked 'GET /f/list.opml')" 1

# --- a reading list that loses most of what it had (F35) ---
list() {	# NUMBER... of the feeds that it names
	{ printf '<opml version="2.0"><body>'
	printf "<outline type=\"rss\" xmlUrl=\"http://127.0.0.3:$http/l%s\"/>" "$@"
	printf '</body></opml>'; } | raw '200 OK' >"$S/f/shrinks.opml"
}
list $(seq 20)
fresh
printf '\n[http://127.0.0.1:%s/f/shrinks.opml]\ncontent_type = opml\n' "$http" >>planet.ini
at 0
at 1
is "F35: all that a list names are asked" "$(asked 'GET /l')" 20
list 1 2 21
at 50
has "F35: a list without most of them is held" "$T/said" "18 of the 20 feeds of this reading list are gone"
at 80
is "F35: and its feeds stay" "$(asked 'GET /l[0-9]* ') $(asked 'GET /l21')" "20 0"
list 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 21
at 110
at 140
is "F35: two may leave and others come" "$(asked 'GET /l[0-9]* ') $(asked 'GET /l21')" "19 1"

# --- what is asked ---
fresh "$W/c/one.xml" "$W/c/other.xml"
at 0 --dry-run
is "a dry run asks nothing" "$(asked GET)" 0
is "and names what is due" "$(cut -f1 "$T/said" | tr '\n' ' ')" "$W/c/one.xml $W/c/other.xml "
at 0 --feed other
is "--feed asks those it names" "$(asked /c/one.xml) $(asked /c/other.xml)" "0 1"
at 0
is "what was asked is not due" "$(asked /c/one.xml) $(asked /c/other.xml)" "1 0"
at 0.5
is "nor is anything soon after" "$(asked GET)" 0
at 0.6 --dry-run
is "a dry run says so" "$(cat "$T/said")" ""
at 0.6 --all
is "--all asks all the same, conditionally" "$(asked GET) $(asked If-None-Match)" "2 2"

# --- what is said ---
at 1 --all
is "a pipe hears nothing of a run without news" "$(cat "$T/said")" ""
at 1 --all -v
has "-v names each feed" "$T/said" "$W/c/one.xml: unchanged, 0 new, 0 changed"
"$ORRERY" -q update --all >"$T/said" 2>&1
is "-q is silent" "$(cat "$T/said")" ""
rss other "Other words." >"$S/f/other.xml"
"$ORRERY" --json update --all >"$T/json" 2>"$T/said"
ok "--json is one object" python3 -c 'import json, sys
o = json.load(open(sys.argv[1]))
assert o["feeds"] == 2 and o["asked"] == 2 and o["edited"] == 1 and o["failed"] == 0, o' "$T/json"
lacks "a pipe gets no colour and no line that moves" <(cat "$T/said" "$T/json") $'\033'
if command -v script >/dev/null; then
	fresh "$W/late" "$W/f/none.xml" "$W/c/one.xml"
	raw '404 No' </dev/null >"$S/f/none.xml"
	COLUMNS=100 script -qec "$ORRERY update" "$T/pty" >/dev/null 2>&1 </dev/null
	has "a terminal gets one line that moves" "$T/pty" $'\rfetching '
	has "with done, total, new, failed, rate and time left" \
	    <(grep -aoE 'fetching [0-9]/3  [0-9]+ new  [0-9]+ failed  [0-9]+ feeds/s  [0-9]+ s left' "$T/pty") "1 failed"
	has "and at the end what came of it" "$T/pty" "3 of 3 feeds asked: 2 changed, 0 unchanged, 1 failed; 2 new entries"
	has "errors in colour" "$T/pty" $'\033[33m'
	ok "the moving line is wiped" sh -c "tail -n 1 '$T/pty' | grep -qv 'fetching' "
	NO_COLOR=1 script -qec "$ORRERY update --all" "$T/pty" >/dev/null 2>&1 </dev/null
	lacks "but not with NO_COLOR" "$T/pty" $'\033[33m'
else
	skip "the line that moves" "script is not installed"
fi

# --- one at a time, and stopped in the middle ---
fresh "$W/late" "$W/c/one.xml"
: >"$S/requests"
"$ORRERY" update >"$T/first" 2>&1 &
first=$!
wait_line "$S/requests" "GET /late"
"$ORRERY" update >"$T/said" 2>&1
is "a second run leaves the first alone" "$?" 0
has "and says so" "$T/said" "another run is at work"
wait $first
is "the first goes on" "$(grep -c failed "$T/first") $(asked GET)" "1 2"
fresh "$W/silent" "$W/c/one.xml"
: >"$S/requests"
"$ORRERY" -v update >"$T/said" 2>&1 &
first=$!
wait_line "$T/said" "one.xml: ok"
kill -TERM $first
wait $first
has "a run that is stopped says so" "$T/said" "stopped early"
ok "and keeps what it had" sh -c 'ls output/capsule/e/*/*of-one*.gmi'

# --- the key of a capsule ---
printf '20 text/gemini\r\n# Log\n\n=> /one.gmi 2026-01-02 First\n' >"$S/f/log.gmi"
G=gemini://127.0.0.1:$gem
fresh "$G/f/log.gmi"
at 0
is "a capsule is asked" "$(asked "gemini $G/f/log.gmi")" 1
old=$(spki)
is "its key is pinned" "$("$ORRERY" pins | cut -f1,3)" "127.0.0.1:$gem	$old"
make_cert
at 24
is "with another one it is not asked" "$(asked "gemini $G")" 0
has "the old key is told" "$T/said" "$old"
has "and the new one" "$T/said" "$(spki)"
command=$(grep -o 'orrery pins accept [^ ]*' "$T/said")
is "and the command that accepts it" "$command" "orrery pins accept 127.0.0.1:$gem"
at 48
is "nothing changes by itself" "$(asked "gemini $G")" 0
# shellcheck disable=SC2086
ok "which works" "$ORRERY" ${command#orrery }
at 72
is "then it is asked" "$(asked "gemini $G/f/log.gmi")" 1
is "and the new key is the one" "$("$ORRERY" pins | cut -f3)" "$(spki)"
