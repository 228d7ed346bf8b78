#!/bin/bash
# The server under people who are many, slow or rude.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/serve_lib.sh"
rude=$here/tests/support/rude.py

stop() {
	kill -TERM "$server_pid"
	wait "$server_pid" 2>/dev/null
}
held() {	# KB of memory that the server's processes hold for themselves
	local p kb=0
	for p in $(pgrep -P "$server_pid"); do
		kb=$((kb + $(awk '/^RssAnon/ {print $2}' "/proc/$p/status")))
	done
	echo $kb
}
counter() {
	awk -v n="orrery_$1" '$1 == n {print $2}' "$T/p/metrics.prom"
}
# visit NAME: a visitor of another address is served, though it may have to
# ask again when told that the server is busy.
visit() {
	local t0 seen
	t0=$(date +%s%N)
	for _ in 1 2 3 4 5; do
		seen=$(raw "$g/\r\n" -f 127.0.0.9 -S localhost 2>/dev/null |
		    head -c 2)
		[ "$seen" = 41 ] || break
	done
	is "$1" "$seen" 20
	echo "# after $((($(date +%s%N) - t0) / 1000000)) ms"
}
slow() {	# KIND COUNT REQUEST
	"$load" -s "$1" 127.0.0.1 "$gemini_port" "$2" "$3" \
	    >"$T/slow.$1" 2>&1 & slow+=($!)
	pids+=($!)
}
slow_end() {
	kill "${slow[@]}"
	wait "${slow[@]}" 2>/dev/null
	slow=()
}
slow=()

make_planet "$T/p"
head -c 3000000 /dev/urandom >"$T/p/output/capsule/big.bin"
ini=$T/p/planet.ini
# A sanitizer's handshake costs ten times as much.
each=500 readers=300 soak=4000
[ -z "${SAN:-}" ] || { each=100 readers=60 soak=400; }

# --- two thousand slow clients of four kinds at once (S08)
ports "$T/p" || skip_all "the server does not start"
g=gemini://localhost:$gemini_port
for kind in silent hello drip reader; do
	slow "$kind" $each "$g/big.bin\r\n"
done
for kind in silent hello drip reader; do
	wait_line "$T/slow.$kind" '^holding' || sleep 20
done
visit "S08: a visitor is served beside $((4 * each)) slow ones"
sleep 2
visit "S08: and while they go on"
slow_end
visit "S08: and when they are gone"
stop
if [ -z "${SAN:-}" ]; then
	ok "S08: the slow were counted, and dropped to make room or for their time" \
	    [ "$(($(counter evicted_total) + $(counter timeouts_total) +
	    $(counter overload_total)))" -gt 0 ]
else
	skip "S08: the slow are dropped" "a sanitizer's few fill no room"
fi
lacks "S08: nobody died of it" "$T/serve.err" "died"

# --- slow readers of a big file cost a bounded buffer each (S09)
sed -i '/^rate_per/i max_connections = 4000' "$ini"
ports "$T/p"
g=gemini://localhost:$gemini_port
visit "S09: before"
before=$(held)
slow reader $readers "$g/big.bin\r\n"
wait_line "$T/slow.reader" '^holding' || sleep 20
sleep 1
each_kb=$((($(held) - before) / readers))
echo "# $each_kb KB a reader"
if [ -z "${SAN:-}" ]; then
	ok "S09: a slow reader of 3 MB costs less than 160 KB" \
	    [ $each_kb -lt 160 ]
else
	skip "S09: memory of a slow reader" "a sanitizer keeps memory of its own"
fi
visit "S09: others are served"
slow_end

# --- resets at every byte (S12)
workers=$(pgrep -P "$server_pid" | sort)
ok "S12: resets at each byte of handshake and request, and in the answer" \
    python3 "$rude" reset "$gemini_port" /big.bin
visit "S12: others are served"
is "S12: by the same processes" "$(pgrep -P "$server_pid" | sort)" "$workers"

# --- every byte at the places of a request (S02)
ok "S02: all bytes in a Gemini request" python3 "$rude" bytes gemini \
    "$gemini_port"
ok "S02: all bytes at each place of a selector" python3 "$rude" bytes gopher \
    "$gopher_port"

