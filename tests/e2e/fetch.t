#!/bin/bash
# Fetching over three protocols from a server that misbehaves on purpose.
# One test per misbehaviour; the server logs what it was really asked.
set -u
BUILD=${BUILD:-build}
FETCH=$BUILD/tests/support/fetchone
HERE=$(cd "$(dirname "$0")/.." && pwd)

for need in python3 openssl; do
	command -v $need >/dev/null || {
		echo "1..0 # skip $need is not installed"
		exit 0
	}
done
[ -x "$FETCH" ] || { echo "1..0 # skip $FETCH is not built"; exit 0; }

TMP=$(mktemp -d)
SERVER=
trap 'kill $SERVER 2>/dev/null; rm -rf "$TMP"' EXIT
N=0

make_cert() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
	    -nodes -days "${1:-3650}" -subj /CN=localhost \
	    -keyout "$TMP/key.pem" -out "$TMP/cert.pem" 2>/dev/null
}

spki() {
	openssl x509 -in "$TMP/cert.pem" -noout -pubkey |
	    openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1
}

start_server() {
	: >"$TMP/out"
	python3 "$HERE/support/hostile.py" "$TMP" >"$TMP/out" 2>"$TMP/err" &
	SERVER=$!
	for _ in $(seq 100); do
		grep -q ready "$TMP/out" && break
		sleep 0.1
	done
	HTTP=$(awk '$1 == "http" { print $2 }' "$TMP/out")
	GEMINI=$(awk '$1 == "gemini" { print $2 }' "$TMP/out")
	GOPHER=$(awk '$1 == "gopher" { print $2 }' "$TMP/out")
	W=http://127.0.0.1:$HTTP
	G=gemini://127.0.0.1:$GEMINI
	O=gopher://127.0.0.1:$GOPHER
}

# ok NAME COMMAND...: passes when the command does
ok() {
	local name=$1
	shift
	N=$((N + 1))
	if "$@"; then
		echo "ok $N - $name"
	else
		echo "not ok $N - $name"
		sed 's/^/#   /' "$TMP/last" "$TMP/last.err" 2>/dev/null
	fi
}

# fetch ARGS...: run it, keep what it printed
fetch() {
	"$FETCH" -t 8 "$@" >"$TMP/last" 2>"$TMP/last.err"
}

said() {
	grep -Eq "$1" "$TMP/last"
}

# try NAME PATTERN ARGS...: fetch and look at the line it gives
try() {
	local name=$1 pattern=$2
	shift 2
	fetch "$@"
	ok "$name" said "$pattern"
}

below_kb() {
	local kb
	# what the sanitizer needs is not ours
	grep -q __asan_init "$FETCH" && return 0
	kb=$(awk '/^peak/ { print $2 }' "$TMP/last.err")
	[ -n "$kb" ] && [ "$kb" -lt "$1" ]
}

asked() {
	grep -c "$1" "$TMP/requests" 2>/dev/null
}

not_asked() {
	! grep -q "$1" "$TMP/requests"
}

make_cert
start_server

# --- HTTP: conditional requests ---
ETAG='W/"odd, \"tag;   x"'
fetch -p -d $W/exact
ok "validators are kept to the byte" \
    grep -qF "etag=$ETAG modified=Tue,  3 Feb 2026 04:05:06 +0000 " "$TMP/last"
try "and sent back to the byte: 304" "^not-modified 304 0 " \
    -p -e "$ETAG" -m "Tue,  3 Feb 2026 04:05:06 +0000" $W/exact
try "max-age of a 304 counts" "^not-modified" \
    -p -d -e "$ETAG" -m "Tue,  3 Feb 2026 04:05:06 +0000" $W/exact
ok "and gives a time" said "fresh=[1-9]"
try "304 to an unconditional request is an error" "^error 304 0 .*nothing was kept" -p $W/always304
try "Expires counts from Date" "fresh=[1-9]" -p -d $W/expires
try "headers of a 103 are not those of the answer" 'etag="late"' -p -d $W/early
try "overlong and unclean header values are dropped" "etag=- modified=- type=- " -p -d $W/headers

