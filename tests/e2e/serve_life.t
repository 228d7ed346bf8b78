#!/bin/bash
# The server's life: limits, slow clients, reload, death of a process,
# proxies, client certificates, keys.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/serve_lib.sh"

set_key() {	# FILE KEY VALUE, in the last section
	sed -i "/^$2 *=/d" "$1"
	printf '%s = %s\n' "$2" "$3" >>"$1"
}
stop() {
	kill -TERM "$server_pid"
	wait "$server_pid" 2>/dev/null
}
children() {
	pgrep -P "$server_pid"
}
workers() {	# they are the ones that wait by epoll
	local p
	for p in $(children); do
		find "/proc/$p/fd" -lname 'anon_inode:*eventpoll*' 2>/dev/null |
		    grep -q . && echo "$p"
	done
}

make_planet "$T/p"
ini=$T/p/planet.ini
ports "$T/p" || skip_all "the server does not start"
g=gemini://localhost:$gemini_port
before=$(fingerprint)

# --- the sandbox (S24, S25)
for p in $(workers); do
	is "S25: no new privileges" "$(awk '/^NoNewPrivs/ {print $2}' \
	    "/proc/$p/status")" 1
	ok "S24: no core" grep -q '^Max core file size *0 *0' "/proc/$p/limits"
	break
done
is "two workers" "$(workers | wc -l)" 2

# --- a dead worker, a dead key process (both replaced)
kill -KILL "$(workers | head -n 1)"
i=0
while [ "$(workers | wc -l)" != 2 ] && [ $i -lt 50 ]; do
	i=$((i + 1))
	sleep 0.1
done
is "a dead worker is replaced" "$(workers | wc -l)" 2
is "and visitors are served" "$(status /)" 20
for p in $(children); do
	workers | grep -qx "$p" || kill -KILL "$p"
done
sleep 3
is "helpers that died are replaced: handshakes go on" "$(status /)" 20
is "and searches are answered" "$(status '/search?x')" 40
has "deaths are logged" "$T/serve.err" "died by signal 9"

# --- reload (S29)
(raw "$g/\r\n" -d 60 >"$T/old") & old=$!
sleep 0.3
printf '[broken\n' >>"$ini"
kill -HUP "$server_pid"
sleep 1
is "S29: a broken configuration changes nothing" "$(status /)" 20
sed -i '/^\[broken/d' "$ini"
set_key "$ini" rate_per_address 0
sed -i 's/^name = Test planet/&\nlanguage = de/' "$ini"
kill -HUP "$server_pid"
i=0
while [ "$(header /)" != "20 text/gemini; lang=de" ] && [ $i -lt 40 ]; do
	i=$((i + 1))
	sleep 0.1
done
is "a new configuration is taken up" "$(header /)" "20 text/gemini; lang=de"
ok "a connection begun before is finished" wait "$old"
is "with its answer" "$(head -c 2 "$T/old")" 20
is "the certificate is the same" "$(fingerprint)" "$before"

# --- a new certificate without a reload by hand (rule 45)
(cd "$T/p" && "$ORRERY" cert renew >"$T/renew" 2>&1)
ok "cert renew works" grep -q SHA-256 "$T/renew"
i=0
while [ "$(fingerprint)" = "$before" ] && [ $i -lt 100 ]; do
	i=$((i + 1))
	sleep 0.1
done
not_ok "rule 45: the new certificate is served" [ "$(fingerprint)" = "$before" ]
is "rule 43: with the same key" "$(sed -n 's/^of its key *//p' "$T/renew")" \
    "$(openssl x509 -in "$T/p/certs/localhost.crt" -noout -pubkey |
    openssl pkey -pubin -outform der | sha256sum | cut -d' ' -f1)"
not_ok "rule 42: cert make leaves it alone" \
    bash -c "cd '$T/p' && '$ORRERY' cert make"
stop

# --- keys (S23)
chmod 644 "$T/p/certs/localhost.key"
not_ok "S23: a key that others can read is refused" \
    bash -c "cd '$T/p' && '$ORRERY' serve --seconds 1"
chmod 600 "$T/p/certs/localhost.key"
mv "$T/p/certs/localhost.key" "$T/key"
not_ok "rule 42: a missing key is not made anew beside a certificate" \
    bash -c "cd '$T/p' && '$ORRERY' serve --seconds 1"
mv "$T/key" "$T/p/certs/localhost.key"

# --- the keys in the workers
set_key "$ini" key_process no
ports "$T/p"
is "key_process = no works as well" "$(status /)" 20
stop
sed -i /key_process/d "$ini"

# --- slow clients (S08, S09); the visitor comes from another address
head -c 3000000 /dev/urandom >"$T/p/output/capsule/big.bin"
set_key "$ini" max_connections 100
ports "$T/p"
g=gemini://localhost:$gemini_port
for kind in silent hello drip reader; do
	"$load" -s "$kind" 127.0.0.1 "$gemini_port" 300 "$g/big.bin\r\n" \
	    >"$T/slow.$kind" 2>&1 & slow=$!
	pids+=("$slow")
	wait_line "$T/slow.$kind" '^holding'
	sleep 1.2
	t0=$(date +%s%N)
	# Told that the server is busy (41), a visitor asks again.
	for _ in 1 2 3 4 5; do
		seen=$(status /)
		[ "$seen" = 41 ] || break
	done
	is "S08: a visitor is served beside 300 slow ones ($kind)" "$seen" 20
	t1=$(date +%s%N)
	echo "# $kind: $(((t1 - t0) / 1000000)) ms"
	kill "$slow"
	wait "$slow" 2>/dev/null
