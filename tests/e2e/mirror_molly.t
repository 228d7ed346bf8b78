#!/usr/bin/env bash
# A capsule without a manifest on a server that others wrote: molly-brown
# from its Debian package, crawled by links.

. "$(dirname "$0")/lib.sh"
for need in molly-brown python3 openssl; do
	command -v $need >/dev/null || skip_all "$need is not installed"
done
doc=$T/doc
mkdir -p "$doc/log/2026" "$doc/private" "$doc/list"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -days 3650 -subj /CN=localhost -keyout "$T/key.pem" -out "$T/cert.pem" \
    2>/dev/null

# --- what lies there ---
cat >"$doc/index.gmi" <<'G'
# A keeper's capsule

=> log/ The log
=> /list/ A directory without an index
=> /moved.gmi An old address
=> private/ For those with a certificate
=> /nowhere.gmi Nothing
=> picture.png A picture
=> with%20blank.gmi A name with a blank
=> /tidé.gmi A name that is not ASCII
=> /log/../../../etc/passwd Out of it
=> %2e%2e/%2e%2e/etc/passwd Out of it
=> /find?tide A question
=> log/2026/fog.gmi#signal A place in a page
=> gemini://elsewhere.example/ Elsewhere
=> gopher://localhost/ Elsewhere
=> mailto:keeper@example.org Letters
=>
```
=> /drawn.gmi This is a drawing
```
G
printf '# Log\n=> 2026/ This year\n=> .. Up\n' >"$doc/log/index.gmi"
printf '# 2026\n=> fog.gmi Fog\n=> ../.. Home\n' >"$doc/log/2026/index.gmi"
printf '# Fog\nThree blasts.\n' >"$doc/log/2026/fog.gmi"
printf '# Blank\n' >"$doc/with blank.gmi"
printf '# Tide\n' >"$doc/tidé.gmi"
printf '# One\n' >"$doc/list/one.gmi"
printf 'two\n' >"$doc/list/two.txt"
printf '# Not for you\n' >"$doc/private/index.gmi"
printf '# Drawn\n' >"$doc/drawn.gmi"
head -c 5000 /dev/urandom >"$doc/picture.png"
printf 'User-agent: archiver\nDisallow: /list/two\n' >"$doc/robots.txt"

start() {
	local i=0 port
	port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >"$T/molly.conf" <<-C
	Port = $port
	Hostname = "localhost"
	CertPath = "$T/cert.pem"
	KeyPath = "$T/key.pem"
	DocBase = "$doc"
	AccessLog = "$T/access"
	ErrorLog = "$T/error"
	[PermanentRedirects]
	"/moved.gmi" = "/log/2026/fog.gmi"
	[CertificateZones]
	"^/private" = ["0000000000000000000000000000000000000000000000000000000000000000"]
	C
	molly-brown -c "$T/molly.conf" >"$T/molly.out" 2>&1 &
	server=$!
	pids+=("$server")
	G=gemini://localhost:$port/
	until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		i=$((i + 1))
		[ $i -le 100 ] || return 1
		sleep 0.1
	done
}
mirror() {
	"$ORRERY" mirror --allow-private --delay 0 "$@" "$G" "$T/m" \
	    >"$T/last" 2>&1
}
# what of the capsule lies in the mirror, as "path" lines
taken() {
	(cd "$T/m" && find . -name .orrery-mirror -prune -o -type f -print |
	    sed 's,^\./,,' | LC_ALL=C sort)
}

ok "molly-brown starts" start
ok "it is mirrored by links" mirror
has "and said so" "$T/last" "by links"
is "all that links lead to, and no more" "$(taken)" "$(printf '%s\n' \
    index.gmi list/index.gmi list/one.gmi log/2026/fog.gmi \
    log/2026/index.gmi log/index.gmi picture.png 'tidé.gmi' \
    'with blank.gmi')"
for f in index.gmi log/2026/fog.gmi picture.png tidé.gmi 'with blank.gmi'; do
	ok "$f is the same" cmp "$doc/$f" "$T/m/$f"
done
has "a directory's list is kept" "$T/m/list/index.gmi" "one.gmi"
has "what wants a certificate is said" "$T/last" "/private/"
has "and what is not there" "$T/last" "/nowhere.gmi"
is "nothing was written beside it" "$(cd "$T" && ls -d etc passwd 2>/dev/null)" ""

# --- again ---
find "$T/m" -type f -exec touch -d 2026-01-02T03:04:05Z {} +
ok "a second time" mirror
is "nothing is written" "$(find "$T/m" -newermt 2026-01-03 -type f)" ""
printf '# Fog\nFour blasts.\n' >"$doc/log/2026/fog.gmi"
rm "$doc/with blank.gmi"
ok "with a change" mirror
is "only that is written" "$(find "$T/m" -newermt 2026-01-03 -type f)" \
    "$T/m/log/2026/fog.gmi"
ok "what went is kept: it may be the last copy" test -e "$T/m/with blank.gmi"
ok "with a bound" mirror --max 3
has "it is cut and says so" "$T/last" "cut short"
is "and nothing is lost" "$(taken | wc -l)" 9

kill "$server"
wait "$server" 2>/dev/null
not_ok "without a server" mirror
is "the copy stays" "$(taken | wc -l)" 9
ok "each page of it" cmp "$doc/log/2026/fog.gmi" "$T/m/log/2026/fog.gmi"
