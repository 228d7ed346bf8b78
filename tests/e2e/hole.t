#!/usr/bin/env bash
# The hole as files: every link leads somewhere, menus are split, only what
# changed is written again, the folded twin, and its end.

. "$(dirname "$0")/lib.sh"
export ORRERY_NOW=1794398400		# 2026-11-11
cp -R "$here/doc/examples/demo" "$T/p"
cd "$T/p" || exit 1
hole=output/hole

# A source with 230 entries on one day.
{
	echo '<rss version="2.0"><channel><title>Gull Counts</title>'
	for i in $(seq 230); do
		echo "<item><title>Count $i</title><guid>gull-$i</guid>" \
		    "<pubDate>Tue, 06 Oct 2026 12:00:00 +0000</pubDate>" \
		    "<description>$i gulls.</description></item>"
	done
	echo '</channel></rss>'
} >feeds/gulls.rss
printf '\n[feeds/gulls.rss]\nname = Gull Counts\n' >>planet.ini
sed -i 's/^\[gopher\]/[gopher]\nascii = yes/' planet.ini
ok "update" "$ORRERY" update --all

# selectors: of texts and menus of this hole that any menu names
selectors() {
	find $hole -name menu -exec cat {} + | tr -d '\r' |
	    awk -F'\t' '/^[01]/ && $3 == "localhost" { print $2 }' | sort -u
}
dead() {
	local s
	for s in $(selectors); do
		[ -f "$hole$s" ] || [ -f "$hole$s/menu" ] || echo "$s"
	done
}
is "every item leads somewhere" "$(dead)" ""
is "and every text is reached" \
    "$(find $hole -path '*/e/*.txt' -printf '/%P\n' | sort)" \
    "$(selectors | grep '/e/')"
is "every menu ends with a dot" \
    "$(find $hole -name menu -exec tail -qn 1 {} + | sort -u | tr -d '\r')" .
is "no menu has more than 100 texts" \
    "$(find $hole -name menu -exec grep -c '^0' {} + |
    awk -F: '$2 > 100' | wc -l)" 0
is "a long day goes on" "$(grep -ch '^0' $hole/2026/10/06/menu \
    $hole/2026/10/06/p2/menu $hole/2026/10/06/p3/menu | tr '\n' ' ')" \
    "100 100 30 "
is "the twin is ASCII" \
    "$(LC_ALL=C grep -rlP '[^\x00-\x7f]' $hole/ascii)" ""
has "a dated list" $hole/feed/menu "2026-11-09 Bakery on the Quay: Rye"

# --- only what changed ---
sed -i '0,/3 gulls\./s//three gulls, and a tern./' feeds/gulls.rss
find $hole -type f -printf '%P %i\n' | sort >"$T/before"
ok "update with an edit" "$ORRERY" update --all
find $hole -type f -printf '%P %i\n' | sort >"$T/after"
is "an edited text is the one that is written" \
    "$(comm -13 "$T/before" "$T/after" | grep -c '/e/\|^e/')" 2

# --- switched off ---
sed -i 's/^ascii = yes/enabled = no/' planet.ini
ok "update without Gopher" "$ORRERY" update --all
is "the hole is gone" "$(find $hole -type f | wc -l)" 0
