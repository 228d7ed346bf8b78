#!/usr/bin/env bash
# Searches through the wire: what would trip a full-text engine (rows 22 and
# 23, S19, S20 of SECURITY.md) gets a page, in both protocols, and soon.

. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || skip_all "openssl is not installed"
export ORRERY_NOW=1794398400		# 2026-11-11
cp -R "$here/doc/examples/demo" "$T/p"
cd "$T/p" || exit 1
cat >feeds/words.rss <<'XML'
<rss version="2.0"><channel><title>Words</title>
<item><title>=&gt; /evil trap</title><guid>1</guid>
<pubDate>Wed, 07 Oct 2026 12:00:00 +0000</pubDate>
<description>&lt;p&gt;```trapword # heading =&amp;gt; x
1menu&#9;/evil&#9;evil.example&#9;70&lt;/p&gt;</description></item>
<item><title>潮汐表について</title><guid>2</guid>
<pubDate>Wed, 07 Oct 2026 11:00:00 +0000</pubDate>
<description>満潮と干潮の時刻を記します。</description></item>
<item><title>ตารางน้ำขึ้นน้ำลง</title><guid>3</guid>
<pubDate>Wed, 07 Oct 2026 10:00:00 +0000</pubDate>
<description>เวลาน้ำขึ้นสูงสุดของวันนี้</description></item>
<item><title>Çok güzel bir liman</title><guid>4</guid>
<pubDate>Wed, 07 Oct 2026 09:00:00 +0000</pubDate>
<description>Élan vital; foo:bar and a-b, C++.</description></item>
<item><title>Fitting out</title><guid>5</guid>
<pubDate>Wed, 07 Oct 2026 08:00:00 +0000</pubDate>
<description>&lt;h2&gt;Provisions&lt;/h2&gt;&lt;ul&gt;&lt;li&gt;hardtack&lt;/li&gt;
&lt;li&gt;limes&lt;/li&gt;&lt;/ul&gt;&lt;p&gt;Bought from &lt;a
href="https://chandler.example/shop"&gt;the chandler&lt;/a&gt;.&lt;/p&gt;&lt;pre&gt;two
masts&lt;/pre&gt;</description></item>
</channel></rss>
XML
printf '\n[feeds/words.rss]\nname = Words\n' >>planet.ini
sed -i 's/^\[gemini\]/[server]\nrate_per_address = 0\nmax_per_address = 100\n&/' \
    planet.ini
ok "update" "$ORRERY" update --all
ok "serve" serve_planet "$T/p"

# escape TEXT: as a query; letters as they are, for the length.
escape() {
	printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g;
	    s/%61/a/g; s/%4f/O/g; s/%52/R/g; s/%78/x/g; s/%2a/*/g'
}
storm() {
	local i
	for i in $(seq 97); do
		printf 'a* OR '
	done
	echo a\*
}
# sound PROTOCOL FILE: a whole answer, every line of a kind it may be.
sound() {
	if [ "$1" = gemini ]; then
		head -n 1 "$2" | grep -qE '^(20 text/gemini|44 [0-9]+)' &&
		    ! grep -qE '^(=> /evil|# heading|1menu)' "$2"
	else
		[ "$(tail -n 1 "$2" | tr -d '\r')" = . ] &&
		    ! grep -q 'evil.example	' "$2" && ! sed '$d' "$2" |
		    awk -F'\t' 'NF != 4 || !/^[i0137h]/ { bad = 1 }
		    END { exit !bad }'
	fi
}
torture=('foo:bar' 'a-b' '(' ')' '"' '""' '"""' '*' '-' '--' '-a' 'a*' '*a'
    'a OR' 'OR' 'AND' 'NOT a' 'a NOT' 'NEAR' 'NEAR(a b' 'NEAR(a b, 2)' '^a'
    'a ^' '{title}: a' 'title:a' '{' '}' 'col:' ':' '+' 'a + b' "'"
    "' OR 1=1; --" '\' ';' 'feed:' 'tag:' 'after:' 'after:yesterday'
    'before:9999-99-99' 'lang:' 'author:"' 'feed:"a b' '"a b' '-"a b"'
    "$(printf 'a\001b')" "$(printf '\302\233')" '=> /x' '```' '.'
    "$(printf '%2000s' '' | tr ' ' x | head -c 700)" "$(storm | head -c 860)"
    'a a a a a a a a a a a a' '%' '%%' '%00' '日' '潮 汐' '*潮' 'น้ำ*' '🌊'
    'ÇOK' "$(printf '\355\240\200')" "$(printf '\377\376')")
