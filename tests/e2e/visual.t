#!/usr/bin/env bash
# Text that runs both ways (threat F25): what a title holds does not move what
# stands beside it on the line, by the bidirectional algorithm.

. "$(dirname "$0")/lib.sh"
export ORRERY_NOW=1794441600

python=
for p in /usr/bin/python3 python3; do
	"$p" -c 'import bidi.algorithm' 2>/dev/null && { python=$p; break; }
done
[ -n "$python" ] || skip_all "python3-bidi is not installed"
visual=$here/tests/support/visual.py

"$python" "$visual" make "$T/p" || exit 70
ok "a planet whose titles turn" "$ORRERY" -q -c "$T/p/planet.ini" update
ok "is seen in the order in which it is written" \
    "$python" "$visual" check "$T/p"

# The test sees what it is for.
front=$T/p/output/capsule/index.gmi
printf '=> /x Tide Tables: \342\200\256elpmaxe.doog\n' >>"$front"
not_ok "an override would be seen" "$python" "$visual" check "$T/p"
has "and is named" "$T/.out" "index.gmi: turns or hides"