# --- HTTP: what is sent ---
: >"$TMP/requests"
fetch -p $W/cookie $W/cookie $W/plain
ok "no cookie is sent back" not_asked "Cookie:"
ok "no referer is sent" not_asked "Referer:"
ok "only gzip is offered" [ "$(asked 'Accept-Encoding: gzip\\r')" -eq 3 ]
ok "the agent is named" [ "$(asked 'User-Agent: orrery-test/1 (+mailto:a@b)\\r')" -eq 3 ]
: >"$TMP/requests"
fetch -p -e $'"a"\r\nX-Evil: 1' $W/plain
ok "a validator with line ends is not sent" not_asked "X-Evil"
fetch -p "$W/a%0d%0aX-Evil:%201" $W/$'a\r\nX-Evil2:1'
ok "nor are line ends in an address" not_asked '\\r\\nX-Evil'
: >"$TMP/requests"
fetch -p "http://bob:secret@127.0.0.1:$HTTP/plain#part"
ok "userinfo and fragment of an address stay here" not_asked 'Authorization\|secret\|part'
fetch -p -u bob:secret "$W/r/302?http://127.0.0.2:$HTTP/other"
ok "a password goes to the first host" [ "$(asked 'GET /r/302.*Authorization: Basic')" -eq 1 ]
ok "and not to another one" [ "$(asked 'GET /other.*Authorization')" -eq 0 ]
fetch -p -u bob:secret "$W/r/302?/same"
ok "but along within the host" [ "$(asked 'GET /same.*Authorization')" -eq 1 ]

# --- HTTP: redirects ---
for code in 301 308; do
	try "$code is followed and noted" "^ok 200 .*" -p -d "$W/r/$code?/new"
	ok "$code as permanent" said "url=$W/new permanent=$W/new "
done
for code in 302 303 307; do
	try "$code is followed" "^ok 200 " -p -d "$W/r/$code?/new"
	ok "$code is not permanent" said "url=$W/new permanent=- "
done
fetch -p -d "$W/r/301?/r/302%3F/end"
ok "of 301 then 302 the first is permanent" said "permanent=$W/r/302\?/end "
fetch -p -d "$W/r/302?/r/301%3F/end"
ok "of 302 then 301 nothing is" said "permanent=- "
try "five hops are followed" "^ok 200 " -p $W/chain/5
try "six are not" "^error 308 0 .*more than 5 redirects" -p $W/chain/6
try "a loop of one" "^error 302 0 .*redirects to itself" -p $W/self
try "a redirect nowhere" "^error 302 .*without a usable Location" -p $W/nolocation
try "a redirect with control characters" "^error 302 .*without a usable Location" -p $W/badlocation
for to in file:///etc/passwd ftp://127.0.0.1/ dict://127.0.0.1:11211/ \
    gopher://127.0.0.1:$GOPHER/ gemini://127.0.0.1:$GEMINI/ javascript:1; do
	try "no redirect to ${to%%:*}" "^(forbidden|error) 302 0 " -p "$W/r/302?$to"
done
ok "nobody was asked for them" not_asked '^gopher\|^gemini'

# --- HTTP: where nobody may go ---
: >"$TMP/requests"
for a in 127.0.0.1 2130706433 0x7f.1 0177.0.0.1 127.1 '[::1]' \
    '[::ffff:127.0.0.1]' localhost; do
	try "$a is not asked" "^(forbidden|no-url) 0 0 .*(inner address|no URL)" "http://$a:$HTTP/"
done
try "an inner address over gemini" "^forbidden 0 0 .*inner" $G/
try "an inner name over gemini" "^forbidden 0 0 .*inner" gemini://localhost:$GEMINI/
try "an inner address over gopher" "^forbidden 0 0 .*inner" $O/
try "a port of mail" "^forbidden 0 0 .*port 25" -p http://127.0.0.1:25/
try "a port of mail, gopher" "^forbidden 0 0 .*port 25" -p gopher://127.0.0.1:25/
try "our own listener" "^forbidden 0 0 .*this planet itself" -p -o 127.0.0.1:$GEMINI $G/
try "our own wildcard listener" "^forbidden 0 0 .*this planet itself" -p -o "[::]:$HTTP" $W/
ok "and no byte went there" [ ! -s "$TMP/requests" ]
for u in file:///etc/passwd ftp://a.example/ dict://a.example/ finger://a.example /etc/passwd ''; do
	try "\"$u\" is no feed's address" "^no-url " "$u"
done
try "a proxy from the environment is ignored" "^ok 200" -p $W/plain
http_proxy=http://127.0.0.1:1/ try "even when set" "^ok 200" -p $W/plain
: >"$TMP/requests"
http_proxy=$W/ try "one that is meant is asked" "^ok 200" -x environment http://a.example/plain
ok "for the whole address" [ "$(asked 'GET http://a.example/plain')" -eq 1 ]
https_proxy=$W/ try "another protocol's proxy excuses no inner address" \
    "^forbidden 0 0 .*inner" -x environment $W/plain
http_proxy=$W/ no_proxy=localhost,127.0.0.1 \
    try "nor does one that is not used for this host" "^forbidden 0 0 .*inner" -x environment $W/plain
