#!/bin/bash
# Who serves for whom: virtual hosts, sockets of a service manager, and
# machines that lack something.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/serve_lib.sh"

stop() {
	kill -TERM "$server_pid"
	wait "$server_pid" 2>/dev/null
}
# at HOST [PATH]: the answer for a host, asked by its name.
at() {
	raw "gemini://$1:$gemini_port${2:-/}\r\n" -S "$1"
}
subject() {
	openssl s_client -connect "127.0.0.1:$gemini_port" -servername "$1" \
	    </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName |
	    tail -n 1 | tr -d ' '
}

# --- virtual hosts (rules 32, 33, 39; S18)
make_planet "$T/p"
mkdir -p "$T/tree/sub" "$T/keys"
printf '# Andere\n' >"$T/tree/index.gmi"
printf '# Unter\n' >"$T/tree/sub/index.gmi"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$T/keys/own.key" -out "$T/keys/own.crt" -subj /CN=own.example \
    -addext subjectAltName=DNS:own.example -days 900 >/dev/null 2>&1
chmod 600 "$T/keys/own.key"
cat >>"$T/p/planet.ini" <<-INI
[host other.example]
root = $T/tree
language = de
[host own.example]
cert = $T/keys/own.crt
key = $T/keys/own.key
[host second.example]
gopher_listen = 127.0.0.1:0
[host third.example]
gopher_listen = 127.0.0.1:0
gopher_port = 7070
INI
if ! ok "a server for three hosts starts" ports "$T/p"; then
	sed 's/^/# /' "$T/serve.err"
	exit 1
fi
is "the planet's own" "$(at localhost | sed -n 2p)" "# Front"
is "another host has its own tree" "$(at other.example | sed -n 2p)" "# Andere"
is "and its own language" "$(at other.example | head -n 1 | tr -d '\r')" \
    "20 text/gemini; lang=de"
is "and redirects of its own" \
    "$(at other.example /sub | head -n 1 | tr -d '\r')" "31 /sub/"
is "nothing of the planet is in it" \
    "$(at other.example /note.txt | head -c 2)" 51
is "a host without a tree has the planet's" "$(at own.example | sed -n 2p)" \
    "# Front"
is "the certificate follows the name: localhost" "$(subject localhost)" \
    "DNS:localhost,IPAddress:127.0.0.1,IPAddress:0:0:0:0:0:0:0:1"
is "one made for a host" "$(subject other.example)" DNS:other.example
is "one given for a host" "$(subject own.example)" DNS:own.example
is "an unknown name gets the first" "$(subject nobody.example)" \
    "$(subject localhost)"
ok "the keys made are ours alone" [ "$(stat -c %a \
    "$T/p/certs/other.example.key")" = 600 ]
is "S18: one site's handshake is not another's request" \
    "$(raw "gemini://other.example:$gemini_port/\r\n" -S own.example |
    head -c 2)" 53
is "S18: nor a foreign name's" \
    "$(raw "gemini://other.example:$gemini_port/\r\n" -S nobody.example |
    head -c 2)" 53
is "rule 32: without a name in the handshake the request decides" \
    "$(raw "gemini://other.example:$gemini_port/\r\n" -S '' | sed -n 2p)" \
    "# Andere"
# --- the hole under other names (Gopher rules 16, 18, 19)
mapfile -t ports < <(sed -n 's/^listening gopher .*:\([0-9]*\)$/\1/p' \
    "$T/serve.out")
is "each name of the hole has its port" "${#ports[@]}" 3
# menu PORT SELECTOR: its lines, of which each must have four fields.
menu() {
	item_at "$1" "$2\r\n" | tr -d '\r' | awk -F'\t' '
	    $0 == "." { dot = 1; next }
	    dot || NF != 4 || $1 !~ /^[0137hi]/ || $4 !~ /^[0-9]+$/ {
		print "unsound: " $0
	    }
	    $1 !~ /^i/ { print substr($1, 1, 1), $2, $3, $4 }
	    END { if (!dot) print "no dot" }'
}
item_at() {
	"$ask" -p "127.0.0.1:$1" "$2"
}
is "the first as published" "$(menu "${ports[0]}" /)" \
    "0 /note.txt localhost 70"
is "the second under its own, and as it listens" "$(menu "${ports[1]}" /)" \
    "0 /note.txt second.example ${ports[1]}"
is "once more, from memory" "$(menu "${ports[1]}" /)" \
    "0 /note.txt second.example ${ports[1]}"
