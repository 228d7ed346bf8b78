#!/bin/bash
# The Gemini server, rule by rule (numbers of the notes on Gemini) and
# threat by threat (S01 and on).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/serve_lib.sh"

make_planet "$T/p"
ports "$T/p" || skip_all "the server does not start"
g=gemini://localhost:$gemini_port

# --- 1. the request line
is "rule 1: an absolute URI is answered" "$(status /)" 20
long=$(printf '%*s' 1024 '' | tr ' ' a)
url=$g/
url=$url${long:0:$((1024 - ${#url}))}
is "rule 2: 1024 bytes are taken" "$(status "$url")" 51
is "rule 2: 1025 bytes are 59" "$(status "${url}a")" 59
is "rule 2: 5000 bytes are 59" "$(status "$g/$long$long$long$long$long")" 59
is "rule 3: a lone LF ends nothing within five seconds" \
    "$(raw "$g/\n" -t 5 >/dev/null; echo $?)" 5
is "rule 4: a dripping client is served while it drips" \
    "$(raw "$g/\r\n" -d 20 | head -n 1 | cut -c1-2)" 20
for bad in / //localhost/; do
	is "rule 5: \"$bad\" is 59" "$(raw "$bad\r\n" | head -c 2)" 59
done
for bad in '' 'Hello Gemini!' 'a\0b' "$g/\\0" "$g/\\xff" \
    "$g/\\xc0\\xaf" "$g/a b" "$g/a\\tb" "$g/%zz" "$g/%4" "gemini://localhost:x/" \
    'gemini://' 'gemini:///a' "gemini:localhost/" "$g/\\x1b[31m"; do
	is "rule 5: \"$bad\" is 59" "$(status "$bad")" 59
done
is "rule 6: userinfo is 59" "$(status "gemini://u@localhost:$gemini_port/")" 59
is "rule 6: a fragment is 59" "$(status "$g/#x")" 59
is "rule 7: an empty path is the front page" "$(status "$g")" 20
is "rule 7: a query straight after the host" "$(status "$g?x")" 20
is "rule 8: the default port written out" "$(status gemini://localhost:1965/)" \
    20
is "rule 8: capitals in scheme and host" \
    "$(status "GEMINI://LOCALHOST:$gemini_port/")" 20
is "rule 9: a dot at the end of the name" \
    "$(status "gemini://localhost.:$gemini_port/")" 20
is "rule 9: a name in escapes" \
    "$(status "gemini://%6cocalhost:$gemini_port/")" 20
is "rule 9: raw bytes in a path are their escapes" \
    "$(status "$g/s\\xc3\\xbc\\xc3\\x9f.gmi")" 20
is "rule 9: and the escapes themselves" "$(status "$g/s%C3%BC%C3%9F.gmi")" 20

# --- 2. the header
raw "$g/nope\r\n" >"$T/out"
ok "rule 10: two digits, a blank, words, CR LF" \
    grep -qaP '^[1-6][0-9] [^\r]+\r$' "$T/out"
is "rule 12: nothing follows a header that has no body" \
    "$(wc -l <"$T/out")" 1
is "rule 15: a query on a static page is ignored" "$(status "/note.txt?q")" 20
is "rule 14: search asks" "$(status /search)" 10
is "rule 14: and asks again after an empty answer" "$(status '/search?')" 10
is "rule 17: redirects are relative to this host" "$(header /dir)" "31 /dir/"
is "rule 18: the query is not carried over" "$(header '/dir?x')" "31 /dir/"
is "rule 20: what was taken out is 52" "$(status /taken.gmi)" 52
is "rule 21: a foreign host" "$(status "gemini://example.org:$gemini_port/")" 53
is "rule 21: a foreign port" "$(status gemini://localhost:443/)" 53
for s in http https gopher titan spartan; do
	is "rule 21: $s" "$(status "$s://localhost:$gemini_port/")" 53
done
is "14 of the table: the address we came in on" \
    "$(status "gemini://127.0.0.1:$gemini_port/")" 20
is "14 of the table: another address" \
    "$(status "gemini://10.1.2.3:$gemini_port/")" 53

# --- 3. the end
for p in / /nope /dir '/a b' /search /taken.gmi; do
	ok "rule 24, S14: close_notify after $p" raw "$g$p\r\n"
done
ok "rule 24: close_notify with TLS 1.2" raw "$g/\r\n" -1
is "S13: a megabyte behind the request costs no answer" \
    "$(raw "$g/\r\n" -x 1000000 | tail -n 1)" "=> /dir/ A folder"
is "rule 29: one request a connection" \
    "$(raw "$g/\r\n$g/nope\r\n" | grep -c '^[0-9][0-9] ')" 1
# rule 30: a second is served while the first has sent one byte
(raw "$g/\r\n" -d 100 >/dev/null) & slow=$!
is "rule 30: others are served meanwhile" "$(status /)" 20
ok "rule 30: the slow one is, too" wait "$slow"

# --- 4. TLS
has_suite=$("$ask" -l "localhost:$gemini_port" x)
is "rule 31, 35: TLS 1.3, no tickets" "$has_suite" \
    "TLSv1.3 TLS_AES_128_GCM_SHA256 tickets=0"
ok "rule 31: TLS 1.2 works" raw "$g/\r\n" -1
not_ok "rule 31, S15: TLS 1.1 does not" raw "$g/\r\n" -0
is "rule 32: no SNI" "$(raw "$g/\r\n" -S '' | head -c 2)" 20
is "rule 33, S18: SNI of another name" \
    "$(raw "$g/\r\n" -S other.example | head -c 2)" 53
is "rule 33: SNI in capitals" "$(raw "$g/\r\n" -S LocalHost | head -c 2)" 20
is "rule 34: plain text gets no answer" \
    "$("$ask" -p "127.0.0.1:$gemini_port" "$g/\r\n" 2>/dev/null | wc -c)" 0
ok "rule 35: ALPN does no harm" bash -c "echo | openssl s_client -alpn h2 \
    -connect 127.0.0.1:$gemini_port -servername localhost 2>/dev/null |
    grep -q 'TLSv1.3'"
is "rule 35, S15: no early data" "$(echo | openssl s_client -connect \
    "127.0.0.1:$gemini_port" -servername localhost 2>/dev/null |
    grep -c 'Early data was not sent')" 1

# --- 5. the certificate
is "rule 42: the key is ours alone" "$(stat -c %a "$T/p/certs/localhost.key")" \
    600
is "rule 42: so is its folder" "$(stat -c %a "$T/p/certs")" 700
openssl x509 -in "$T/p/certs/localhost.crt" -noout -text >"$T/cert"
has "rule 39: the host is in subjectAltName" "$T/cert" "DNS:localhost"
has "rule 39: its addresses, too" "$T/cert" "IP Address:127.0.0.1"
has "rule 40: P-256" "$T/cert" "prime256v1"
has "rule 41: until the end of dates" "$T/cert" "Dec 31 23:59:59 9999 GMT"

# --- 6. paths
is "rule 46: an escaped slash" "$(status /dir%2Findex.gmi)" 59
is "rule 46: an escaped NUL" "$(status /dir%00)" 59
is "rule 46: decoded once only" "$(status /%2561)" 51
is "rule 46: a blank in a name" "$(status /a%20b.gmi)" 20
is "rule 47: dot segments are resolved" "$(status "$g/dir/../note.txt")" 20
is "rule 47: but not above the root" "$(status "$g/../../")" 51
is "rule 48: hidden files" "$(status /.git/config)" 51
is "rule 48: but for .well-known" "$(status /.well-known/security.txt)" 20
is "S06: files being written" "$(status /page.gmi.tmp123)" 51
is "rule 50: and the folder itself" "$(header /dir/)" "20 text/gemini; lang=en"
is "S07: two slashes lead nowhere" "$(status "$g//evil.example/")" 51
is "S07: no line break gets into a header" "$(status "/%0d%0a20%20x")" 59
is "rule 51: png" "$(header /p.png)" "20 image/png"
is "rule 51: opml" "$(header /feeds.opml)" "20 text/x-opml+xml"
is "rule 52: Atom, told by its first element" "$(header /atom.xml)" \
    "20 application/atom+xml"
is "rule 52: RSS" "$(header /rss.xml)" "20 application/rss+xml"
is "rule 52: other XML" "$(header /other.xml)" "20 application/xml"
is "rule 53: text has a charset" "$(header /note.txt)" \
    "20 text/plain; charset=utf-8"
is "rule 54: a page's own language" "$(header /fr.gmi)" \
    "20 text/gemini; lang=fr"
is "rule 54: two languages are quoted" "$(header /mixed.gmi)" \
    '20 text/gemini; lang="en,fr"'
is "rule 58: IPv6" "$("$ask" -S localhost "::1:$ipv6_port" \
    "gemini://localhost:$ipv6_port/\r\n" | head -c 2)" 20
is "a random entry is a redirect for now" "$(header /random)" "30 /fr.gmi"

# --- S05: everything but regular files beneath the tree
c=$T/p/output/capsule
ln -s ../../canary.txt "$c/climb.txt"
ln -s "$T/p/canary.txt" "$c/absolute.txt"
ln -s /etc "$c/etc"
ln -s note.txt "$c/inner.txt"
mkfifo "$c/fifo.txt"
for p in /climb.txt /absolute.txt /etc/passwd /fifo.txt; do
	is "S05: $p" "$(status "$p")" 51
done
is "S05: a link within the tree" "$(status /inner.txt)" 20

# --- S01: two hundred ways out, raw and escaped, none leads there
# shellcheck disable=SC1003
dots=(.. %2e%2e %2E%2e .%2e %2e. ..%2f ..%5c '..\\' ..%00 %c0%ae%c0%ae \
    %252e%252e '..;' ..%20 .%00. %2e%2e%2f '....' '.\\.' %e0%80%ae \
    ..%ef%bc%8f %u002e%u002e)
# shellcheck disable=SC1003
tails=(canary.txt ../canary.txt ../../canary.txt %2fcanary.txt \
    ../meta/canary.gmi /canary.txt ./canary.txt canary.txt%00.gmi \
    canary.txt/ '..\\canary.txt')
tried=0 leaked=0 wrong=0
: >"$T/leak"
for d in "${dots[@]}"; do
	for t in "${tails[@]}"; do
		for prefix in "$g/" "$g/dir/$d/"; do
			a=$(raw "$prefix$d/$t\r\n" 2>/dev/null)
			tried=$((tried + 1))
			case $a in
			*CANARY*) leaked=$((leaked + 1)) ;;
			5[13]*|59*) ;;
			*) wrong=$((wrong + 1)); echo "$prefix$d/$t: $a" ;;
			esac
		done
	done
