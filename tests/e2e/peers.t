#!/usr/bin/env bash
# Sources on servers that others wrote: molly-brown for Gemini, gophernicus
# for Gopher, each from its Debian package.

. "$(dirname "$0")/lib.sh"
for need in python3 openssl; do
	command -v $need >/dev/null || skip_all "$need is not installed"
done
PATH=$PATH:/usr/sbin
export ORRERY_NOW=1767225600	# 2026-01-01T00:00:00Z
mkdir "$T/p"
cd "$T/p" || exit 1

free_port() {
	python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
planet() {
	printf '[Planet]\nname = Trial\nallow_private = yes\nfeed_timeout = 8\n[gopher]\nlisten = 127.0.0.1:0\n' >planet.ini
	for u in "$@"; do
		printf '\n[%s]\n' "$u" >>planet.ini
	done
}
page() {
	cat output/capsule/e/*/*"$1"*.gmi 2>/dev/null
}

# --- Gemini ---
make_cert() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -days 3650 -subj /CN=localhost -keyout "$T/key.pem" \
	    -out "$T/cert.pem" 2>/dev/null
}
spki() {
	openssl x509 -in "$T/cert.pem" -noout -pubkey |
	    openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1
}
molly() {
	local i=0
	port=$(free_port)
	printf 'Port = %s\nHostname = "localhost"\nCertPath = "%s"\nKeyPath = "%s"\nDocBase = "%s"\nAccessLog = "%s"\nErrorLog = "%s"\n' \
	    "$port" "$T/cert.pem" "$T/key.pem" "$T/doc" "$T/access" "$T/error" >"$T/molly.conf"
	molly-brown -c "$T/molly.conf" >"$T/molly.out" 2>&1 &
	server=$!
	pids+=("$server")
	until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		i=$((i + 1))
		[ $i -le 100 ] || return 1
		sleep 0.1
	done
}

mkdir "$T/doc"
cat >"$T/doc/log.gmi" <<'G'
# Lighthouse notes

Written by the keeper.

=> first.gmi 2025-12-30 The first night
=> second.gmi 2025-12-31 - Fog, and what it hides
=> about.gmi About me
G
echo '# The first night' >"$T/doc/first.gmi"
cat >"$T/doc/atom.xml" <<'G'
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour log</title>
<id>gemini://localhost/</id><updated>2025-12-31T10:00:00Z</updated>
<link href="gemini://localhost/"/>
<entry><title>Ropes &amp; knots</title><id>gemini://localhost/ropes</id>
<link href="ropes.gmi"/><updated>2025-12-31T10:00:00Z</updated>
<content type="text">Three that hold.</content></entry></feed>
G
if ! command -v molly-brown >/dev/null; then
	skip "sources on molly-brown" "molly-brown is not installed"
else
	make_cert
	ok "molly-brown starts" molly
	G=gemini://localhost:$port
	planet "$G/log.gmi" "$G/atom.xml"
	ok "update from molly-brown" "$ORRERY" update
	has "a gemtext feed's entry" <(page the-first-night) "# The first night"
	has "leads to its page" <(page the-first-night) "$G/first.gmi"
	has "with the date of its link" output/capsule/index.gmi "31 Dec 2025"
	has "and its title" output/capsule/index.gmi "Fog, and what it hides"
	is "a link without a date is no entry" "$(page about-me)" ""
	has "an Atom feed over Gemini" <(page ropes) "Three that hold."
	has "with a relative link" <(page ropes) "$G/ropes.gmi"
	has "under its own title" output/capsule/index.gmi "Harbour log"
	old=$(spki)
	has "the key is pinned" <("$ORRERY" pins) "$old"
	# the same port, another key
	kill $server
	wait $server 2>/dev/null
	make_cert
	molly-brown -c <(sed "s/^Port = .*/Port = $port/" "$T/molly.conf") >"$T/molly.out" 2>&1 &
	server=$!
	pids+=("$server")
	for _ in $(seq 100); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
		sleep 0.1
	done
	: >"$T/access"
	"$ORRERY" update --all >"$T/said" 2>&1
	has "another key is refused, the old one told" "$T/said" "$old"
	has "and the new one" "$T/said" "$(spki)"
	is "nothing was asked" "$(grep -c gemini "$T/access")" 0
	has "the entries stay" <(page ropes) "Three that hold."
	"$ORRERY" status --why log.gmi >"$T/why" 2>&1
	has "status tells it" "$T/why" "$(spki)"
	command=$(grep -o 'orrery pins accept [^ ]*' "$T/said" | head -n 1)
	# shellcheck disable=SC2086
	ok "the command in the message accepts it" "$ORRERY" ${command#orrery }
	"$ORRERY" update --all >"$T/said" 2>&1
	lacks "then nothing is refused" "$T/said" "certificate"
	is "and both feeds are asked" "$(grep -cE "$G/(log.gmi|atom.xml)" "$T/access")" 2
	# a page that is no feed, but names one
	printf '# Home\n\n=> /log.gmi My log\n=> /atom.xml Atom feed\n' >"$T/doc/index.gmi"
	planet
	"$ORRERY" add --allow-private "$G/" >"$T/said" 2>&1
	has "a capsule's front page leads to its feed" "$T/said" "added  $G/atom.xml"
	"$ORRERY" add --allow-private "$G/log.gmi" >"$T/said" 2>&1
	has "a gemtext feed is added as it is" "$T/said" "added  $G/log.gmi"
fi

# --- Gopher ---
cat >"$T/inetd.py" <<'P'
import os, socket, subprocess, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(16)
print("ready", s.getsockname()[1], flush=True)
while True:
    c, _ = s.accept()
    # gophernicus refuses to run as root
    subprocess.run([x.replace("PORT", str(s.getsockname()[1])) for x in sys.argv[1:]],
                   stdin=c, stdout=c, user="nobody" if os.getuid() == 0 else None)
    c.close()
P
if ! command -v gophernicus >/dev/null; then
	skip "sources on gophernicus" "gophernicus is not installed"
else
	mkdir -p "$T/hole/phlog"
	printf '!Tide phlog\nWritten at low water.\n\n02025-12-29 Mud\tmud.txt\n02025-12-31 Salt\t/phlog/salt.txt\n1Elsewhere\t/\n' >"$T/hole/phlog/gophermap"
	printf 'Mud, and more of it.\n' >"$T/hole/phlog/mud.txt"
	printf 'Salt.\n' >"$T/hole/phlog/salt.txt"
	printf '!Home\n1My phlog\t/phlog\n0Notes\t/notes.txt\n' >"$T/hole/gophermap"
	chmod -R a+rX "$T"
	python3 "$T/inetd.py" gophernicus -r "$T/hole" -h localhost -p PORT -nv >"$T/inetd.out" 2>&1 &
	pids+=($!)
	ok "gophernicus starts" wait_line "$T/inetd.out" ready
	O=gopher://localhost:$(awk '{ print $2; exit }' "$T/inetd.out")
	rm -rf output cache
	planet "$O/1/phlog"
	"$ORRERY" update -v >"$T/said" 2>&1
	has "a phlog's menu is a feed" "$T/said" "1/phlog: ok"
	has "its entries lead to their texts" <(page mud) "$O/0/phlog/mud.txt"
	has "with the date in their name" output/capsule/index.gmi "31 Dec 2025"
	has "a menu in the hole has them" output/hole/menu "Salt"
	planet "$O/1/nowhere"
	"$ORRERY" update >"$T/said" 2>&1
	has "what it has not is no feed" "$T/said" "1/nowhere: not a feed"
	planet
	"$ORRERY" add --allow-private "$O/" >"$T/said" 2>&1
	has "a hole's front menu leads to its phlog" "$T/said" "added  $O/1/phlog"
fi