is "the third with a port as configured" "$(menu "${ports[2]}" /)" \
    "0 /note.txt third.example 7070"
is "the title is as it was" "$(item_at "${ports[1]}" '/\r\n' | head -n 1 |
    tr -d '\r')" "$(printf 'iThe hole\t\tnull.host\t1')"
is "so is a text" "$(item_at "${ports[1]}" '/note.txt\r\n' | head -n 1 |
    tr -d '\r')" "a note"
is "an error leads back to the same name" \
    "$(menu "${ports[1]}" /nope | sed 1d)" "1 / second.example ${ports[1]}"
is "over TLS the name of the handshake decides" \
    "$("$ask" -S third.example "localhost:$gophers_port" '/\r\n' |
    grep '^0' | cut -f3,4 | tr -d '\r')" "$(printf 'third.example\t7070')"
is "and without one it is as published" \
    "$("$ask" -S '' "localhost:$gophers_port" '/\r\n' | grep '^0' |
    cut -f3,4 | tr -d '\r')" "$(printf 'localhost\t70')"

# --- a certificate is changed while a connection is open (rule 45)
before=$(fingerprint own.example)
(raw "gemini://own.example:$gemini_port/\r\n" -S own.example -d 60 \
    >"$T/open") & open=$!
sleep 0.3
openssl req -x509 -key "$T/keys/own.key" -out "$T/keys/new.crt" \
    -subj /CN=own.example -addext subjectAltName=DNS:own.example -days 901 \
    >/dev/null 2>&1
mv "$T/keys/new.crt" "$T/keys/own.crt"
kill -HUP "$server_pid"
i=0
while [ "$(fingerprint own.example)" = "$before" ] && [ $i -lt 100 ]; do
	i=$((i + 1))
	sleep 0.1
done
not_ok "rule 45: SIGHUP takes a new certificate up" \
    [ "$(fingerprint own.example)" = "$before" ]
ok "rule 45: the connection that was open gets its answer" wait "$open"
is "rule 45: with the page" "$(sed -n 2p "$T/open")" "# Front"
# --- a damaged one is not taken up
good=$(fingerprint own.example)
cp "$T/keys/own.crt" "$T/keys/keep.crt"
echo rubbish >"$T/keys/own.crt"
kill -HUP "$server_pid"
wait_line "$T/serve.err" 'stays so'
is "a damaged certificate leaves the old in force" \
    "$(fingerprint own.example)" "$good"
stop

# --- what ends soon is said (O08)
now=$(date +%s)
sed -i '/^\[host/,$d' "$T/p/planet.ini"
cert() {	# DAYS FROM NOW
	(cd "$T/p" && ORRERY_NOW=$((now - 300 * 86400)) "$ORRERY" cert renew \
	    --until "$(date -u -d "@$((now + $1 * 86400))" +%Y-%m-%d)" \
	    >/dev/null 2>&1)
}
(cd "$T/p" && "$ORRERY" -q update) >/dev/null 2>&1	# status wants a store
for d in "70 0" "45 0" "20 1" "5 1" "1 1"; do
	cert "${d% *}"
	(cd "$T/p" && "$ORRERY" cert show) >"$T/show" 2>&1
	is "O08: ${d% *} days before the end, the exit status" "$?" "${d#* }"
	(cd "$T/p" && "$ORRERY" serve --seconds 1) >"$T/out" 2>"$T/log"
	said=$(grep -c 'certificate of localhost ends in' "$T/log")
	is "O08: and the log of the server" "$said" \
	    "$((${d% *} < 60 ? 1 : 0))"
	(cd "$T/p" && "$ORRERY" status) >"$T/out" 2>&1
	is "O08: and the status, which wakes the keeper for 30 days" \
	    "$? $(grep -c 'certificate of localhost ends in' "$T/out")" \
	    "$((${d% *} < 30 ? 69 : 0)) $((${d% *} < 60 ? 1 : 0))"
done
(cd "$T/p" && ORRERY_NOW=$((now + 9 * 86400)) "$ORRERY" cert show) \
    >"$T/show" 2>&1
is "O08: after the end" "$?" 1
has "O08: and it says so" "$T/show" "expired"

# --- sockets and readiness of a service manager
rm -rf "$T/p"
make_planet "$T/p"
sed -i 's/^listen = .*/listen = 127.0.0.1:1/' "$T/p/planet.ini"
(cd "$T/p" && exec python3 "$here/tests/support/activate.py" "$T/notify" \
    gemini:0,gopher:0,gophers:0 "$ORRERY" serve >"$T/act" 2>"$T/act.err") &
