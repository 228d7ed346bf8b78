#!/usr/bin/env bash
# What the documents name exists, and what exists is in the documents.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cd "$here" || exit 70

# The commands and what `help` says of each, as the program tells them; as
# its sources do, where it has not been built.
mkdir "$T/usage"
if [ -x "$ORRERY" ]; then
	"$ORRERY" help | awk '/^commands:/ { on = 1; next }
	    /^$/ { on = 0 } on { print $1 }' >"$T/commands"
	while read -r c; do
		"$ORRERY" help "$c" | head -n 1 >"$T/usage/$c"
	done <"$T/commands"
else
	echo "# $ORRERY is not built: the sources are read instead"
	{
		sed -n 's/^	ROW(\([a-z]*\)),$/\1/p' src/main.c
		printf 'version\nhelp\n'
	} >"$T/commands"
	while read -r c; do
		sed -n '/const struct command cmd_/,/^};/p' \
		    "src/cmd/$c.c" >"$T/usage/$c" 2>/dev/null
	done <"$T/commands"
fi

# named FILE: the commands after "orrery" in code, in a text that begins the
# line or a span; prose about the program is none of this.
named() {
	grep -oE '(`|^ {4}(\$ )?|&& )orrery( -[qv]| -c [^ ]+)* [a-z]+' "$1" |
	    grep -oE '[a-z]+$' | sort -u
}

# options FILE: "COMMAND OPTION" of every such line.
options() {
	grep -E '(`|^ {4}(\$ )?|&& )orrery( -[qv]| -c [^ ]+)* [a-z]+' "$1" |
	    grep -oE 'orrery( -[qv]| -c [^ ]+)* [a-z]+[^`#&|]*' |
	    awk '{
		for (i = 2; $i ~ /^-/; i++)
			if ($i == "-c")
				i++
		c = $i
		for (; i <= NF; i++)
			if ($i ~ /^--[a-z]/)
				print c, $i
	    }' | sort -u
}

# described COMMAND: it has an item of its own in the manual.
described() {
	awk -v c="$1" '$1 == ".It" && $2 == "Cm" && $3 == c { found = 1 }
	    $1 == ".Cm" && $2 == c && last == ".It Xo" { found = 1 }
	    { last = $0 } END { exit !found }' doc/orrery.1
}

# bash_offers COMMAND OPTION: the completion of bash, as bash runs it.
bash_offers() {
	bash -c '. doc/completions/orrery.bash
	    COMP_WORDS=(orrery "$1" "$2") COMP_CWORD=2
	    _orrery
	    [[ " ${COMPREPLY[*]} " == *" $2 "* ]]' - "$1" "$2"
}

# zsh_offers COMMAND OPTION: in the branch of that command.
zsh_offers() {
	awk -v c="$1)" '$1 == c { on = 1 } on { print } /;;$/ { on = 0 }' \
	    doc/completions/_orrery | grep -q -- "'$2[':[]\|)$2[':[]"
}

fish_offers() {
	sed -e ':a' -e '/\\$/N; s/\\\n//; ta' doc/completions/orrery.fish |
	    grep "_from [a-z ]*\<$1\>" | grep -qE -- " -l ${2#--}( |\$)"
}

ok "there are commands" test "$(wc -l <"$T/commands")" -ge 15

while read -r c; do
	ok "orrery(1) has $c" described "$c"
	ok "so has bash" grep -qw -- "$c" doc/completions/orrery.bash
	ok "and zsh" grep -q "^	'$c:" doc/completions/_orrery
	ok "and fish" grep -qw -- "$c" doc/completions/orrery.fish
done <"$T/commands"

for f in README.md doc/tutorial.md; do
	named "$f" >"$T/named"
	ok "$f names commands" test -s "$T/named"
	while read -r c; do
		ok "$c of $f exists" grep -qx -- "$c" "$T/commands"
	done <"$T/named"
	while read -r c o; do
		[ "$o" = --json ] || ok "$c $o of $f exists" \
		    grep -qF -- "$o" "$T/usage/$c"
	done < <(options "$f")
done

# Every option of a command's usage line is in the manual and offered.
while read -r c; do
	while read -r o; do
		has "orrery(1) has $o of $c" doc/orrery.1 "Fl Fl ${o#--}"
		[ "$o" = --json ] && continue
		ok "bash has $o of $c" bash_offers "$c" "$o"
		ok "zsh has $o of $c" zsh_offers "$c" "$o"
		ok "fish has $o of $c" fish_offers "$c" "$o"
	done < <(grep -oE -- '--[a-z-]+' "$T/usage/$c" | sort -u)
