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

# Titles of several scripts, an attachment, an original in another hole, and a
# title that would like to be a menu.
cat >feeds/scripts.rss <<'XML'
<rss version="2.0"><channel><title>Scripts</title>
<link>https://scripts.example/</link>
<item><title>日本語の長い題名が画面の幅を超えて続いていくときでも途中で切られて読める形で残る</title>
<guid>jp</guid><category>日本</category>
<pubDate>Wed, 07 Oct 2026 12:00:00 +0000</pubDate>
<description>本文です。</description></item>
<item><title>مرحبا بالعالم من الميناء</title><guid>ar</guid>
<pubDate>Wed, 07 Oct 2026 11:00:00 +0000</pubDate>
<description>نص قصير</description></item>
<item><title>🚢 👩‍🚀 🇯🇵 ships</title><guid>em</guid>
<pubDate>Wed, 07 Oct 2026 10:00:00 +0000</pubDate>
<enclosure url="https://scripts.example/horn.ogg" type="audio/ogg" length="9"/>
<description>A horn.</description></item>
<item><title>From a phlog</title><guid>ph</guid>
<link>gopher://far.example/0/phlog/1.txt</link>
<pubDate>Wed, 07 Oct 2026 09:00:00 +0000</pubDate>
<description>Far.</description></item>
<item><title>Tab&#9;0fake&#9;/fake&#9;evil.example&#9;70&#13;&#10;.</title>
<guid>evil</guid><pubDate>Wed, 07 Oct 2026 08:00:00 +0000</pubDate>
<description>.&#13;&#10;1x&#9;/x&#9;evil.example&#9;70</description></item>
</channel></rss>
XML
printf '\n[feeds/scripts.rss]\nname = Scripts\ngroups = sea\n' >>planet.ini
# Names that the hole has for its own files.
cat >feeds/menu.rss <<'XML'
<rss version="2.0"><channel><title>Menu</title><language>menu</language>
<item><title>Soup of the day</title><guid>m</guid><category>menu</category>
<category>Menu</category><category>index</category><category>p1</category>
<pubDate>Wed, 07 Oct 2026 07:00:00 +0000</pubDate>
<description>Fish.</description></item>
</channel></rss>
XML
printf '\n[feeds/menu.rss]\nname = Menu\ngroups = menu\n' >>planet.ini
sed -i 's/^\[gopher\]/[gopher]\ncharset = ascii/' planet.ini
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
# Rules 16 to 25: fields, types, hosts, ports, widths by display columns.
cat >"$T/strict.py" <<'PY'
import re, sys, unicodedata

def columns(s):
    n = 0
    for c in s:
        if unicodedata.category(c) in ("Mn", "Me", "Cf"):
            continue
        n += 2 if unicodedata.east_asian_width(c) in "WF" else 1
    return n

for name in sys.stdin.read().split():
    data = open(name, "rb").read()
    text = data.decode("utf-8")
    if not data.endswith(b"\r\n.\r\n"):
        print(name, "has no end")
    for line in text.split("\r\n")[:-2]:
        f = line.split("\t")
        host = "[a-z0-9]([a-z0-9.-]*[a-z0-9])?"
        if len(f) != 4 or re.search("[\x00-\x08\x0a-\x1f\x7f-\x9f]", line):
            print(name, "fields:", line)
        elif f[0][0] not in "01379gIph;dsi":
            print(name, "type:", line)
        elif f[0][0] != "i" and (not re.fullmatch(host, f[2]) or
                not 0 < int(f[3]) < 65536):
            print(name, "place:", line)
        elif f[0][0] in "17" and f[2] == "localhost" and f[1][:1] != "/":
            print(name, "selector:", line)
        elif f[0][0] == "h" and not f[1].startswith("URL:") and \
                f[1] not in ("/atom.xml", "/feeds.opml"):
            print(name, "link:", line)
        elif columns(f[0][1:]) > 67:
            print(name, columns(f[0][1:]), "columns:", line)
PY
if command -v python3 >/dev/null; then
	is "menus are sound to a strict reader" \
	    "$(find $hole -name menu | python3 "$T/strict.py")" ""
else
	skip "menus are sound to a strict reader" "python3 is not installed"
fi
other=$(find $hole -name menu -exec cat {} + | tr -d '\r' |
    awk -F'\t' '!/^i/ && NF > 1 && $3 != "localhost" { print $3 }' | sort -u)
is "other hosts are those of links" "$other" "far.example"
has "an attachment is an item" $hole/2026/10/07/menu \
    "hAttached: (audio/ogg)	URL:https://scripts.example/horn.ogg	localhost	70"
has "an original in another hole too" $hole/2026/10/07/menu \
    "0Read the original	/phlog/1.txt	far.example	70"
has "groups have menus" $hole/g/menu "1sea, "
has "that lead to menus of entries" $hole/g/sea/menu \
    "Spring tides this month"
has "tags have" $hole/t/menu "1日本, 1 entry"
has "languages have" $hole/l/menu "1de, "
has "the main menu leads there" $hole/menu "1Tags	/t	localhost	70"
has "and to the planet's own posts" $hole/menu "1Posts of this planet	/s/"
has "and to the state of the sources" $hole/menu "0Health of the feeds	/health.txt"
has "which is a text" $hole/health.txt "Gull Counts"
is "the feeds are there as files" "$(head -c 5 $hole/atom.xml)$(grep -c \
    '<opml' $hole/feeds.opml)" "<?xml1"
has "a long source goes on by month" $hole/s/gull-counts/menu \
    "12026-10, 230 entries	/s/gull-counts/2026-10	localhost	70"
is "in parts" "$(cat $hole/s/gull-counts/2026-10/menu \
    $hole/s/gull-counts/2026-10/p?/menu | grep -c '^0')" 230
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

# --- a tag, a group and a language that are no more ---
sed -i 's/<category>日本/<category>紙/' feeds/scripts.rss
sed -i 's/^groups = sea$/groups = air/' planet.ini
ok "update without a tag" "$ORRERY" update --all
lacks "a tag that nobody has is not listed" $hole/t/menu "日本"
is "nor has it a menu" "$(dead)" ""
has "a new group has one" $hole/g/air/menu "ships"
is "everything in it is reached" \
    "$(find $hole -path '*/e/*.txt' -printf '/%P\n' | sort)" \
    "$(selectors | grep '/e/')"

# --- in the planet's language ---
sed -i "s/^language = .*/language = ja/" planet.ini
ok "update in Japanese" "$ORRERY" update --all
has "menus speak it" $hole/menu "1タグ	/t	localhost	70"
has "texts do" "$(echo $hole/e/2026/*spring-tides*)" "配信元: Tide Tables"
has "and the page about it" $hole/about.txt "ここはプラネットです"

# --- switched off ---
sed -i 's/^charset = ascii/enabled = no/' planet.ini
ok "update without Gopher" "$ORRERY" update --all
is "the hole is gone" "$(find $hole -type f | wc -l)" 0