server_pid=$!
pids+=("$server_pid")
wait_line "$T/notify" READY=1
gemini_port=$(sed -n 's/^gemini \([0-9]*\)$/\1/p' "$T/act")
gopher_port=$(sed -n 's/^gopher \([0-9]*\)$/\1/p' "$T/act")
is "LISTEN_FDS: the socket named gemini" "$(status /)" 20
is "LISTEN_FDS: the one named gopher" "$(item '/note.txt\r\n' |
    head -n 1 | tr -d '\r')" "a note"
is "LISTEN_FDS: the one named gophers" "$("$ask" \
    "localhost:$(sed -n 's/^gophers \([0-9]*\)$/\1/p' "$T/act")" \
    '/note.txt\r\n' | head -n 1 | tr -d '\r')" "a note"
kill -HUP "$server_pid"
wait_line "$T/notify" RELOADING=1
i=0
while [ "$(grep -c READY=1 "$T/notify")" -lt 2 ] && [ $i -lt 100 ]; do
	i=$((i + 1))
	sleep 0.1
done
is "LISTEN_FDS: and after a reload" "$(status /)" 20
stop
is "NOTIFY_SOCKET: what was said, in order" "$(sort "$T/notify" | uniq -c |
    awk '{print $1 $2}' | tr '\n' ' ')" "2READY=1 1RELOADING=1 1STOPPING=1 "
is "NOTIFY_SOCKET: ready first" "$(head -n 1 "$T/notify")" READY=1
is "NOTIFY_SOCKET: stopping last" "$(tail -n 1 "$T/notify")" STOPPING=1

# --- no room for logs (O13)
rm -rf "$T/p"
make_planet "$T/p"
sed -i 's|^access_log = .*|access_log = /dev/full|' "$T/p/planet.ini"
ports "$T/p"
for _ in 1 2 3; do
	is "O13: a full disk for the log stops no answer" "$(status /)" 20
done
stop
is "O13: what was lost is counted" "$(awk '/^orrery_log_lines_lost_total/ \
    {print $2}' "$T/p/metrics.prom")" 3
mkfifo "$T/fifo"
sed -i "s|^access_log = .*|access_log = $T/fifo|" "$T/p/planet.ini"
exec 8<>"$T/fifo"
if ports "$T/p"; then
	is "O13: nor does a reader that does not read" "$(status /)" 20
	stop
fi
exec 8>&-

# --- a kernel without Landlock and openat2 (S26)
if [ -n "${SAN:-}" ]; then
	skip "S26" "a sanitizer wants to be loaded first"
else
	sed -i "s|^access_log = .*|access_log = access.log|" "$T/p/planet.ini"
	export LD_PRELOAD=$BUILD/tests/support/nolandlock_shim.so
	case $LD_PRELOAD in /*) ;; *) LD_PRELOAD=$PWD/$LD_PRELOAD ;; esac
	ports "$T/p"
	export -n LD_PRELOAD
	has "S26: its absence is said" "$T/serve.err" "no Landlock"
	is "S26: once" "$(grep -c 'no Landlock' "$T/serve.err")" 1
	is "S26: it serves all the same" "$(status /)" 20
	ln -s "$T/p/canary.txt" "$T/p/output/capsule/out.txt"
	ln -s .. "$T/p/output/capsule/up"
	for u in /out.txt /up/canary.txt /../canary.txt /..%2fcanary.txt; do
		is "S26: and still nothing from outside: $u" \
		    "$(raw "gemini://localhost:$gemini_port$u\r\n" |
		    grep -c CANARY)" 0
	done
	is "S26: a page in a folder" "$(status /dir/)" 20
	stop
	printf 'sandbox = require\n' >>"$T/p/planet.ini"
	LD_PRELOAD=$PWD/$BUILD/tests/support/nolandlock_shim.so
	case $BUILD in /*) LD_PRELOAD=$BUILD/tests/support/nolandlock_shim.so ;; esac
	not_ok "S26: sandbox = require refuses to serve" env \
	    LD_PRELOAD="$LD_PRELOAD" bash -c \
	    "cd '$T/p' && '$ORRERY' serve --seconds 1"
	(cd "$T/p" && LD_PRELOAD=$LD_PRELOAD "$ORRERY" check) >"$T/check" 2>&1
	ok "S26: check shows it" grep -qi landlock "$T/check"
fi
