#!/bin/bash
# What a stranger's torture test for Gemini servers asks, each with the
# answer that the specification gives (section 15 of the notes on Gemini).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/serve_lib.sh"

make_planet "$T/p"
ports "$T/p" || skip_all "the server does not start"
g=gemini://localhost:$gemini_port

# --- connections and TLS
is "IPv4 address" "$(raw "$g/\r\n" | head -c 2)" 20
if [ -n "$ipv6_port" ]; then
	is "IPv6 address" "$("$ask" -S localhost "::1:$ipv6_port" \
	    "gemini://localhost:$ipv6_port/\r\n" | head -c 2)" 20
else
	skip "IPv6 address" "this machine has no IPv6"
fi
s_client() {
	openssl s_client -connect "127.0.0.1:$gemini_port" "$@" \
	    </dev/null 2>&1
}
is "TLS version: 1.3" "$(s_client -servername localhost |
    sed -n 's/^New, \(TLSv1.3\),.*/\1/p')" TLSv1.3
not_ok "TLS version: no 1.1" s_client -tls1_1
s_client -servername localhost | openssl x509 -noout -subject -ext \
    subjectAltName -dates >"$T/claims"
has "TLS claims: the host is named" "$T/claims" DNS:localhost
ok "TLS claims: it is within its dates" bash -c \
    "openssl s_client -connect 127.0.0.1:$gemini_port -servername localhost \
    </dev/null 2>/dev/null | openssl x509 -noout -checkend 86400"
is "TLS verified: self-signed, and nothing else is wrong" \
    "$(s_client -servername localhost -verify_hostname localhost |
    sed -n 's/^Verify return code: \([0-9]*\).*/\1/p' | head -n 1)" 18
is "TLS verified: valid with the certificate itself as anchor" \
    "$(s_client -servername localhost -verify_hostname localhost \
    -CAfile "$T/p/certs/localhost.crt" |
    sed -n 's/^Verify return code: \([0-9]*\).*/\1/p' | head -n 1)" 0
is "TLS required: nothing comes back without it" \
    "$("$ask" -p "127.0.0.1:$gemini_port" "$g/\r\n" 2>/dev/null | wc -c)" 0
ok "close_notify" raw "$g/\r\n"
(raw "$g/\r\n" -d 100 >"$T/first") & first=$!
is "concurrent connections: the second is answered first" "$(status /)" 20
ok "concurrent connections: and the first as well" wait "$first"
is "concurrent connections: with its page" "$(head -c 2 "$T/first")" 20

# --- the form of an answer
raw "$g/\r\n" >"$T/page"
is "response format: status, one blank, type, CR LF" \
    "$(head -n 1 "$T/page" | od -An -c | tr -d ' \n')" \
    '20text/gemini;lang=en\r\n'
is "response format: the body's lines end alike" \
    "$(tail -n +2 "$T/page" | grep -c $'\r')" 0
raw "$g/no-such-page\r\n" >"$T/none"
is "response format: an error's, too" \
    "$(grep -caP '^51 [^ ].*[^ ]\r$' "$T/none")" 1
is "homepage" "$(status "$g/")" 20
is "homepage without redirect" "$(status "$g")" 20
is "page not found" "$(head -c 2 "$T/none")" 51
is "page not found: without a body" "$(wc -l <"$T/none")" 1

# --- the end of a request
is "missing CR: silence for five seconds" \
    "$(raw "$g/\n" -t 5 >"$T/out"; echo "$? $(wc -c <"$T/out")")" "5 0"
is "incomplete request: silence" \
    "$(raw "$g/" -t 3 >"$T/out"; echo "$? $(wc -c <"$T/out")")" "5 0"
is "a bare LF in the address" "$(status "$g/a\\nb")" 59
is "a bare CR in the address" "$(status "$g/a\\rb")" 59

# --- addresses that are to be answered
is "address with the port" "$(status "gemini://localhost:$gemini_port/")" 20
is "address with a query" "$(status "$g/?words")" 20
is "address with an IP: ours" "$(status "gemini://127.0.0.1:$gemini_port/")" 20
is "address with an IP: without a name in the handshake" \
    "$(raw "gemini://127.0.0.1:$gemini_port/\r\n" -S '' | head -c 2)" 20
name=$(printf '%*s' 1024 '' | tr ' ' x)
long=$g/$name
is "the longest address: 1024 bytes" "$(status "${long:0:1024}")" 51
is "one byte more" "$(status "${long:0:1025}")" 59

# --- addresses that are not
is "another port" "$(status gemini://localhost:443/)" 53
is "another host" "$(status "gemini://www.example.org:$gemini_port/")" 53
for s in http https gopher; do
	is "scheme $s" "$(status "$s://localhost/")" 53
done
is "no scheme" "$(raw "//localhost:$gemini_port/\r\n" | head -c 2)" 59
is "empty" "$(status '')" 59
is "relative" "$(status 'page.gmi')" 59
is "a path alone" "$(raw '/\r\n' | head -c 2)" 59
is "words" "$(status 'Hello Gemini!')" 59
is "invalid UTF-8" "$(status "$g/\\xdc")" 59
is "a NUL byte" "$(status "$g/\\0")" 59
is "not encoded: a blank" "$(status "$g/a b")" 59
is "user information" "$(status "gemini://root@localhost:$gemini_port/")" 59
is "user information with a password" \
    "$(status "gemini://root:pw@localhost:$gemini_port/")" 59
is "a fragment" "$(status "$g/#top")" 59
for u in /../../ /../../etc/passwd /%2e%2e/%2e%2e/etc/passwd \
    /./.././../etc/passwd; do
	is "climbing: $u" "$(status "$u" | cut -c1)" 5
done

# --- only statuses that there are
for r in '' / 'Hello' "$g" "$g/x" "$g/a b" "$g/dir" "http://localhost/" \
    gemini://example.org/ "${long:0:1025}" "$g/search" "$g/taken.gmi"; do
	header "$r"
done | cut -c1-3 | sort -u >"$T/statuses"
is "each status is one of the specification's" \
    "$(grep -cvxE '(10|11|20|30|31|40|41|42|43|44|50|51|52|53|59|60|61|62) ' \
    "$T/statuses")" 0
is "and there were some" "$(($(wc -l <"$T/statuses") >= 6))" 1
