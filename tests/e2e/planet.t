#!/usr/bin/env bash
# The main job on our own sample planet: from `init` or a configuration to
# pages that a client gets, twice.

. "$(dirname "$0")/lib.sh"
export ORRERY_NOW=1794398400		# 2026-11-11T08:00:00Z or so

# --- init: a planet that works at once, and nothing overwritten ---
ok "init makes a planet" "$ORRERY" init "$T/new"
echo "# mine" >"$T/new/posts/a-planet-begins.md.keep"
sha256sum "$T/new/planet.ini" >"$T/sum"
echo "name = x" >>"$T/new/planet.ini"
sha256sum "$T/new/planet.ini" >"$T/sum2"
ok "init again" "$ORRERY" init "$T/new"
ok "and nothing is overwritten" sha256sum -c "$T/sum2"
sed -i '$d' "$T/new/planet.ini"
ok "init's planet updates" "$ORRERY" -c "$T/new/planet.ini" update
ok "its front page is there" test -s "$T/new/output/capsule/index.gmi"
has "with its first post" "$T/new/output/capsule/index.gmi" "A planet begins"

# --- the sample planet ---
cp -R "$here/doc/examples/demo" "$T/p"
cd "$T/p" || exit 1
ok "check accepts the configuration" "$ORRERY" check -q
ok "update" "$ORRERY" update --all
front=output/capsule/index.gmi
is "one title line, the planet's name" "$(grep -c '^# ' $front) $(head -n 1 $front)" \
    "1 # Harbour Planet"
is "day headings, newest first" "$(grep '^## [0-9]' $front | tr '\n' ' ')" \
    "## 11 Nov 2026 ## 10 Nov 2026 ## 09 Nov 2026 ## 08 Nov 2026 ## 07 Nov 2026 ## 03 Nov 2026 ## 02 Nov 2026 ## 01 Nov 2026 ## 25 Oct 2026 "
has "an entity in a title is text" $front "Why the tide table is never wrong – and never right"
has "the name is the configuration's" $front "Tide Tables"
has "the time as the keeper wants it" $front "10 Nov 2026 5:30pm GMT"
has "an author" $front "Ines Moreau"
has "an untitled entry shows its words" $front "Closed on Sunday."
entry=$(grep -rl '^# Why the tide table' output/capsule/e | head -n 1)
ok "an entry has a page" test -s "$entry"
has "a heading below the title" "$entry" "## Three numbers worth knowing"
has "a link after its paragraph" "$entry" "=> https://moon.harbour.example/phases moon"
has "a nested item" "$entry" "* - up to 60 cm in a north-westerly"
has "a table" "$entry" 'Tuesday   | 05:12      | 4.1 m'
has "a quote" "$entry" "> Trust the table, then look out of the window."
has "an image by its description" "$entry" "=> https://tides.harbour.example/img/gauge.jpg Image: The brass tide gauge by the lock, showing 4.2 metres"
has "the original" "$entry" "=> https://tides.harbour.example/2026/never-wrong/"
lacks "no markup" "$entry" "<"
jp=$(grep -rl '^# Rye is patience' output/capsule/e | head -n 1)
has "an enclosure" "$jp" "=> https://bakery.harbour.example/oven.mp3"
de=$(grep -rl '^# Nebel' output/capsule/e | head -n 1)
has "the language of an entry reaches the server's table" \
    <(cat output/meta/*.tsv) "${de#output/capsule/}	de"
code=$(grep -rl '^# Winding the clockwork' output/capsule/e | head -n 1)
has "code keeps its language" "$code" '```c'
has "and its tab" "$code" "	flash(5 * seconds);"
has "a numbered list" "$code" "2. Release the brake."
has "a relative link against xml:base" "$code" "=> https://lamp.harbour.example/2026/mercury"

# --- a second run changes nothing ---
find output -type f -printf '%P %T@ %i\n' | grep -v health | sort >"$T/before"
ok "update again" "$ORRERY" update --all
find output -type f -printf '%P %T@ %i\n' | grep -v health | sort >"$T/after"
ok "bytes, times and inodes stay" cmp "$T/before" "$T/after"

# --- a new entry and an edited one ---
sed -i '0,/<item>/s//<item><title>Fog bell<\/title><link>https:\/\/tides.harbour.example\/2026\/bell\/<\/link><guid isPermaLink="false">bell<\/guid><pubDate>Wed, 11 Nov 2026 07:00:00 +0000<\/pubDate><description>One stroke a minute.<\/description><\/item><item>/' feeds/tide-tables.rss
sed -i 's/Highest on the 6th/Highest on the 5th, the 6th/' feeds/tide-tables.rss
ok "update with news" "$ORRERY" update --all
has "the new entry" $front "Fog bell"
edited=$(grep -rl '^# Spring tides' output/capsule/e)
is "the edited entry is there once" "$(echo "$edited" | wc -l)" 1
has "with its new words" "$edited" "Highest on the 5th, the 6th"
is "an entry without a change keeps its file" \
    "$(stat -c '%Y %i' "$jp")" "$(grep -F "${jp#output/} " "$T/before" |
    sed 's/.* \([0-9]*\)\.[0-9]* \([0-9]*\)$/\1 \2/')"

# --- an entry that leaves its feed stays; a broken feed keeps its entries ---
printf '<html><body>maintenance</body></html>' >feeds/bakery.json
"$ORRERY" update --all >"$T/out" 2>&1
is "a failing feed fails no run" $? 0
has "it is named, with the reason" "$T/out" "not a feed"
ok "its entries stay" test -s "$jp"
has "and it does not hide the others" $front "Fog bell"

# --- the hole ---
ok "the main menu" test -s output/hole/menu
has "shows the planet" output/hole/menu "Harbour Planet"
text=$(grep -rl 'One stroke a minute' output/hole/e | head -n 1)
ok "an entry as text" test -s "$text"
is "no line over 70 columns but links" \
    "$(tr -d '\r' <"$text" | grep -v '://' | LC_ALL=C.UTF-8 awk 'length > 70' | wc -l)" 0

# --- served ---
unset ORRERY_NOW
ok "serve starts" serve_planet "$T/p"
gemini / >"$T/page"
is "a header" "$(head -c 15 "$T/page")" "20 text/gemini;"
has "the front page over Gemini" "$T/page" "# Harbour Planet"
gemini "/${entry#output/capsule/}" >"$T/page"
has "the entry over Gemini" "$T/page" "Three numbers worth knowing"
gemini "/search?patience" >"$T/page"
has "a search finds" "$T/page" "Rye is patience"
gopher "" >"$T/page"
has "the menu over Gopher" "$T/page" "Harbour Planet"
gopher "/${text#output/hole/}" >"$T/page"
has "the text over Gopher" "$T/page" "One stroke a minute"
