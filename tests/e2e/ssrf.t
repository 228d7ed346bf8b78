#!/usr/bin/env bash
# Being sent to inner addresses, in a network of its own: addresses that
# look public are there, so are inner ones, and the name server lies.

. "$(dirname "$0")/lib.sh"
for need in python3 openssl ip unshare; do
	command -v $need >/dev/null || skip_all "$need is not installed"
done
if [ -z "${IN_NAMESPACE:-}" ]; then
	unshare -rnm true 2>/dev/null ||
	    skip_all "no network namespace can be had here"
	trap - EXIT
	rm -rf "$T"
	IN_NAMESPACE=1 exec unshare -rnm bash "$0"
fi

public=93.184.215.14 other=93.184.215.15 inner=10.1.2.3 cloud=169.254.169.254
ip link set lo up
for a in $public $other $inner $cloud 100.64.0.9 192.168.7.7; do
	ip addr add $a/32 dev lo
done
echo "nameserver 127.0.0.1" >"$T/resolv.conf"
echo "hosts: files dns" >"$T/nsswitch.conf"
mount --bind "$T/resolv.conf" /etc/resolv.conf &&
    mount --bind "$T/nsswitch.conf" /etc/nsswitch.conf ||
    skip_all "the name server cannot be set here"
cat >"$T/rules" <<R
public.test $public
inner.test $inner
cloud.test $cloud
cgnat.test 100.64.0.9
mapped.test ::ffff:$inner
nat64.test 64:ff9b::a01:203
tunnel.test 2002:a01:203::1
local.test ::1
both.test $inner,$public
first-h.test $public 127.0.0.1
first-g.test $public 127.0.0.1
first-o.test $public 127.0.0.1
later.test 127.0.0.1 $public
R
python3 "$here/tests/support/stubdns.py" 127.0.0.1 "$T/rules" >"$T/dns" 2>&1 &
pids+=($!)
wait_line "$T/dns" ready || skip_all "the name server does not start"

S=$T/server
mkdir "$S"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -days 3650 -subj /CN=localhost -keyout "$S/key.pem" -out "$S/cert.pem" 2>/dev/null
: >"$S/requests"
ADDRESSES="127.0.0.1 ::1 $public $other $inner $cloud 100.64.0.9 192.168.7.7" \
    python3 "$here/tests/support/hostile.py" "$S" >"$T/ports" 2>"$T/server.err" &
pids+=($!)
wait_line "$T/ports" ready || skip_all "the test's server does not start"
h=$(awk '$1 == "http" { print $2 }' "$T/ports")
g=$(awk '$1 == "gemini" { print $2 }' "$T/ports")
o=$(awk '$1 == "gopher" { print $2 }' "$T/ports")

mkdir "$T/p"
cd "$T/p" || exit 1
planet() {
	printf '[Planet]\nname = Trial\nfeed_timeout = 8\n' >planet.ini
	for u in "$@"; do
		printf '\n[%s]\n' "$u" >>planet.ini
	done
}
# update of these addresses; what it said is in $T/said
update() {
	rm -rf cache
	: >"$S/requests"
	planet "$@"
	"$ORRERY" -v update --all >"$T/said" 2>&1
}
# refused NAME URL: it is told to be inner, and nobody is asked but the public
refused() {
	local name=$1
	shift
	update "$@"
	is "$name" "$(grep -c 'is an inner address' "$T/said") $(grep -vc "@$public " "$S/requests")" "$# 0"
}
asked() {
	grep -c -- "$1" "$S/requests"
}

# --- it is a network where feeds can be fetched ---
update "http://public.test:$h/plain" "gemini://public.test:$g/" "gopher://public.test:$o/1/"
is "a public address is asked, over all three" \
    "$(asked "http@$public") $(asked "gemini@$public") $(asked "gopher@$public")" "1 1 1"
is "and gives feeds" "$(grep -c ': ok' "$T/said")" 3

# --- names ---
for name in inner cloud cgnat mapped nat64 tunnel local; do
	refused "a name that means an inner address: $name" "http://$name.test:$h/plain" \
	    "gemini://$name.test:$g/" "gopher://$name.test:$o/1/"
done
refused "addresses as they are" "http://192.168.7.7:$h/plain" "http://[::1]:$h/plain" \
    "http://0xa.0x1.0x2.0x3:$h/plain" "http://167838211:$h/plain" "gemini://$inner:$g/" "gopher://10.1.515:$o/1/"
update "http://both.test:$h/plain" "gemini://both.test:$g/" "gopher://both.test:$o/1/"
is "of two addresses the public one is taken" "$(grep -c ': ok' "$T/said") $(asked "@$inner")" "3 0"

# --- redirects: each hop is judged ---
refused "to an inner address" "http://public.test:$h/r/302?http://$inner:$h/plain"
is "after the first hop was asked" "$(asked "http@$public")" 1
refused "to an inner name" "http://public.test:$h/r/301?http://cloud.test:$h/latest/meta-data"
refused "over another public host" \
    "http://public.test:$h/r/302?http://public.test:$h/r/302%3Fhttp://127.0.0.1:$h/plain"
refused "of a capsule" "gemini://public.test:$g/r/31?gemini://inner.test:$g/"
update "http://public.test:$h/r/302?http://$other:$h/plain"
is "to a public one it is followed" "$(asked "http@$other")" 1

# --- a name that means another address the second time ---
for u in "http://first-h.test:$h/plain" "gemini://first-g.test:$g/" "gopher://first-o.test:$o/1/"; do
	update "$u"
	is "asked while it is public: ${u%%:*}" "$(grep -c ': ok' "$T/said")" 1
	refused "and refused when it is not" "$u"
done
refused "a name is judged by its answer now, not by the next" "http://later.test:$h/plain"
# a redirect to a name that was public a moment ago
cat >>"$T/rules" <<R
hop.test $public 127.0.0.1
R
kill "${pids[0]}"
wait "${pids[0]}" 2>/dev/null
python3 "$here/tests/support/stubdns.py" 127.0.0.1 "$T/rules" >"$T/dns" 2>&1 &
pids+=($!)
wait_line "$T/dns" ready
refused "not even within one transfer" "gemini://hop.test:$g/r/30?gemini://hop.test:$g/again"
is "whose first hop was asked" "$(asked "gemini@$public")" 1

# --- a connection that another feed may use ---
update
cat >>planet.ini <<P

[http://inner.test:$h/plain]
allow_private = yes

[http://inner.test:$h/secret]
P
"$ORRERY" -v update --all >"$T/said" 2>&1
is "one feed's leave is not its neighbour's" \
    "$(asked 'GET /plain') $(asked 'GET /secret') $(grep -c 'secret: .*inner address' "$T/said")" "1 0 1"

# --- what a person can do is told ---
"$ORRERY" add "http://inner.test:$h/plain" >"$T/said" 2>&1
has "add names its option" "$T/said" "$inner is an inner address; if that is meant, add --allow-private"
"$ORRERY" add --allow-private "http://inner.test:$h/plain" >"$T/said" 2>&1
has "which works" "$T/said" "known  http://inner.test:$h/plain"
"$ORRERY" mirror "gemini://inner.test:$g/" "$T/copy" >"$T/said" 2>&1
has "mirror names its option" "$T/said" "if that is meant, add --allow-private"