no_proxy=127.0.0.1 try "nor one that is configured, with no_proxy around" "^ok 200" -x $W/ $W/plain
ok "which is asked all the same" [ "$(asked "GET $W/plain")" -eq 1 ]

# --- HTTP: bodies ---
try "gzip" "^ok 200 $(python3 - <<'P'
print(len(b'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Trial</title><link>http://a.example/</link><item><title>One</title><guid>1</guid></item></channel></rss>\n'))
P
) " -p $W/gzip
try "gzip cut off" "^error 200 0 .*not whole" -p $W/cutgzip
try "one layer of a bomb" "^error 200 0 .*16 MB" -p $W/bomb1
ok "in little memory" below_kb 65536
try "three layers of it" "^error 200 0 .*Content-Encoding" -p $W/bomb3
try "three lines of it" "^error 200 0 .*Content-Encoding" -p $W/bomb3lines
try "compressed transfer" "^error 200 0 .*Transfer-Encoding" -p $W/te
try "brotli unasked" "^error 200 0 .*Content-Encoding" -p $W/br
try "gzip of nothing, for ever" "^error 200 0 .*8 MB" -p $W/emptygzip
try "a body without end" "^error 200 0 .*8 MB" -p $W/endless
try "chunks without end" "^error 200 0 .*8 MB" -p $W/endlesschunks
ok "in little memory, too" below_kb 65536
try "headers without end" "^(error|unreachable) 200 0 .*headers" -p $W/endlesshead
try "a short body" "^error 200 0 .*not whole" -p $W/cut
try "a reset" "^unreachable 0 0 " -p $W/reset
try "an error page that is cut" "^refused 404 0 .*404 not found" -p $W/cuterror
try "an error page without end" "^refused 404 0 .*404 not found" -p $W/bigerror

# --- HTTP: statuses ---
try "410" "^gone 410 0 .*410 gone" -p $W/s/410
try "401" "^refused 401 0 " -p $W/s/401
try "403" "^refused 403 0 " -p $W/s/403
try "500" "^error 500 0 .*500 internal server error" -p $W/s/500
try "204" "^error 204 0 " -p $W/s/204
try "206" "^error 206 0 " -p $W/s/206
try "503 with seconds" "^slow-down 503 0 " -p -d $W/s/503/90
ok "as a time" said "retry=[1-9]"
try "429 with a date" "^slow-down 429 0 " -p -d "$W/s/429/Fri,%2001%20Jan%202100%2000:00:00%20GMT"
ok "as a time, too" said "retry=4102444800"
: >"$TMP/requests"
fetch -p -j 1 $W/s/429/900 $W/one $W/two http://127.0.0.2:$HTTP/three
ok "a host that wants quiet gets it" [ "$(asked GET)" -eq 2 ]
ok "and its other feeds are told" said "^slow-down 0 0 $W/two not asked"

# --- HTTP: time ---
fetch -p -t 3 -j 64 $W/drip $W/driphead $W/silent $W/plain $G/drip $G/silent $O/0/drip http://127.0.0.2:$HTTP/plain
ok "the quick one is done first" sh -c "head -1 '$TMP/last' | grep -q '^ok'"
ok "slow ones end: body, head, silence" [ "$(grep -c '^unreachable .* timed out after 3 s' "$TMP/last")" -eq 6 ]