done <"$T/commands"

# Tests that SECURITY.md names.
while read -r f t; do
	has "tests/unit/$f.c has $t" "tests/unit/$f.c" "$t("
done < <(grep -oE '.test_[a-z_]+.: [a-z_0-9]+' SECURITY.md |
    tr -d '\140:' | sort -u)
while read -r f t; do
	t=${t#\"} t=${t%\"}
	has "tests/e2e/$f has \"$t\"" "tests/e2e/$f" "$t"
done < <(grep -oE '.[a-z_]+\.t.: "[^"]+"' SECURITY.md |
    tr -d '\140' | sed 's/\.t: /.t /' | sort -u)

# The README's screens are this program's; counts of pages and new lines of
# the front page change with it: `make screens`.
sed -n '/^<!-- screens: begin/,/^<!-- screens: end/p' README.md |
    sed -e 1d -e '$d' >"$T/shown"
sh tests/support/screens.sh "$ORRERY" >"$T/real" 2>&1
ok "the README shows what the program shows; else \`make screens\`" \
    diff "$T/shown" "$T/real"

# --- completions, in their own shells ---
while read -r c; do
	{ echo "$c"; "$ORRERY" help "$c" | head -n 1 |
	    grep -oE -- '--[a-z-]+' | sort -u; } | tr '\n' ' '
	echo
done <"$T/commands" >"$T/table"
if command -v fish >/dev/null; then
	cat >"$T/try.fish" <<'X'
source doc/completions/orrery.fish
complete -C "orrery " | string replace -r '\t.*' '' >$argv[2]
while read -l line
    set words (string split ' ' -- (string trim -- $line))
    for o in $words[2..]
        complete -C "orrery $words[1] --" | string replace -r '\t.*' '' |
            grep -qx -- $o || echo "$words[1] $o"
    end
    grep -qx -- $words[1] $argv[2] || echo $words[1]
end <$argv[1]
X
	is "fish itself offers each command and option" \
	    "$(fish --no-config "$T/try.fish" "$T/table" "$T/offered" 2>&1)" ""
else
	skip "fish itself offers each command and option" "fish is not installed"
fi
if command -v zsh >/dev/null; then
	# _arguments and _describe stand for themselves: what they are given.
	cat >"$T/try.zsh" <<'X'
_arguments() {
	[[ $1 = -C ]] && { state=$want; return }
	print -l -- "$@"
}
_describe() { print -l -- ${(P)2} }
_files() { }
source_it() { eval "$(<doc/completions/_orrery)" }
want=command
source_it >$2
while read -r c opts; do
	grep -q "^$c:" $2 || print "$c"
	words=($c) want=argument
	given=$(source_it)
	for o in ${=opts}; do
		print -r -- $given | grep -qE -- "(^|[)])${o}(:|[[]|\$)" || print "$c $o"
	done
done <$1
X
	is "zsh reads its file and offers each command and option" \
	    "$(zsh -f "$T/try.zsh" "$T/table" "$T/offered" 2>&1)" ""
else
	skip "zsh offers each command and option" "zsh is not installed"
fi

# --- units ---
for u in doc/packaging/systemd/*.service; do
	if command -v systemd-analyze >/dev/null &&
	    systemd-analyze security --offline=yes "$u" >"$T/security" 2>&1; then
		ok "$(basename "$u") is exposed less than 2.0" awk \
		    '/Overall exposure/ { found = 1; for (i = 1; i <= NF; i++)
			if ($i + 0 > 0) e = $i } END { exit !(found && e + 0 < 2) }' \
		    "$T/security"
	else
		skip "$(basename "$u") is exposed less than 2.0" "no systemd-analyze"
	fi
done

# --- make install ---
ok "install into a folder" make -s BUILD="$BUILD" DESTDIR="$T/dest" \
    PREFIX=/opt/o install
for f in bin/orrery share/man/man1/orrery.1 share/man/man5/orrery.conf.5 \
    share/man/man8/orrery-serve.8 share/bash-completion/completions/orrery \
    share/zsh/site-functions/_orrery share/fish/vendor_completions.d/orrery.fish; do
	ok "installed: $f" test -s "$T/dest/opt/o/$f"
done
ok "uninstall" make -s BUILD="$BUILD" DESTDIR="$T/dest" PREFIX=/opt/o uninstall
is "leaves no file" "$(find "$T/dest" -type f)" ""

if command -v mandoc >/dev/null; then
	ok "the manual passes mandoc" \
	    bash -c 'mandoc -Tlint -Wwarning doc/*.[1-8]'
else
	skip "the manual passes mandoc" "mandoc is not installed"
fi