done
stop
sed -i /max_connections/d "$ini"

# --- few descriptors (S10)
(cd "$T/p" && ulimit -n 64 && exec "$ORRERY" serve >"$T/serve.out" \
    2>"$T/serve.err") & server_pid=$!
pids+=("$server_pid")
wait_line "$T/serve.out" '^ready'
gemini_port=$(sed -n 's/^listening gemini 127[^:]*:\([0-9]*\)$/\1/p' \
    "$T/serve.out")
g=gemini://localhost:$gemini_port
"$load" -s silent 127.0.0.1 "$gemini_port" 500 x >"$T/slow.fd" 2>&1 & slow=$!
wait_line "$T/slow.fd" '^holding'
sleep 1
kill "$slow"
wait "$slow" 2>/dev/null
sleep 0.5
is "S10: after 500 clients on 64 descriptors it serves" "$(status /)" 20
lacks "S10: nobody died of it" "$T/serve.err" "died"
stop

# --- limits per address (rule 57, S11)
set_key "$ini" max_per_address 4
ports "$T/p"
g=gemini://localhost:$gemini_port
"$load" -s drip 127.0.0.1 "$gemini_port" 4 "$g/\r\n" >"$T/slow.n" 2>&1 & slow=$!
wait_line "$T/slow.n" '^holding'
is "rule 57: one too many is answered 44" "$(status /)" 44
is "rule 57: others are not" \
    "$(raw "$g/\r\n" -f 127.0.0.9 -S localhost | head -c 2)" 20
kill "$slow"
wait "$slow" 2>/dev/null
stop
set_key "$ini" max_per_address 10000
set_key "$ini" rate_per_address 1
ports "$T/p"
g=gemini://localhost:$gemini_port
a=$("$load" 127.0.0.1 "$gemini_port" 4 60 "$g/\r\n")
echo "# $a"
# Another token comes each second, however long this machine takes for it.
ok "S11: the first forty are served, the rest told to slow down" \
    grep -qE 'good=[45][0-9] other=[1-9][0-9]* failed=0' <<<"$a"
stop
set_key "$ini" rate_per_address 0

# --- PROXY headers, Unix sockets
sed -i "s|^listen = 127.0.0.1:0, .*|listen = 127.0.0.1:0, unix:$T/sock|" "$ini"
set_key "$ini" proxy_from 127.0.0.5
set_key "$ini" log_addresses yes
ports "$T/p"
g=gemini://localhost:$gemini_port
is "PROXY version 1" "$(raw "$g/v1\r\n" -f 127.0.0.5 \
    -b 'PROXY TCP4 192.0.2.7 192.0.2.1 5000 1965\r\n' | head -c 2)" 51
is "PROXY version 2" "$(raw "$g/v2\r\n" -f 127.0.0.5 \
    -b '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x08\xc0\0\x02\x01\x13\x88\x07\xad' |
    head -c 2)" 51
is "a proxy without its header gets nothing" \
    "$(raw "$g/\r\n" -f 127.0.0.5 2>/dev/null | wc -c)" 0
is "the header from anybody else is no greeting" \
    "$(raw "$g/\r\n" -b 'PROXY TCP4 192.0.2.7 192.0.2.1 5000 1965\r\n' \
    2>/dev/null | wc -c)" 0
is "a Unix socket" "$("$ask" -u "$T/sock" localhost:1 \
    'gemini://localhost/\r\n' | head -c 2)" 20
sleep 1.2
ok "the log has the client's address" grep -q '192\.0\.2\.7 .*/v1' \
    "$T/p/access.log"
ok "of version 2, too" grep -q '192\.0\.2\.8 .*/v2' "$T/p/access.log"
stop
sed -i '/proxy_from/d; /log_addresses/d' "$ini"

# --- areas and client certificates (rule 22, S17)
mk() {	# NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$T/$1.key" -out "$T/$1.crt" -subj /CN=friend -days 2 \
	    >/dev/null 2>&1
}
mk friend
mk stranger
openssl req -new -key "$T/friend.key" -subj /CN=friend -out "$T/f.csr" 2>/dev/null
openssl x509 -req -in "$T/f.csr" -signkey "$T/friend.key" -days -1 \
    -out "$T/late.crt" >/dev/null 2>&1
{
	echo "# friends"
	openssl pkey -in "$T/friend.key" -pubout -outform der | sha256sum |
	    cut -d' ' -f1
} >"$T/p/friends.txt"
mkdir -p "$T/p/output/capsule/members"
echo '# Members' >"$T/p/output/capsule/members/index.gmi"
printf '[areas]\n/members/ = friends.txt\n' >>"$ini"
if ok "a planet with an area starts" ports "$T/p"; then
	g=gemini://localhost:$gemini_port
	m="$g/members/\r\n"
	is "rule 22: without a certificate" "$(raw "$m" | head -c 2)" 60
	is "rule 22: with a listed one" \
	    "$(raw "$m" -c "$T/friend.crt" -k "$T/friend.key" | head -c 2)" 20
	is "S17: with another of the same name" \
	    "$(raw "$m" -c "$T/stranger.crt" -k "$T/stranger.key" | head -c 2)" 61
	is "S17: with one outside its dates" \
	    "$(raw "$m" -c "$T/late.crt" -k "$T/friend.key" | head -c 2)" 62
	is "rule 36: elsewhere it makes no difference" \
	    "$(raw "$g/\r\n" -c "$T/stranger.crt" -k "$T/stranger.key" |
	    head -c 2)" 20
	stop
fi
