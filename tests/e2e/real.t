#!/usr/bin/env bash
# A planet of all the real feeds of ../shared, the latest entries of each, read
# from files: published whole, every link of the planet leads somewhere, no file is
# damaged.  What feeds call their tags, languages and addresses nobody chose here.

. "$(dirname "$0")/lib.sh"
feeds=$SHARED/data/feeds/files
if [ ! -d "$feeds" ]; then
	skip "real feeds" "../shared is not here"
	exit
fi
export ORRERY_NOW=1794398400		# 2026-11-11
mkdir -p "$T/p/f"
cd "$T/p" || exit 1
cat >planet.ini <<'INI'
[Planet]
name = Real
link = gemini://localhost/
output_dir = output
cache_directory = cache
max_entries = 8
[gemini]
host = localhost
[gopher]
host = localhost
charset = ascii
INI
i=0
for f in "$feeds"/*; do
	[ -f "$f" ] || continue
	i=$((i + 1))
	cp "$f" f/$i.xml
	printf '[f/%d.xml]\nname = Source %d\ngroups = %d\n' $i $i $((i % 5)) \
	    >>planet.ini
done
"$ORRERY" update --all --json >out 2>err
is "all are published" "$?" 0
ok "with entries of all kinds" python3 -c '
import sys
pages = [line for line in sys.stdin if line.endswith(".gmi\n")]
assert len(pages) > 1500, len(pages)' < <(find output/capsule/e)
is "sources with a page" "$(find output/capsule/s -mindepth 2 -maxdepth 2 \
    -name index.gmi | wc -l)" "$i"
ok "no link of the planet is dead" \
    python3 "$here/tests/support/links.py" --theirs output/capsule
ok "no file is damaged" python3 "$here/tests/support/checktree.py" output