# --- a file that shrinks while it is sent (S30)
python3 "$rude" wait "$gemini_port" /big.bin "$T/flag" >"$T/cut" & cut=$!
i=0
while [ ! -e "$T/flag" ] && [ $i -lt 200 ]; do
	i=$((i + 1))
	sleep 0.1
done
truncate -s 100000 "$T/p/output/capsule/big.bin"
rm -f "$T/flag"
wait "$cut"
is "S30: what was cut short does not look whole" "$(cut -d' ' -f2 "$T/cut")" cut
ok "S30: and is shorter" [ "$(cut -d' ' -f1 "$T/cut")" -lt 3000000 ]
# A file replaced by rename goes on as it was.
head -c 3000000 /dev/zero >"$T/p/output/capsule/big.bin"
python3 "$rude" wait "$gemini_port" /big.bin "$T/flag" >"$T/cut" & cut=$!
i=0
while [ ! -e "$T/flag" ] && [ $i -lt 200 ]; do
	i=$((i + 1))
	sleep 0.1
done
echo new >"$T/new"
mv "$T/new" "$T/p/output/capsule/big.bin"
rm -f "$T/flag"
wait "$cut"
is "S30: one replaced meanwhile comes whole, as it was" \
    "$(cat "$T/cut")" "$((3000000 + 29)) whole"
is "S30: by the same processes" "$(pgrep -P "$server_pid" | sort)" "$workers"
stop

# --- handshakes that do not end, fewer than there is room for (S16)
sed -i "s/^max_connections = .*/max_connections = 200/; s/^workers = .*/workers = 1/" "$ini"
ports "$T/p"
g=gemini://localhost:$gemini_port
slow hello 60 "$g/\r\n"
slow silent 20 "$g/\r\n"
wait_line "$T/slow.hello" '^holding' || sleep 20
visit "S16: a visitor beside 60 half handshakes"
rm "$T/slow.hello"
slow hello 100 "$g/\r\n"
wait_line "$T/slow.hello" '^holding' || sleep 20
visit "S16: and beside 160, of which 100 may be at once"
slow_end
stop
gone=$(($(counter evicted_total) + $(counter dropped_total)))
ok "S16: the others had to go ($gone)" [ "$gone" -ge 55 ]
sed -i "s/^max_connections = .*/max_connections = 4000/; s/^workers = .*/workers = 2/" "$ini"

# --- handshakes that cost (S16)
sed -i 's/^rate_per_address = .*/rate_per_address = 1/' "$ini"
ports "$T/p"
g=gemini://localhost:$gemini_port
a=$("$load" 127.0.0.1 "$gemini_port" 16 400 "$g/\r\n")
echo "# $a"
visit "S16: a flood of handshakes is its own address's trouble"
stop
ok "S16: far beyond the limit there is not even a handshake" \
    [ "$(counter dropped_total)" -gt 0 ]
sed -i 's/^rate_per_address = .*/rate_per_address = 0/' "$ini"
names=$(seq -f 'DNS:n%06.0f.example' -s, 3000)
openssl req -x509 -newkey rsa:4096 -nodes -keyout "$T/fat.key" -out \
    "$T/fat.crt" -subj /CN=fat -addext "subjectAltName=$names" -days 2 \
    >/dev/null 2>&1
mkdir -p "$T/p/output/capsule/members"
echo "$(printf '%064d' 7) somebody" >"$T/p/friends.txt"
printf '[areas]\n/members/ = friends.txt\n' >>"$ini"
ports "$T/p"
g=gemini://localhost:$gemini_port
fat=$(raw "$g/members/\r\n" -c "$T/fat.crt" -k "$T/fat.key" 2>/dev/null |
    head -c 2)
ok "S16: a certificate of $(wc -c <"$T/fat.crt") bytes is refused" \
    [ "$fat" = 61 -o "$fat" = "" ]
visit "S16: and hurts nobody else"
stop
lacks "nobody died of all this" "$T/serve.err" "died"

# --- many requests leave nothing behind (S22); `make soak` asks a million
if [ -n "${SAN:-}" ]; then
	skip "S22" "a sanitizer keeps what was freed"
else
	ok "S22: memory and descriptors after $soak requests" env \
	    SOAK_REQUESTS=$soak SOAK_ROUNDS=4 bash \
	    "$here/tests/e2e/soak.sh" "$BUILD" "$ORRERY"
fi
