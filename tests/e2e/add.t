#!/usr/bin/env bash
# Subscribing by whatever address a person has: a feed, a page, a host.

. "$(dirname "$0")/lib.sh"
for need in python3 openssl; do
	command -v $need >/dev/null || skip_all "$need is not installed"
done
S=$T/server
mkdir -p "$S/f" "$T/p"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -days 3650 -subj /CN=localhost -keyout "$S/key.pem" -out "$S/cert.pem" 2>/dev/null
: >"$S/requests"
python3 "$here/tests/support/hostile.py" "$S" >"$T/ports" 2>"$T/server.err" &
pids+=($!)
wait_line "$T/ports" ready || skip_all "the test's server does not start"
W=http://127.0.0.1:$(awk '$1 == "http" { print $2 }' "$T/ports")
G=gemini://127.0.0.1:$(awk '$1 == "gemini" { print $2 }' "$T/ports")

# rss TITLE N: a feed of N entries
rss() {
	local i
	printf '<rss version="2.0"><channel><title>%s</title><link>http://a.example/</link>' "$1"
	for i in $(seq "$2"); do
		printf '<item><title>E%s</title><guid>%s</guid></item>' "$i" "$i"
	done
	printf '</channel></rss>'
}
cd "$T/p" || exit 1
cat >planet.ini <<'P'
# my planet
[Planet]
name = Trial		

; an old friend
[gemini://friend.example/]
name = Friend   ; keep the spaces

P
cp planet.ini before.ini
add() {
	"$ORRERY" add --allow-private "$@" >"$T/said" 2>&1
	rc=$?
}

# --- a page with several feeds ---
rss "Comments on all" 2 >"$S/f/comments.xml"
rss "All posts" 3 >"$S/f/posts.xml"
cat >"$S/f/home.html" <<P
<!doctype html><html><head><title>Home</title>
<link rel="alternate" type="application/rss+xml" href="/c/comments.xml" title="Comments">
<link rel='ALTERNATE feed' type=application/rss+xml href=posts.xml>
<link rel="alternate" type="application/atom+xml" href="file:///etc/passwd">
<link rel="alternate" type="application/rss+xml" href="http://127.0.0.1:1/closed">
<link rel="alternate" hreflang="de" href="/c/de.html">
<link rel="stylesheet" href="/c/style.css">
</head><body><img src="/c/pixel.gif"></body></html>
P
add --dry-run "$W/c/home.html"
is "a page with several feeds" "$rc" 0
has "shows one" "$T/said" "found  $W/c/comments.xml  (Comments on all, 2 entries)"
has "and the other" "$T/said" "found  $W/c/posts.xml  (All posts, 3 entries)"
lacks "but no file" "$T/said" "passwd"
ok "a dry run writes nothing" cmp planet.ini before.ini
is "nothing else of the page was asked for" \
    "$(grep -cE 'style|pixel|de.html' "$S/requests")" 0
add "$W/c/home.html"
has "posts are taken, not comments" "$T/said" "added  $W/c/posts.xml  to planet.ini"
has "and it says how to have the others" "$T/said" "The others can be added by their address."
ok "what was in the file is there to the byte" \
    cmp -n "$(wc -c <before.ini)" before.ini planet.ini
is "the section stands at the end" "$(tail -n +$(($(wc -l <before.ini) + 1)) planet.ini | grep -v '^$' | tr '\n' '|')" \
    "[$W/c/posts.xml]|name = All posts|allow_private = yes|"
ok "and the file is right" "$ORRERY" check -q
cp planet.ini before.ini
add "$W/c/home.html"
has "a second time it is known" "$T/said" "known  $W/c/posts.xml  (planet.ini line "
ok "and the file stays" cmp planet.ini before.ini
add --name "What she says" "$W/c/comments.xml"
has "a feed by its own address, with a name" planet.ini "name = What she says"
add http://127.0.0.1:1966/feed
is "who is not there is not subscribed" "$rc $(grep -c 127.0.0.1:1966 planet.ini)" "75 0"
has "and it is told" "$T/said" "orrery: http://127.0.0.1:1966/feed: "

# --- pages that name none ---
echo '<html><body><p>Nothing.</p></body></html>' >"$S/f/empty.html"
add "http://127.0.0.9:${W##*:}/f/../c/empty.html"
has "the usual places are tried" "$S/requests" "GET /feed HTTP"
# (this server answers every path with a feed)
has "and the first that is a feed is taken" "$T/said" "added  http://127.0.0.9:${W##*:}/feed "

# --- Gemini ---
printf '20 text/gemini\r\n# Home\n\n=> /f/about.gmi About\n=> /f/atom.xml My feed\n' >"$S/f/home.gmi"
{ printf '20 application/rss+xml\r\n'; rss "Small log" 4; } >"$S/f/atom.xml"
printf '20 text/gemini\r\n# Log\n\n=> /1 2026-01-01 One\n=> /2 2026-01-02 Two\n' >"$S/f/log.gmi"
add "$G/f/home.gmi"
has "a capsule's page leads to its feed" "$T/said" "added  $G/f/atom.xml"
add "$G/f/log.gmi"
has "a page with dates is one itself" "$T/said" "found  $G/f/log.gmi  (Log, 2 entries)"

# --- what may not be ---
"$ORRERY" add "$W/c/posts.xml" >"$T/said" 2>&1
has "an inner address needs a word" "$T/said" "is an inner address; if that is meant, add --allow-private"
add "ftp://127.0.0.1/feed.xml"
has "only the four protocols" "$T/said" "only http, https, gemini and gopher"
add $'http://a.example/\033[31m'
lacks "what was typed is shown without its controls" "$T/said" $'\033'
