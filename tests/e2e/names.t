#!/usr/bin/env bash
# Names that the trees have for files of their own, that other systems keep for
# themselves, or that look like paths: as titles, tags, groups, languages and
# sources.  Everything is published, and every link leads somewhere.

. "$(dirname "$0")/lib.sh"
export ORRERY_NOW=1794398400		# 2026-11-11
mkdir -p "$T/p/f"
cd "$T/p" || exit 1
cat >planet.ini <<'INI'
[Planet]
name = Names
link = gemini://localhost/
output_dir = output
cache_directory = cache
[gemini]
host = localhost
[gopher]
host = localhost
charset = ascii
INI
i=0
for w in menu Menu index index.gmi p1 p2 2026 2026-01 10 s e a g t l . .. con \
    nul caps.txt caps health.txt feed feed.gmi sources posts atom.xml robots.txt \
    mirror certificate about years search random ascii tags groups dated books \
    gophermap .well-known .tmp-1-1 - _ menu- menu-2 parts t/rust ../x /etc/passwd; do
	i=$((i + 1))
	cat >f/$i.xml <<-XML
	<rss version="2.0"><channel><title>$w</title><language>$w</language>
	<item><title>$w</title><guid isPermaLink="false">$i</guid>
	<category>$w</category><category>c$w</category>
	<pubDate>Wed, 07 Oct 2026 07:00:00 +0000</pubDate>
	<description>Fish $i.</description></item>
	<item><title>Old $w</title><guid isPermaLink="false">o$i</guid>
	<category>$w</category><pubDate>Wed, 07 Oct 2020 07:00:00 +0000</pubDate>
	<description>Meat $i.</description></item></channel></rss>
	XML
	printf '[f/%d.xml]\nname = %s\ngroups = %s\n' "$i" "$w" "$w" >>planet.ini
done
ok "all are published" "$ORRERY" update -q --all
is "each source has its menu" "$(find output/hole/s -mindepth 2 -maxdepth 2 \
    -name menu | wc -l)" "$i"
is "and its page" "$(find output/capsule/s -mindepth 2 -maxdepth 2 \
    -name index.gmi | wc -l)" "$i"
# shellcheck disable=SC2154
ok "no link is dead" python3 "$here/tests/support/links.py" output/capsule
ok "no file is damaged" python3 "$here/tests/support/checktree.py" output
cp -R output before
ok "again" "$ORRERY" publish -q --all
ok "and nothing differs" diff -r before output
# A file's own name is taken byte for byte, also where it is no UTF-8.
odd=$(printf 'a  b \377 ;c.xml')
cp f/1.xml "f/$odd"
sed '/^\[f\//,$d' planet.ini >odd.ini
printf '[file://%s/f/a%%20%%20b%%20%%ff%%20%%3bc.xml]\nname = Odd\n' "$PWD" >>odd.ini
ok "a source whose file has an odd name" "$ORRERY" -c odd.ini update -q --all
