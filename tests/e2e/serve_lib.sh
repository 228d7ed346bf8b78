# Shared by the tests of the server: a small planet written by hand, and
# clients that send any bytes.
# shellcheck shell=bash

ask=${ASK:-$BUILD/tests/support/ask}
load=${LOAD:-$BUILD/tests/support/load}
if [ ! -x "$ask" ] || [ ! -x "$load" ]; then
	skip_all "the test clients are not built"
fi

# make_planet DIR: a tree as publishing leaves it.
make_planet() {
	local o=$1/output
	mkdir -p "$o/capsule/dir" "$o/capsule/.well-known" "$o/capsule/.git" \
	    "$o/hole/dir" "$o/meta"
	printf '# Front\n\nThe front page.\n=> /dir/ A folder\n' \
	    >"$o/capsule/index.gmi"
	printf '# Folder\n' >"$o/capsule/dir/index.gmi"
	printf '# Bonjour\n' >"$o/capsule/fr.gmi"
	printf '# Mixed\n' >"$o/capsule/mixed.gmi"
	printf 'plain\n' >"$o/capsule/note.txt"
	printf '<?xml version="1.0"?>\n<!-- <rss> -->\n<feed xmlns="http://www.w3.org/2005/Atom"/>\n' \
	    >"$o/capsule/atom.xml"
	printf '<rss version="2.0"/>\n' >"$o/capsule/rss.xml"
	printf '<opml version="2.0"/>\n' >"$o/capsule/feeds.opml"
	printf '<a/>\n' >"$o/capsule/other.xml"
	printf 'PNG' >"$o/capsule/p.png"
	printf 'Contact: mailto:a@example.org\n' \
	    >"$o/capsule/.well-known/security.txt"
	printf 'secret\n' >"$o/capsule/.git/config"
	printf 'work\n' >"$o/capsule/page.gmi.tmp123"
	printf 'umlaut\n' >"$o/capsule/süß.gmi"
	printf '# one\n' >"$o/capsule/a b.gmi"
	printf 'fr.gmi\tfr\t\nmixed.gmi\ten,fr\t\ntaken.gmi\t-\tgone\n' \
	    >"$o/meta/lang.tsv"
	printf 'fr.gmi\n' >"$o/meta/random.tsv"
	printf 'iThe hole\t\tnull.host\t1\r\n0A note\t/note.txt\tlocalhost\t70\r\n.\r\n' \
	    >"$o/hole/menu"
	printf 'iA folder\t\tnull.host\t1\r\n.\r\n' >"$o/hole/dir/menu"
	printf 'a note\r\n..two dots\r\n' >"$o/hole/note.txt"
	printf 'User-agent: *\r\n' >"$o/hole/robots.txt"
	printf 'umlaut\r\n' >"$o/hole/süß.txt"
	# Outside of what is published: must never be seen.
	printf 'CANARY\n' >"$1/canary.txt"
	printf 'CANARY\n' >"$o/canary.txt"
	printf 'CANARY\n' >"$o/meta/canary.gmi"
	cat >"$1/planet.ini" <<-INI
	[Planet]
	name = Test planet
	link = gemini://localhost/
	owner_name = Keeper
	owner_email = keeper@example.org
	output_dir = output
	cache_directory = cache
	[gemini]
	listen = 127.0.0.1:0, [::1]:0
	host = localhost
	port_check = yes
	[gopher]
	listen = 127.0.0.1:0
	tls_listen = 127.0.0.1:0
	[server]
	workers = 2
	rate_per_address = 0
	max_per_address = 10000
	access_log = access.log
	metrics = metrics.prom
	INI
}

ports() {
	serve_planet "$1" || { cat "$T/serve.err" >&2; return 1; }
	gophers_port=$(sed -n 's/^listening gophers .*:\([0-9]*\)$/\1/p' \
	    "$T/serve.out" | head -n 1)
	ipv6_port=$(sed -n 's/^listening gemini \[::1\]:\([0-9]*\)$/\1/p' \
	    "$T/serve.out")
	gemini_port=$(sed -n 's/^listening gemini 127[^:]*:\([0-9]*\)$/\1/p' \
	    "$T/serve.out")
}

# raw REQUEST [ASK OPTIONS]: what comes back, with its close_notify.
raw() {
	local r=$1
	shift
	"$ask" "$@" "localhost:$gemini_port" "$r"
}

# header PATH-OR-URI: the first line of the answer, without its end.
header() {
	case $1 in
	/*) raw "gemini://localhost:$gemini_port$1\r\n" ;;
	*) raw "$1\r\n" ;;
	esac 2>/dev/null | head -n 1 | tr -d '\r'
}

# status URI: two digits.
status() {
	header "$1" | cut -c1-2
}

item() {
	"$ask" -p "127.0.0.1:$gopher_port" "$1"
}

fingerprint() {
	openssl s_client -connect "127.0.0.1:$gemini_port" -servername \
	    "${1:-localhost}" </dev/null 2>/dev/null |
	    openssl x509 -noout -fingerprint -sha256
}
