#!/usr/bin/env bash
# The lists for mirrors as a stranger reads them: a checker made from
# orrery-mirror(5) alone finds nothing wrong with what is published, whatever
# happens to it, and finds what was spoilt.

. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip_all "python3 is not installed"
cp -R "$here/doc/examples/demo" "$T/p"
cd "$T/p" || exit 1
c=output/capsule

# sound NAME: the published tree passes.
sound() {
	ok "$1" python3 "$here/tests/support/mirrorcheck.py" "${2:-$c}" health.gmi
}
at() {
	ORRERY_NOW=$(date -u -d "$1" +%s)
	export ORRERY_NOW
}

at '2026-11-11 12:00'
"$ORRERY" -q update --all
sound "published first"
is "the logs are one" "$(cd $c/mirror && echo changes-*)" changes-2026-11.tsv
at '2026-11-12 12:00'
sed -i 's/Highest on the/Highest of all on the/' feeds/tide-tables.rss
"$ORRERY" -q update --all
sound "an entry edited"
at '2027-01-02 12:00'
"$ORRERY" -q forget --yes "$(cd $c && echo e/2026/*nebel*.gmi)"
sound "an entry forgotten, after a month without news"
has "which the manifest tells" <(cat $c/mirror/manifest.tsv \
    $c/mirror/manifest/*.tsv) "nebel.gmi	gone"
is "a month without news has no log" "$(cd $c/mirror && echo changes-*)" \
    "changes-2026-11.tsv changes-2027-01.tsv"
at '2027-01-03 12:00'
"$ORRERY" remove feeds/lamp-room.atom >"$T/last" 2>&1
"$ORRERY" -q forget --yes "The Lamp Room"
sound "a source forgotten"
printf '\nname = Another Harbour\n' >"$T/x"
sed -i 's/^name = Harbour Planet/name = Another Harbour/' planet.ini
"$ORRERY" -q publish --all
sound "everything rendered anew"
sum=$(cat $c/mirror/*.tsv $c/mirror/manifest/*.tsv | cksum)
at '2027-01-04 12:00'
"$ORRERY" -q update --all
is "a run without news gives the same bytes" \
    "$(cat $c/mirror/*.tsv $c/mirror/manifest/*.tsv | cksum)" "$sum"

# --- what is spoilt is found ---
# spoilt NAME WORDS COMMAND: done to a copy, the checker says WORDS.
spoilt() {
	rm -rf "$T/c"
	cp -Rp $c "$T/c"
	(cd "$T/c" && eval "$3")
	python3 "$here/tests/support/mirrorcheck.py" "$T/c" health.gmi >"$T/said"
	has "$1" "$T/said" "$2"
}
spoilt "another byte" "about.gmi: is not as listed" \
    'stamp=$(stat -c @%Y about.gmi); printf x >>about.gmi; touch -d $stamp about.gmi'
spoilt "another time" "about.gmi: changed at another time" 'touch about.gmi'
spoilt "a file too many" "more.gmi: not listed" 'echo >more.gmi'
spoilt "one too few" "about.gmi: is not there" 'rm about.gmi'
spoilt "a lost change" "the changes end otherwise" \
    'sed -i "/changed/d" mirror/changes-2027-01.tsv'
spoilt "a list out of order" "not in order" \
    'tac mirror/manifest.tsv >x; cat x >mirror/manifest.tsv'