done >"$T/leak"
is "S01: $tried paths, nothing leaked" "$leaked" 0
is "S01: each refused" "$wrong" 0
[ "$wrong" = 0 ] || sed 's/^/# /' "$T/leak" | head

# --- S21, rule 59: the log
raw "$g/\\x1b[31mEVIL\"\r\n" >/dev/null
raw "$g/search?privatewords\r\n" >/dev/null
sleep 1.2
ok "S21: every line of the log is plain" bash -c "! grep -qvP \
    '^[0-9-]{10}T[0-9:]{8}Z (gemini|gopher) [0-9]{2} [0-9]+ [!-~]*\$' \
    '$T/p/access.log'"
has "S21: the attempt is in it, escaped" "$T/p/access.log" 'x1b[31mEVIL\x22'
lacks "S20: what was searched for is not" "$T/p/access.log" privatewords
is "rule 59: no addresses by default" \
    "$(grep -cE ' [0-9]+ 127\.0\.0\.1 ' "$T/p/access.log")" 0

# --- the metrics
kill -TERM "$server_pid"
wait "$server_pid" 2>/dev/null
is "it ends with status 0 when told to" "$?" 0
has "counters for Prometheus" "$T/p/metrics.prom" \
    'orrery_requests_total{protocol="gemini",status="20"}'
