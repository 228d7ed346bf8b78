#!/bin/bash
# The Gopher server, rule by rule (numbers of the notes on gopher), and S27.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/serve_lib.sh"

make_planet "$T/p"
ports "$T/p" || skip_all "the server does not start"

first() {
	item "$1" | head -n 1 | tr -d '\r'
}
front=$(printf 'iThe hole\t\tnull.host\t1')
folder=$(printf 'iA folder\t\tnull.host\t1')

for s in '\r\n' '/\r\n' '1\r\n' '/1\r\n' '/1/\r\n'; do
	is "rule 3, 5: \"$s\" is the main menu" "$(first "$s")" "$front"
done
is "rule 2: a bare LF ends the line" "$(first '/note.txt\n')" "a note"
for s in note.txt /note.txt 0/note.txt /0/note.txt; do
	is "rule 4, 5: $s" "$(first "$s\r\n")" "a note"
done
for s in dir /dir /dir/ 1/dir /1/dir/; do
	is "rule 4: the menu $s" "$(first "$s\r\n")" "$folder"
done
is "rule 6: 1024 bytes of selector get an error item" \
    "$(first "$(printf '%*s' 1024 '' | tr ' ' a)\r\n" | cut -c1)" 3
is "rule 6: and so do more" \
    "$(first "$(printf '%*s' 4000 '' | tr ' ' a)\r\n" | cut -c1)" 3
is "rule 7: what is unknown is tried decoded" \
    "$(first '/s%C3%BC%C3%9F.txt\r\n')" umlaut
is "rule 7: and as it stands" "$(first '/s\xc3\xbc\xc3\x9f.txt\r\n')" umlaut
for s in '../canary.txt' '/../canary.txt' '/dir/../../canary.txt' \
    '..%2fcanary.txt' '/%2e%2e/canary.txt' '0/../../canary.txt' \
    '..\\canary.txt' '/capsule/../canary.txt' '/.git/config'; do
	is "rule 8: $s" "$(first "$s\r\n" | cut -c1)" 3
done
is "rule 9: an empty search gets a hint" \
    "$(item '/search\t\r\n' | grep -c '^iNothing was asked for')" 1
is "rule 9: and a search without an argument, too (S27)" \
    "$(item '/search\r\n' | grep -c '^7Search')" 1
is "rule 10: a search sent to a text is ignored" \
    "$(first '/note.txt\twords\r\n')" "a note"
is "rule 11: a Gopher+ probe gets the plain item" \
    "$(first '/note.txt\t+\r\n')" "a note"
is "rule 11: also with a data flag" "$(first '/note.txt\t+\t0\r\n')" "a note"
is "rule 11: attributes are refused in form" "$(first '/\t!\r\n')" "--1"
is "rule 11: so is a listing" "$(first '/\t$\r\n')" "--1"
is "rule 11: no item of ours claims to be Gopher+" \
    "$(item '/\r\n' | grep -c '	+.$')" 0
item 'GET / HTTP/1.1\r\n' >"$T/http"
has "rule 12: a browser is told where it is" "$T/http" 'gopher://localhost'
is "rule 12: in HTTP" "$(head -n 1 "$T/http" | tr -d '\r')" "HTTP/1.0 200 OK"
is "rule 12: HEAD has no body" "$(item 'HEAD / HTTP/1.1\r\n' | grep -c html\>)" 0
is "rule 13: TLS on the plain port gets silence" \
    "$(item '\x16\x03\x01\x02\x00' | wc -c)" 0
is "rule 13: nothing comes back unescaped" \
    "$(item 'a\x1b[31m\x07b\r\n' | LC_ALL=C grep -c '[[:cntrl:]]\[31m')" 0
is "rule 30: a text has no dot behind it" \
    "$(item '/note.txt\r\n' | tail -n 1 | tr -d '\r')" "..two dots"
is "rule 27: a link out is a page" \
    "$(item 'URL:https://example.org/?a=1&b="<x>\r\n' |
    grep -c 'href="https://example.org/?a=1&#38;b=&#34;&#60;x&#62;"')" 1
