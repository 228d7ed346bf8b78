#!/bin/bash
# Programs that people really use show a planet that orrery published and
# serves.  The drivers are not ours: without them, or without a program, its
# tests are skipped.
. "$(dirname "$0")/lib.sh"

drivers=$SHARED/tools/clients
[ -d "$drivers" ] || skip_all "the drivers of real clients are not here"

mkdir -p "$T/p/feeds"
cat >"$T/p/feeds/a.xml" <<'XML'
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Harbour notes</title>
<link>https://harbour.example/</link>
<item><title>Lighthouse keeper wanted</title><guid>1</guid>
<link>https://harbour.example/1</link>
<pubDate>Mon, 12 Jan 2026 08:00:00 GMT</pubDate>
<description>&lt;p&gt;The old keeper retires in spring.&lt;/p&gt;</description></item>
<item><title>灯台守を募集しています</title><guid>2</guid>
<link>https://harbour.example/2</link>
<pubDate>Tue, 13 Jan 2026 08:00:00 GMT</pubDate>
<description>&lt;p&gt;春に交代します。&lt;/p&gt;</description></item>
</channel></rss>
XML
cat >"$T/p/planet.ini" <<INI
[Planet]
name = Planet Harbour
link = gemini://localhost/
owner_name = Keeper
owner_email = keeper@example.org
output_dir = output
cache_directory = cache
[gemini]
listen = 127.0.0.1:0
host = localhost
[gopher]
listen = 127.0.0.1:0
host = 127.0.0.1
port = PORT
[server]
rate_per_address = 0
[feeds/a.xml]
name = Harbour notes
INI
# The hole's menus name the port: take a free one for both.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed -i "s/= PORT/= $port/; /^\[gopher\]/,/^\[server\]/s/^listen = .*/listen = 127.0.0.1:$port/" \
    "$T/p/planet.ini"
(cd "$T/p" && "$ORRERY" update --quiet) >"$T/update" 2>&1
if ! serve_planet "$T/p"; then
	sed 's/^/# /' "$T/update" "$T/serve.err"
	ok "a planet is published and served" false
	exit 1
fi

# shows CLIENT NAME WORDS ARGUMENTS...: the client ends with 0 and its
# screen has the words, whatever its blanks and line breaks.
shows() {
	local client=$1 name=$2 words=$3 rc
	shift 3
	timeout 90 "$drivers/$client" "$@" >"$T/screen" 2>&1
	rc=$?
	if [ $rc = 77 ]; then
		skip "$client: $name" "not installed"
		return
	fi
	tr -s ' \n\t' ' ' <"$T/screen" >"$T/words"
	n=$((n + 1))
	if [ $rc = 0 ] && grep -qF -- "$words" "$T/words"; then
		echo "ok $n - $client: $name"
	else
		echo "not ok $n - $client: $name (status $rc)"
		head -n 30 "$T/screen" | sed 's/^/# /'
		tap_failed=1
	fi
}

g=gemini://localhost:$gemini_port
h=gopher://127.0.0.1:$port
for c in amfora bombadillo kristall; do
	shows $c "the front page" "Lighthouse keeper wanted" $g/
	shows $c "in other scripts" "灯台守を募集しています" $g/
done
for c in amfora bombadillo; do
	shows $c "an entry, by its link" "The old keeper retires in spring." \
	    -f '=Lighthouse' $g/
	shows $c "a search" "Lighthouse keeper wanted" -i lighthouse $g/search
done
for c in lynx sacc w3m bombadillo; do
	shows $c "the main menu of the hole" "Lighthouse keeper wanted" $h/
	[ $c = w3m ] || shows $c "an entry of the hole" \
	    "The old keeper retires in spring." -f '=Lighthouse' $h/
done
shows curl "the main menu as it comes" "Lighthouse keeper wanted" $h/
shows walk "nothing is wrong in the capsule" "" $g/
timeout 90 "$drivers/walk" $h/ >"$T/walk" 2>&1
is "walk: nothing is wrong in the hole" "$(grep '^problem' "$T/walk")" ""
ok "walk: and it saw the hole" grep -qE '^[0-9]{2} resources' "$T/walk"