bad=0 menus=0
for q in "${torture[@]}"; do
	gemini "/search?$(escape "$q")" >"$T/page"
	if ! sound gemini "$T/page"; then
		bad=$((bad + 1))
		echo "# gemini: $q: $(head -n 1 "$T/page")"
	fi
	gopher "/search	$(printf '%s' "$q" | tr -d '\t\r\n')" >"$T/page"
	if ! sound gopher "$T/page"; then
		menus=$((menus + 1))
		echo "# gopher: $q: $(head -n 1 "$T/page")"
	fi
done
is "rows 22, 23: ${#torture[@]} hard questions get pages over Gemini" "$bad" 0
is "and menus over Gopher" "$menus" 0
is "S19: a NUL is no question" \
    "$(gemini '/search?a%00b' | head -c 2 | grep -cE '^(20|59)')" 1
gemini '/search?trapword' >"$T/page"
is "S20: what is found is shown as text" "$(grep -c '^=> /e/2026/' \
    "$T/page")" 1
ok "and stays so" sound gemini "$T/page"
gopher '/search	trapword' >"$T/page"
is "in a menu as well" "$(grep -c '^0' "$T/page")" 1
ok "whose lines are ours" sound gopher "$T/page"

found() {
	gemini "/search?$(escape "$1")" | grep '^=> /e/' | grep -cF "$2"
}
is "Chinese and Japanese are found within words" "$(found 潮汐 潮汐表)" 1
is "in the text, too" "$(found 干潮 潮汐表)" 1
is "Thai without blanks" "$(found น้ำลง ตาราง)" 1
is "marks are no matter" "$(found cok limán)$(found guzel liman)" 01
is "nor is case" "$(found ÉLAN liman)" 1
is "the shell speaks the same language" "$("$ORRERY" search 'feed:words 潮汐' |
    grep -c 潮汐表)" 1

# --- what is found reads as prose ---
line="Provisions · hardtack · limes · Bought from the chandler. two masts"
gemini '/search?hardtack' >"$T/page"
is "a snippet has neither marks nor addresses" "$(grep '^> ' "$T/page")" "> $line"
gopher '/search	hardtack' | tr -d '\r' >"$T/page"
is "in a menu it has two lines" "$(sed -n '/^i  Prov/,+1s/^i  \(.*\)		null.host	1$/\1/p' \
    "$T/page")" "Provisions · hardtack · limes · Bought from the chandler. two
masts"
is "the shell has it too" "$("$ORRERY" search hardtack | sed -n '3s/^ *//p')" "$line"
is "addresses are no words" "$("$ORRERY" -q search chandler.example | wc -c)" 0

gopher '/search	nosuchword' | tr -d '\r' >"$T/page"
is "nor is a hint cut" "$(sed -n '3,4s/^i\(.*\)		null.host	1$/\1/p' "$T/page")" \
    "Nothing was found; try fewer words, or the beginning of one: gard*."

# --- an index of an earlier program ---
db=cache/search.db
[ -e $db ] || db=$(find . -name search.db)
ino=$(stat -c %i "$db")
printf '\0\0\0\1' | dd of="$db" bs=1 seek=60 conv=notrunc 2>"$T/err"
is "answers" "$("$ORRERY" -q search hardtack | grep -c Fitting)" 1
ok "the next run" "$ORRERY" update
is "fills it anew" "$(od -An -tu1 -j60 -N4 "$db" | tr -d ' ')" 0003
is "beside the old one" "$([ "$(stat -c %i "$db")" != "$ino" ] && echo other)" other
is "and finds the same" "$("$ORRERY" -q search hardtack | grep -c Fitting)" 1
is "which the server sees" "$(gemini '/search?hardtack' | grep -c '^=> /e/')" 1