is "rule 27: with the slash in front" \
    "$(item '/URL:gemini://example.org/\r\n' | grep -c 'http-equiv')" 1
for u in javascript:alert data:text/html,x file:///etc/passwd JaVaScRiPt:x; do
	is "rule 27: but not $u" "$(first "URL:$u\r\n" | cut -c1)" 3
done
item '/no\x1bpe\r\n' >"$T/err"
is "rule 38: an error is an item of type 3" "$(head -c 1 "$T/err")" 3
is "rule 38: and the menu is closed" "$(tail -n 1 "$T/err" | tr -d '\r')" .
has "rule 39: it names the selector, cleaned" "$T/err" '"/nope"'
ok "rule 39: and leads back" grep -q "^1To the main menu	/	localhost	" \
    "$T/err"
is "rule 39: cut at 60 columns" "$(first "/$(printf '%*s' 200 '' |
    tr ' ' x)\r\n" | cut -f1 | wc -m | awk '{print ($1 < 90)}')" 1
is "rule 41: robots.txt without the slash" "$(first 'robots.txt\r\n')" \
    "User-agent: *"
is "rule 42, 43: what is not there is a plain error" \
    "$(first 'caps.txt\r\n' | cut -c1)" 3
is "S27: tabs and tabs" "$(first '\t\t\t\t\t\t\r\n' | cut -c1)" i
is "S27: a NUL is no selector" "$(first 'a\0b\r\n' | cut -c1)" 3

is "rule 58: the same over TLS on its own port" \
    "$("$ask" "localhost:$gophers_port" '/note.txt\r\n' | head -n 1 |
    tr -d '\r')" "a note"
ok "rule 58: closed with close_notify" "$ask" "localhost:$gophers_port" '/\r\n'
is "rule 58: plain text there gets silence" \
    "$("$ask" -p "localhost:$gophers_port" '/\r\n' 2>/dev/null | wc -c)" 0
if command -v curl >/dev/null; then
	is "curl reads a text" \
	    "$(curl -s "gopher://localhost:$gopher_port/0/note.txt" |
	    head -n 1 | tr -d '\r')" "a note"
	is "and over TLS" \
	    "$(curl -sk "gophers://localhost:$gophers_port/0/note.txt" |
	    head -n 1 | tr -d '\r')" "a note"
fi

# Pages are kept in memory; what changes on disk changes with the next
# request.  Three seconds: what is younger is not kept.
sleep 3
first '/note.txt\r\n' >/dev/null
first '/\r\n' >/dev/null
hole=$T/p/output/hole
printf 'b note\r\n..two dots\r\n' >"$hole/new" && mv "$hole/new" "$hole/note.txt"
is "a replaced text is served with the next request" \
    "$(first '/note.txt\r\n')" "b note"
printf 'iThe Hole\t\tnull.host\t1\r\n.\r\n' >"$hole/menu"
is "so is a menu written in place" "$(first '/\r\n' | cut -f1)" "iThe Hole"
sleep 3
first '/note.txt\r\n' >/dev/null
rm "$hole/note.txt"
is "a removed text is gone with the next request" \
    "$(first '/note.txt\r\n' | cut -c1)" 3
is "a request in pieces is answered" \
    "$({ printf '/d'; sleep 0.3; printf 'ir\r\n'; sleep 0.3; } |
    timeout 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/$gopher_port; cat >&3; cat <&3" |
    head -n 1 | tr -d '\r')" "$folder"
head -c 100000 /dev/zero | tr '\0' x >"$hole/long.txt"
head -c 300000 /dev/zero | tr '\0' x >"$hole/longer.txt"
sleep 3
for n in 1 2; do
	is "a text of 100 KB is whole, time $n" \
	    "$(item '/long.txt\r\n' | wc -c)" 100000
done
is "one of 300 KB, too" "$(item '/longer.txt\r\n' | wc -c)" 300000
is "words behind the request cost no answer" \
    "$(item "/long.txt\\r\\n$(printf '%*s' 3000 '' | tr ' ' y)" | wc -c)" 100000
