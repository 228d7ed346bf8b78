#!/usr/bin/env bash
# Themes: files that replace a page, mistakes that have a place, the second
# theme on real feeds, and a manual that knows every field.

. "$(dirname "$0")/lib.sh"
data=$(realpath "$SHARED/data/planet-mozilla" 2>/dev/null)
export ORRERY_NOW=1794398400

cp -R "$here/doc/examples/demo" "$T/p"
cd "$T/p" || exit 1
front=output/capsule/index.gmi
ok "update" "$ORRERY" update -q --all
find output/capsule -name '*.gmi' ! -name health.gmi -exec sha256sum {} + |
    sort >"$T/plain"

# --- one file of its own ---
mkdir -p theme/static/pictures
printf 'a picture\n' >theme/static/pictures/boat.txt
cat >theme/front.gmi <<'THEME'
# {{planet}}

My own words.

{{#days}}
{{#entries}}
* {{title}}
{{/entries}}
{{/days}}
=> /s/ {{word_sources}}
=> /feed.gmi {{word_subscribe}}
=> /about.gmi {{word_about}}
THEME
ok "check takes it" "$ORRERY" check -q
ok "update with a front page of its own" "$ORRERY" update -q --all
has "it is shown" $front "My own words."
has "with the entries" $front "* Why the tide table is never wrong – and never right"
has "static files lie as they are" output/capsule/pictures/boat.txt "a picture"
rm -r theme
ok "update without it" "$ORRERY" update -q --all
find output/capsule -name '*.gmi' ! -name health.gmi -exec sha256sum {} + |
    sort >"$T/again"
ok "and all is as it was" cmp "$T/plain" "$T/again"

# --- mistakes ---
mkdir -p mine
printf '# {{planet}}\n\n{{#days}}\n{{titel}}\n{{/days}}\n' >mine/front.gmi
sed -i 's/^\[Planet\]/[Planet]\ntheme = mine/' planet.ini
not_ok "check refuses a field that is not there" "$ORRERY" check
"$ORRERY" check >"$T/out" 2>&1
has "by file and line" "$T/out" 'mine/front.gmi:4: there is no field "titel" here'
not_ok "so does update" "$ORRERY" update -q --all
ok "and leaves the pages alone" cmp "$T/plain" <(find output/capsule \
    -name '*.gmi' ! -name health.gmi -exec sha256sum {} + | sort)
sed -i 's/{{titel}}/## {{day}}/' mine/front.gmi
ok "mended, it is taken" "$ORRERY" update -q --all
is "one title line" "$(grep -c '^# ' $front)" 1
sed -i 's/^theme = mine/theme = mein/' planet.ini
"$ORRERY" check >"$T/out" 2>&1
has "a theme that is not there" "$T/out" "theme = mein: neither a theme"

# --- the second theme ---
sed -i 's/^theme = mein/theme = river/' planet.ini
ok "update with the second theme" "$ORRERY" update -q --all
has "sources are headings" $front "### The Lamp Room"
has "the first words are a quote" $front "> The lens still floats on its bath"
is "still one title line on every page" "$(find output/capsule -name '*.gmi' \
    -exec grep -c '^# ' {} + | grep -vc ':1$')" 0

if [ -r "$data/expected.json" ]; then
	mkdir "$T/m"
	cd "$T/m" || exit 1
	sed -e 's|^\[https://blog.mozilla.org/feed/\]|[blog.mozilla.org.rss]|' \
	    -e 's|^\[https://this-week-in-rust.org/rss.xml\]|[this-week-in-rust.rss]|' \
	    -e 's|^\[https://blog.rust-lang.org/feed.xml\]|[blog.rust-lang.org.atom]|' \
	    -e 's/^\[Planet\]/[Planet]\ntheme = river/' \
	    "$data/config.ini" >planet.ini
	cp "$data"/*.rss "$data"/*.atom .
	ok "real feeds" env ORRERY_NOW=1768435200 "$ORRERY" update -q --all
	ok "every fact is there in the second theme" \
	    "$data/../../tools/check-capsule" "$data/expected.json" output
else
	skip "real feeds in the second theme" "the shared data is not there"
fi

# --- the manual ---
sed -n 's/^	F([A-Z_]*, "\([a-z_]*\)", .*/\1/p' "$here/src/publish/look.h" |
    sort -u >"$T/fields"
ok "the manual names every field" bash -c "
    test \$(wc -l <'$T/fields') -gt 60 &&
    while read -r f; do
        grep -q \"^[.]Ql \$f\\b\" '$here/doc/orrery-theme.5' ||
            { echo \"\$f\"; exit 1; }
    done <'$T/fields'"
sed -n '/^.Bd -literal/,/^.Ed/p' "$here/doc/orrery-theme.5" | sed '1d;$d' \
    >"$T/example"
mkdir -p "$T/p/theme"
cp "$T/example" "$T/p/theme/front.gmi"
cd "$T/p" || exit 1
ok "its example works" "$ORRERY" check -q
