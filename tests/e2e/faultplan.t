#!/usr/bin/env bash
# Twenty feeds on twenty hosts of a server that follows a plan of faults: all
# is well, then the plan's day, then all is well again.

. "$(dirname "$0")/lib.sh"
server=$SHARED/tools/feed-server plans=$SHARED/data/fault-plans
[ -x "$server" ] && [ -d "$plans" ] ||
    skip_all "the server with fault plans is not here (SHARED=$SHARED)"
command -v python3 >/dev/null || skip_all "python3 is not installed"
server=$(realpath "$server") plans=$(realpath "$plans")

mkdir "$T/feeds" "$T/p"
for i in $(seq -w 1 19); do
	printf '<rss version="2.0"><channel><title>Feed %s</title><link>http://f%s.example/</link><item><title>Entry of %s</title><guid>e%s</guid><pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate><description>%s</description></item></channel></rss>' \
	    "$i" "$i" "$i" "$i" "$(yes "line of $i" | head -c 3000)" >"$T/feeds/feed-00$i.xml"
done
port=$(python3 -c 'import socket
while True:
    s, t = socket.socket(), socket.socket()
    s.bind(("127.0.0.1", 0)); p = s.getsockname()[1]
    try:
        t.bind(("127.0.0.1", p + 1)); print(p); break
    except (OSError, OverflowError):
        pass')
"$server" --hosts 20 --port "$port" "$T/feeds" >"$T/server.out" 2>"$T/server.err" &
pids+=($!)
control=$((port + 1))
for _ in $(seq 100); do
	(exec 3<>"/dev/tcp/127.0.0.1/$control") 2>/dev/null && break
	sleep 0.1
done
# plan FILE: what the server does from now on
plan() {
	python3 - "$control" "$1" <<'P'
import sys, urllib.request
with open(sys.argv[2], "rb") as f:
    urllib.request.urlopen("http://127.0.0.1:%s/plan" % sys.argv[1], f.read())
P
}
echo '[]' >"$T/none.json"

cd "$T/p" || exit 1
{
	printf '[Planet]\nname = Trial\nallow_private = yes\nfeed_timeout = 25\nspider_threads = 8\n'
	for i in $(seq -w 1 19); do
		printf '[http://127.0.0.%d:%s/feed-00%s.xml]\n' "$((10#$i))" "$port" "$i"
	done
} >planet.ini
update() {
	"$ORRERY" -v update --all >"$T/said" 2>&1
	rc=$?
}
# day NUMBER PATTERN WHAT: the line about that feed
day() {
	local line
	line=$(grep "/feed-00$1.xml: " "$T/said")
	n=$((n + 1))
	if echo "$line" | grep -Eq -- "$2"; then
		echo "ok $n - $3"
	else
		printf 'not ok %d - %s\n# wanted %s in: %s\n' "$n" "$3" "$2" "$line"
		tap_failed=1
	fi
}
entries() {
	find output/capsule/e -name '*entry-of-*.gmi' | sort | sed 's|.*/||'
}

ok "the server starts" plan "$T/none.json"
update
is "all is well" "$(grep -c ': ok, 1 new' "$T/said")" 19
entries >"$T/before"

# --- a hostile one ---
plan "$plans/hostile.json"
update
is "a hostile plan fails no run" "$rc" 0
day 01 'redirect' "a loop"
day 02 'more than 5 redirects' "a chain of sixty"
day 03 'timed out after 25 s|too slow' "a stall after the headers"
day 04 'timed out after 25 s|too slow' "a stall before them"
day 05 'timed out after 25 s|too slow' "one byte at a time"
day 06 '8 MB' "a body without end"
day 07 '8 MB' "one that announces it"
day 08 '16 MB' "a bomb"
day 09 'says gzip and is not' "no gzip"
day 10 'unreachable|reset|Recv|Empty reply' "a reset"
day 11 'not whole|reset|Recv' "a reset in the body"
day 12 'not whole' "a body cut short"
day 13 'hunk' "broken chunks"
day 14 'header' "headers without end"
day 15 'no HTTP' "no HTTP at all"
day 16 '302: redirect to ' "a redirect to a file"
day 17 'redirect to gopher: is not followed' "a redirect to gopher"
day 18 '429 too many requests' "429 for thirty years"
day 19 '503 service' "503 until the year 9999"
comm -23 "$T/before" <(entries) >"$T/lost"
is "no entry is lost to it" "$(cat "$T/lost")" ""

# --- an everyday plan ---
plan "$plans/everyday.json"
update
is "an everyday plan fails no run" "$rc" 0
day 01 '429 too many requests' "429 with Retry-After"
day 02 ': ok' "301"
day 03 'unchanged' "a feed without a fault"
day 04 'unchanged' "302 once"
day 05 ': ok' "308"
day 06 '404 not found' "404"
day 07 '410 gone' "410"
day 08 '500 internal' "500"
day 09 '503 service' "503"
day 10 'unchanged' "an answer that takes its time"
day 11 'unchanged' "served as text/html"
day 12 'unchanged' "served as text/plain"
day 13 'unchanged' "no validators: the body's digest tells"
day 14 'unchanged' "a server that is deaf to validators"
day 15 'unchanged' "another ETag each time"
day 16 'unchanged' "chunks"
day 17 'unchanged' "no length"
day 18 'not a feed' "a page where the feed was"
day 19 'not a feed: the body is empty' "nothing where the feed was"
comm -23 "$T/before" <(entries) >"$T/lost"
is "no entry is lost" "$(cat "$T/lost")" ""

# --- and all is well again ---
plan "$T/none.json"
update
is "then each is asked again and heals" "$(grep -cE 'feed-00..\.xml: (ok|unchanged)' "$T/said")" 18
lacks "but the one that is gone" "$T/said" "feed-0007.xml"
is "with nothing new and nothing edited" "$(grep -c ', 0 new, 0 changed' "$T/said")" 18
