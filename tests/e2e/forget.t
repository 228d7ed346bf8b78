#!/usr/bin/env bash
# What is forgotten is in no file any more, answers 52, and stays away.

. "$(dirname "$0")/lib.sh"
export ORRERY_NOW=1796990400		# 2026-12-11: November has its bundles
cp -R "$here/doc/examples/demo" "$T/p"
cd "$T/p" || exit 1
sed -i 's/^bundles = .*/bundles = tar.gz/; s/^\[gopher\]/&\ncharset = ascii/' \
    planet.ini
# An edited text leaves a former one behind.
canary=XYZZYCANARY
sed -i "s/Highest on the/${canary}OLD Highest on the/" feeds/tide-tables.rss
ok "update" "$ORRERY" update --all
sed -i "s/${canary}OLD/${canary}NEW/" feeds/tide-tables.rss
ok "update with an edit" "$ORRERY" update --all
page=$(cd output/capsule && echo e/2026/*spring-tides*.gmi)
has "it is there" "output/capsule/$page" ${canary}NEW

# found FILES...: those that hold the canary, packed or not.
found() {
	python3 - "$canary" "$@" <<'PY'
import os, sys, tarfile, zipfile
word = sys.argv[1].lower().encode()	# as the index has it
for top in sys.argv[2:]:
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            data = open(path, "rb").read()
            if name.endswith(".gpub"):
                z = zipfile.ZipFile(path)
                data = b"".join(z.read(n) for n in z.namelist())
            elif name.endswith(".tar.gz"):
                t = tarfile.open(path)
                data = b"".join(t.extractfile(m).read() for m in t)
            if word in data.lower():
                print(path)
PY
}
if command -v python3 >/dev/null; then
	is "in pages, texts, feeds, bundles and the store" \
	    "$(found output cache | sed 's,/e/.*,/e/,; s,-[a-z0-9]*$,,;
	    s,/2026/1.*,/2026/,' | grep -cE \
	    'capsule/e/|hole/e/|ascii/e/|atom.xml|gpub|tar.gz|orrery.db|search.db' |
	    awk '{ print ($1 >= 8) }')" 1
fi
"$ORRERY" search ${canary}NEW >"$T/hits"
has "and a search finds it" "$T/hits" "Spring tides"

# what a run that was killed while it filled the index anew left behind
cp cache/search.db cache/search.db.new
ok "forget" "$ORRERY" forget --yes "gemini://localhost/$page"
if command -v python3 >/dev/null; then
	is "it is in none of them" "$(found output cache)" ""
else
	is "it is in none of them" "$(grep -rlai $canary output cache)" ""
fi
"$ORRERY" search ${canary}NEW >"$T/hits"
lacks "nor found" "$T/hits" "Spring tides"
has "the manifest says that it is gone" output/capsule/mirror/manifest/e_2026_.tsv \
    "$page	gone"
is "so does the log" "$(cut -f 2,3 output/capsule/mirror/changes-2026-12.tsv |
    grep "$page" | tail -n 1)" "gone	$page"
is "no page leads there" "$(grep -rlF "${page%.gmi}" output --include='*.gmi' \
    --include=menu --include='*.xml' --include='*.json')" ""
ok "the next update" "$ORRERY" update --all
is "does not bring it back" "$(grep -rlai $canary output cache)" ""

# --- a whole source ---
ok "end a subscription" "$ORRERY" remove feeds/lamp-room.atom
ok "and forget the source" "$ORRERY" forget --yes "The Lamp Room"
is "its name is nowhere" "$(grep -rl 'Lamp Room' output/capsule output/hole |
    grep -v 'health\|changes-')" ""
is "nor its pages" "$(find output -path '*winding-the-clockwork*' -o -path \
    '*s/the-lamp-room/*' | head)" ""

unset ORRERY_NOW
if command -v openssl >/dev/null && serve_planet "$T/p"; then
	is "its address answers 52" "$(gemini "/$page" | head -c 2)" 52
	is "the source's too" "$(gemini /s/the-lamp-room/ | head -c 2)" 52
	is "and in the hole there is nothing" \
	    "$(gopher "/${page%.gmi}.txt" | head -c 1)" 3
	is "nor by search" "$(gemini "/search?${canary}NEW" |
	    grep -c "^=> /e/")" 0
else
	skip "its address answers 52" "no server here"
fi
