#!/usr/bin/env bash
# What the documents name exists, and what exists is in the documents.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cd "$here" || exit 70

# The commands, as the program tells them; as its sources do, where it has
# not been built.
commands() {
	if [ -x "$ORRERY" ]; then
		"$ORRERY" help | awk '/^commands:/ { on = 1; next }
		    /^$/ { on = 0 } on { print $1 }'
	else
		sed -n 's/^	ROW(\([a-z]*\)),$/\1/p' src/main.c
		printf 'version\nhelp\n'
	fi
}

# usage COMMAND: its usage line.
usage() {
	if [ -x "$ORRERY" ]; then
		"$ORRERY" help "$1" | head -n 1
	else
		cat "src/cmd/$1.c" 2>/dev/null
	fi
}

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

commands >"$T/commands"
ok "there are commands" test "$(wc -l <"$T/commands")" -ge 15

while read -r c; do
	ok "orrery(1) has $c" grep -qE "^\.(It )?Cm $c( |\$)" doc/orrery.1
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
		    grep -qF -- "$o" <(usage "$c")
	done < <(options "$f")
done

# Every option that a command's usage line has is in the manual.
while read -r c; do
	for o in $(usage "$c" | grep -m1 -E 'usage' |
	    grep -oE -- '--[a-z-]+'); do
		has "orrery(1) has $o of $c" doc/orrery.1 "Fl Fl ${o#--}"
	done
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

if command -v mandoc >/dev/null; then
	ok "the manual passes mandoc" \
	    bash -c 'mandoc -Tlint -Wwarning doc/*.[1-8]'
else
	skip "the manual passes mandoc" "mandoc is not installed"
fi