# --- Gemini ---
try "gemini" "^ok 20 [1-9]" -p -d $G/
ok "with its type" said "type=text/gemini "
try "charset of META" "type=text/gemini; charset=iso-8859-1 " -p -d $G/latin
try "no close_notify, no body" "^error 20 0 .*not whole" -p $G/nonotify
try "end in the header" "^error 0 0 .*before the answer" -p $G/headonly
try "no answer at all" "^error 0 0 .*before the answer" -p $G/nothing
try "META of 1024" "^refused 51 0 " -p $G/meta/1024
try "META of 1025" "^error 0 0 .*META" -p $G/meta/1025
try "META without end" "^error 0 0 " -p $G/endlessmeta
try "LF alone" "^error 0 0 .*no Gemini" -p $G/lf
try "control characters in META" "^error 0 0 .*no Gemini" -p $G/control
try "HTTP on the port" "^error 0 0 .*no Gemini" -p $G/http
try "input wanted" "^refused 10 0 .*asks for input: Name" -p "$G/s/10?Name"
try "temporary failure" "^error 40 0 " -p "$G/s/40?Oops"
try "slow down" "^slow-down 44 0 " -p -d "$G/s/44?60"
ok "44 with its seconds" said "retry=[1-9]"
# said_wait FROM TO: the last answer asks for so many seconds, or a few less.
said_wait() {
	local at
	at=$(sed -n 's/.* retry=\([0-9]*\).*/\1/p' "$TMP/last")
	[ "${at:-0}" -ge $((asked_at + $1)) ] && [ "$at" -le $(($(date +%s) + $2)) ]
}
asked_at=$(date +%s)
try "seconds with words behind" "^slow-down 44 0 " -p -d "$G/s/44?60%20seconds,%20please"
ok "are as many" said_wait 60 60
try "44 for years" "^slow-down 44 0 " -p -d "$G/s/44?999999999"
ok "is that long, however many digits" said_wait 999999999 999999999
try "44 with words alone" "^slow-down 44 0 " -p -d "$G/s/44?Later"
ok "has no time" said "retry=0"
try "not found" "^refused 51 0 .*51 not found: No" -p "$G/s/51?No"
try "gone" "^gone 52 0 .*52 gone" -p "$G/s/52?Bye"
try "proxying refused" "^refused 53 0 " -p "$G/s/53?x"
try "certificate wanted" "^refused 60 0 " -p "$G/s/60?x"
try "30 is temporary" "permanent=- " -p -d "$G/r/30?/x"
try "31 is permanent" "url=$G/x permanent=$G/x " -p -d "$G/r/31?/x"
try "five hops of gemini" "^ok 20 " -p $G/chain/5
try "six hops of gemini" "^error 31 0 .*more than 5" -p $G/chain/6
try "no redirect from gemini to http" "^forbidden 30 0 .*http: is not followed" -p "$G/r/30?$W/plain"
try "an empty redirect" "^error 30 0 " -p "$G/r/30?"
try "a gemini body without end" "^error 20 0 .*8 MB" -p $G/endless
long=$(printf 'a%.0s' $(seq 1100))
try "an address too long for gemini" "^error 0 0 .*longer than 1024" -p $G/$long
try "nobody listens" "^unreachable 0 0 .*refused" -p gemini://127.0.0.1:1966/
try "plain text where TLS should be" "^unreachable 0 0 .*handshake" -p gemini://127.0.0.1:$GOPHER/
: >"$TMP/requests"
fetch -p "gemini://me@127.0.0.1:$GEMINI/a?b#c"
ok "neither userinfo nor fragment is sent" grep -qF "gemini $G/a?b\\r\\n" "$TMP/requests"

KEY=$(spki)
try "the key is shown before the request" "^key 127.0.0.1:$GEMINI $KEY [1-9]" -p -K $G/
make_cert
: >"$TMP/requests"
try "another key is refused" "^certificate 0 0 .*changed" -p -k "$KEY" $G/
ok "and not even asked" not_asked "gemini gemini:"
try "the new one is accepted when pinned" "^ok 20" -p -k "$(spki)" $G/

# --- Gopher ---
try "a gopher menu" "^ok 0 [1-9]" -p -b -d $O/
ok "with its type, without its end" sh -c "grep -q 'type=application/gopher-menu' '$TMP/last' && ! grep -q '^\.' '$TMP/last'"
fetch -p -b $O/0/note
ok "a text without its final dot" sh -c "grep -q 'of two lines' '$TMP/last' && ! grep -q '^\.' '$TMP/last'"
try "a gopher error" "^refused 0 0 .*Not here, sorry" -p $O/1/error
try "nothing at all" "^error 0 0 .*empty" -p $O/0/empty
try "a gopher reset" "^error 0 0 .*not whole" -p $O/1/reset
try "a text without end" "^error 0 0 .*8 MB" -p $O/0/endless
: >"$TMP/requests"
try "line ends in a selector" "^forbidden 0 0 .*control" -p "$O/0/a%0d%0aEVIL"
try "a search in a selector" "^forbidden 0 0 " -p "$O/7/find%09words"
try "NUL in a selector" "^forbidden 0 0 " -p "$O/0/a%00b"
ok "none of which was sent" [ ! -s "$TMP/requests" ]

# --- many at once ---
: >"$TMP/requests"
# shellcheck disable=SC2046
fetch -p -j 32 $(for i in $(seq 200); do echo "$W/many/$i"; done)
ok "two hundred from one host" [ "$(grep -c '^ok' "$TMP/last")" -eq 200 ]
# shellcheck disable=SC2046
fetch -p -t 3 -j 64 $(for i in $(seq 2 51); do echo "http://127.0.0.$i:$HTTP/drip"; done) \
    $(for i in $(seq 20); do echo "$W/quick/$i"; done)
ok "twenty quick ones are done before fifty slow ones" \
    sh -c "[ \$(head -20 '$TMP/last' | grep -c '^ok') -eq 20 ]"
ok "and those end in their time" [ "$(grep -c '^unreachable' "$TMP/last")" -eq 50 ]

echo "1..$N"
