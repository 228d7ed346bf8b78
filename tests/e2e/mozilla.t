#!/usr/bin/env bash
# Three real feeds, three dates: every fact of the shared expectations.

. "$(dirname "$0")/lib.sh"
data=$(realpath "$SHARED/data/planet-mozilla" 2>/dev/null)
tools=$(realpath "$SHARED/tools" 2>/dev/null)
[ -r "$data/expected.json" ] || skip_all "the shared data is not there"

# Local files in place of the addresses, else the configuration as it is.
sed -e 's|^\[https://blog.mozilla.org/feed/\]|[blog.mozilla.org.rss]|' \
    -e 's|^\[https://this-week-in-rust.org/rss.xml\]|[this-week-in-rust.rss]|' \
    -e 's|^\[https://blog.rust-lang.org/feed.xml\]|[blog.rust-lang.org.atom]|' \
    "$data/config.ini" >"$T/planet.ini"
mkdir -p "$T/p"
mv "$T/planet.ini" "$T/p/"
cp "$data"/*.rss "$data"/*.atom "$T/p/"
cd "$T/p" || exit 1

export ORRERY_NOW=1768435200		# 2026-01-15
ok "update" "$ORRERY" update --all
ok "every fact of 14 January" "$tools/check-capsule" "$data/expected.json" output
for day in 2026-01-22:1769126400 2026-01-29:1769731200; do
	ORRERY_NOW=${day#*:}
	find output/capsule/e -type f -printf '%P %T@ %i\n' | sort >"$T/before"
	cp "$data/later/${day%:*}"/*.rss "$data/later/${day%:*}"/*.atom .
	ok "update of ${day%:*}" "$ORRERY" update --all
	ok "every fact of ${day%:*}" "$tools/check-capsule" \
	    "$data/later/${day%:*}/expected.json" output
	find output/capsule/e -type f -printf '%P %T@ %i\n' | sort >"$T/after"
	kept=$(comm -12 "$T/before" "$T/after" | wc -l)
	all=$(wc -l <"$T/before")
	# New neighbours and one edit; everything else keeps bytes and times.
	ok "pages without a change keep their files ($kept of $all)" \
	    test "$kept" -ge $((all - 8))
done
