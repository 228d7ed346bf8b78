#!/usr/bin/env bash
# A newcomer on a clean Debian: from the package to a served planet with an
# imported configuration of Planet Venus, then an upgrade, a removal and a
# purge.  `make check-package` builds the package and runs this.
#
# It needs root, debootstrap, iproute2, systemd-socket-activate, openssl,
# python3 and a Debian mirror.  Settings, all optional:
#   MIRROR=URL          default http://deb.debian.org/debian
#   ROOT_CACHE=DIR      keep the bare system here for the next time
#   PREVIOUS_DEB=FILE   upgrade from this; default: the same with a lower version
# Only installing uses the network; the rest runs in a network namespace of
# its own, where one address answers for every host of the configuration.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"

deb=$(realpath "${1:?usage: newcomer.sh PACKAGE.deb}")
MIRROR=${MIRROR:-http://deb.debian.org/debian}
ADDRESS=45.45.45.45		# any that is nobody's inner one
root=$T/root holder=

[ "$(id -u)" = 0 ] || skip_all "root is needed for a chroot"
for tool in debootstrap ip unshare nsenter systemd-socket-activate dpkg-deb; do
	command -v $tool >/dev/null || skip_all "$tool is not installed"
done

leave() {
	local p
	for p in "${pids[@]:-}" $holder; do
		[ -n "$p" ] && kill "$p" 2>/dev/null
	done
	wait 2>/dev/null
	pids=()
	mountpoint -q "$root/proc" && umount "$root/proc"
	finish
}
trap leave EXIT

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
# In the background: the process itself, not a shell around it.
exec_on_the_net() { exec nsenter -t "$holder" -n "$@"; }
on_the_net() { nsenter -t "$holder" -n "$@"; }

# newcomer COMMAND: one that the documents have, word by word.
newcomer() {
	grep -qxF -- "    $1" "$here/doc/tutorial.md" ||
	    { echo "not in the tutorial: $1"; return 1; }
	# shellcheck disable=SC2016 # the inner shell expands
	on_the_net chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	    HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive sh -c "cd /root && $1"
}
# files: everything in the system but what apt and dpkg keep for themselves.
files() {
	(cd "$root" && find . -xdev \
	    -path ./proc -prune -o -path ./var/lib/dpkg -prune -o \
	    -path ./var/cache -prune -o -path ./var/log -prune -o \
	    -path ./var/lib/apt -prune -o -path ./root -prune -o \
	    -path ./home -prune -o -path ./tmp -prune -o -print | sort)
}

# --- a bare system ---
if [ -n "${ROOT_CACHE:-}" ] && [ -d "$ROOT_CACHE/etc" ]; then
	cp -a "$ROOT_CACHE" "$root"
	ok "a bare Debian, from $ROOT_CACHE" test -x "$root/usr/bin/dpkg"
else
	ok "a bare Debian" debootstrap --variant=minbase bookworm "$root" \
	    "$MIRROR"
	[ -z "${ROOT_CACHE:-}" ] || cp -a "$root" "$ROOT_CACHE"
fi
[ -x "$root/usr/bin/dpkg" ] || exit 1
mount -t proc proc "$root/proc"
cp /etc/resolv.conf "$root/etc/resolv.conf"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
inside apt-get update -q >"$T/apt" 2>&1

# What depends on nothing of ours first, so that a purge can be compared.
deps=$(dpkg-deb -f "$deb" Depends | tr ',' '\n' |
    sed 's/ *(.*//; s/|.*//; s/ //g' | tr '\n' ' ')
# shellcheck disable=SC2086 # a list of words is meant
ok "its dependencies are in Debian" inside apt-get install -q -y \
    --no-install-recommends $deps ca-certificates
files >"$T/before"

# --- the previous version ---
version=$(dpkg-deb -f "$deb" Version)
previous=${PREVIOUS_DEB:-}
if [ -z "$previous" ]; then
	dpkg-deb -R "$deb" "$T/repack"
	sed -i "s/^Version: .*/Version: 0.0.1/" "$T/repack/DEBIAN/control"
	previous=$T/orrery_0.0.1_amd64.deb
	dpkg-deb -b "$T/repack" "$previous" >/dev/null
fi
cp "$previous" "$root/root/previous.deb"
cp "$deb" "$root/root/"

ok "the previous package installs" inside apt-get install -q -y \
    /root/previous.deb
ok "there is a user for it" inside getent passwd orrery
is "the state is that user's alone" \
    "$(inside stat -c '%U %a' /var/lib/orrery)" "orrery 750"
ok "what it says about itself is there" \
    test -s "$root/usr/share/doc/orrery/README.Debian"
for u in orrery.service orrery.socket orrery-gopher.socket \
    orrery-update.timer; do
	ok "$u is enabled" test -n "$(find "$root/etc/systemd/system" \
	    -name "$u" -type l)"
done

# --- a small web ---
unshare -n sleep 3600 &
holder=$!
sleep 0.2
on_the_net ip link set lo up
on_the_net ip addr add $ADDRESS/32 dev lo
venus=$root/home/me/venus
mkdir -p "$venus/cache"
cat >"$venus/config.ini" <<'X'
# Planet Venus, as somebody had it for years.
[Planet]
name = Planet Quay
link = http://planet.quay.test/
owner_name = Ada
owner_email = ada@quay.test
cache_directory = cache
output_dir = output
items_per_page = 40
output_theme = themes/common
template_files = atom.xml.tmpl rss20.xml.tmpl index.html.tmpl

[http://one.quay.test/feed]
name = One of the quay
face = one.png

[https://two.quay.test/rss.xml]
name = Zwei & Söhne
filters = regexp_sifter.py?exclude=giveaway

[https://three.quay.test/atom?category=planet;lang=en]
name = Three
X
cat >"$venus/cache/one.quay.test,old" <<'X'
<?xml version="1.0" encoding="utf-8"?>
<entry xmlns="http://www.w3.org/2005/Atom" xmlns:planet="http://planet.intertwingly.net/"><id>http://one.quay.test/old</id><link href="http://one.quay.test/old" rel="alternate" type="text/html"/><title>The quay in 2009</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Nobody else kept this.</p></div></content><updated planet:format="May 02, 2009 10:00 AM">2009-05-02T10:00:00Z</updated><source><id>http://one.quay.test/</id><link href="http://one.quay.test/feed" rel="self" type="application/rss+xml"/><title>One</title><planet:name>One of the quay</planet:name></source></entry>
X
cp "$SHARED/data/planet-configs/planet-nixos.ini" "$T/real.ini" 2>/dev/null ||
    : >"$T/real.ini"
hosts=$(cat "$venus/config.ini" "$T/real.ini" |
    sed -n 's|^\[https*://\([^]/:]*\).*|\1|p' | sort -u)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$T/ca.key" -out "$T/ca.pem" -days 2 -subj "/CN=A test" \
    2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$T/web.key" -out "$T/web.csr" -subj "/CN=web" 2>/dev/null
printf 'subjectAltName=%s\n' "$(for h in $hosts; do printf 'DNS:%s,' "$h"; done |
    sed 's/,$//')" >"$T/san"
openssl x509 -req -in "$T/web.csr" -CA "$T/ca.pem" -CAkey "$T/ca.key" \
    -days 2 -extfile "$T/san" -out "$T/web.pem" 2>/dev/null
cp "$T/ca.pem" "$root/usr/local/share/ca-certificates/a-test.crt"
inside update-ca-certificates >/dev/null 2>&1
for h in $hosts; do echo "$ADDRESS $h"; done >>"$root/etc/hosts"
exec_on_the_net python3 "$here/tests/support/smallweb.py" $ADDRESS "$T/web.pem" \
    "$T/web.key" >"$T/web.out" 2>&1 &
pids+=($!)
ok "a small web answers" wait_line "$T/web.out" '^ready'

# --- in the documented commands only ---
planet() { newcomer "orrery -c /etc/orrery/planet.ini $1"; }
ok "import, dry" planet "import --dry-run /home/me/venus"
has "says what it recognised" "$T/.out" "Planet Venus configuration, 3 sub"
ok "import" planet "import /home/me/venus"
has "says what it took" "$T/.out" "taken    3 subscriptions"
has "the cache came along" "$T/.out" "1 entries, 1 stored"
has "and what it left" "$T/.out" "output_theme"
is "the store is the service's" \
    "$(inside stat -c %U /var/lib/orrery/cache/orrery.db)" orrery
# Every name beyond 1024 needs root's right to bind; this is root.
ok "check" planet "check"
has "the configuration is understood" "$T/.out" ": 3 subscriptions"
ok "update" planet "update"
is "the pages are the service's" \
    "$(inside stat -c %U /var/lib/orrery/output/capsule/index.gmi)" orrery
planet "status" >"$T/status" 2>&1
is "status has nothing to tell cron" $? 0
has "every feed has answered" "$T/status" "3 sources, 10 entries"
front=$root/var/lib/orrery/output/capsule/index.gmi
has "a feed over HTTPS is on the front page" "$front" "News 3 of two.quay.test"
has "a name beyond ASCII too" "$front" "Zwei & Söhne"

# --- the units' own command lines, as their user ---
unit=$root/lib/systemd/system
start=$(sed -n 's/^ExecStart=//p' "$unit/orrery.service")
again=$(sed -n 's/^ExecStart=//p' "$unit/orrery-update.service")
# shellcheck disable=SC2086 # a command line is meant
ok "the timer's command" on_the_net chroot "$root" setpriv --reuid orrery \
    --regid orrery --clear-groups --no-new-privs $again
serve() {
	# shellcheck disable=SC2086
	exec_on_the_net systemd-socket-activate -l "[::]:1965" -l "[::]:70" \
	    --fdname=gemini:gopher chroot "$root" setpriv --reuid orrery \
	    --regid orrery --clear-groups --no-new-privs $start \
	    >"$T/serve.out" 2>"$T/serve.err" &
	server=$!
	pids+=("$server")
	wait_line "$T/serve.err" 'Listening on' || sleep 1
}
ask() {
	printf 'gemini://localhost%s\r\n' "$1" | on_the_net timeout 20 \
	    openssl s_client -quiet -ign_eof -servername localhost \
	    -connect "${2:-127.0.0.1}:1965" 2>/dev/null
}
menu() {
	printf '%s\r\n' "$1" | on_the_net timeout 20 bash -c \
	    "exec 3<>/dev/tcp/127.0.0.1/70; cat >&3; cat <&3"
}
serve
ask / >"$T/page"
is "the capsule answers" "$(head -c 15 "$T/page")" "20 text/gemini;"
has "with the feeds" "$T/page" "News 3 of one.quay.test"
ask "/search?nobody%20else" >"$T/page"
has "and with what Venus had kept" "$T/page" "The quay in 2009"
menu "" >"$T/page"
has "the hole answers" "$T/page" "News 3 of three.quay.test"
print=$(inside orrery -c /etc/orrery/planet.ini cert fingerprint)
kill "$server"; wait "$server" 2>/dev/null

if [ -s "$T/real.ini" ]; then
	cp "$T/real.ini" "$root/home/me/venus/real.ini"
	feeds=$(grep -c '^\[http' "$T/real.ini")
	inside orrery -c /etc/orrery/planet.ini import \
	    /home/me/venus/real.ini >"$T/.out" 2>&1
	has "a real configuration: $feeds feeds" "$T/.out" "taken    $feeds subscr"
	ok "is updated" planet "update"
	has "each of them answers" <(inside orrery -c /etc/orrery/planet.ini \
	    status) "$((feeds + 3)) sources"
	is "none fails" "$(inside orrery -c /etc/orrery/planet.ini status \
	    --json | grep -c '"failures": 0')" $((feeds + 3))
else
	skip "a real configuration" "no ../shared"
fi

# --- upgrade ---
echo "# mine" >>"$root/etc/orrery/planet.ini"
entries() { inside orrery -c /etc/orrery/planet.ini status --json |
    sed -n 's/^  "entries": \([0-9]*\).*/\1/p'; }
had=$(entries)
pages=$(find "$root/var/lib/orrery/output" -type f | wc -l)
ok "the new package installs over it" newcomer \
    "apt install ./orrery_*_amd64.deb"
is "it is the new one" "$(inside dpkg-query -W -f '${Version}' orrery)" \
    "$version"
is "with every entry ($had)" "$(entries)" "$had"
is "every page" "$(find "$root/var/lib/orrery/output" -type f | wc -l)" "$pages"
is "the configuration as it was edited" \
    "$(tail -n 1 "$root/etc/orrery/planet.ini")" "# mine"
is "and the same certificate" \
    "$(inside orrery -c /etc/orrery/planet.ini cert fingerprint)" "$print"
serve
ask / >"$T/page"
has "it serves" "$T/page" "News 3 of one.quay.test"
kill "$server"; wait "$server" 2>/dev/null
ok "and updates" planet "update"

# --- remove and purge ---
ok "remove" inside apt-get remove -q -y orrery
ok "keeps the state" test -s "$root/var/lib/orrery/cache/orrery.db"
ok "and the configuration" test -s "$root/etc/orrery/planet.ini"
ok "purge" inside apt-get purge -q -y orrery
files >"$T/after"
# This script's own, the previous passwd files and a lock of adduser's aside.
comm -13 "$T/before" "$T/after" | grep -v -e a-test -e '^./etc/hosts$' \
    -e '^./etc/ssl/certs/' -e '^./etc/[a-z]*-$' -e '^./run/adduser$' >"$T/left"
is "leaves no file" "$(cat "$T/left")" ""
not_ok "and no user" inside getent passwd orrery
