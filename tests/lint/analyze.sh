#!/bin/sh
# analyze.sh TOOL [FLAGS...]: one static analyser over src/, gemtext/ and
# certs/.  What it says is printed and is a failure, unless doc/analysis.md
# excuses it: a line "    TOOL FILE: part of the message" there, with the
# reason above it.  TOOL: cppcheck, tidy, gcc.  ANALYZE narrows the files.
set -u

tool=$1
shift
FLAGS="-std=c11 -D_GNU_SOURCE -I. -Isrc $*"
CHECKS='-*,clang-analyzer-*,bugprone-*,misc-redundant-expression'
CHECKS="$CHECKS,misc-misplaced-const,performance-*"
# Matters of taste, and functions of Annex K, which no libc here has.
CHECKS="$CHECKS,-bugprone-easily-swappable-parameters"
CHECKS="$CHECKS,-bugprone-reserved-identifier,-bugprone-narrowing-conversions"
CHECKS="$CHECKS,-bugprone-assignment-in-if-condition"
CHECKS="$CHECKS,-bugprone-implicit-widening-of-multiplication-result"
CHECKS="$CHECKS,-bugprone-suspicious-include,-bugprone-branch-clone"
CHECKS="$CHECKS,-clang-analyzer-security.insecureAPI.*"
CHECKS="$CHECKS,-performance-no-int-to-ptr,-bugprone-sizeof-expression"
export FLAGS CHECKS
files=${ANALYZE:-$(ls src/*.c src/*/*.c gemtext/*.c certs/*.c)}
out=$(mktemp) || exit 70
trap 'rm -f "$out" "$out.left"' EXIT

# each COMMAND: for every file, which is $1 there, two at a time.
each() {
	echo "$files" | tr ' ' '\n' | xargs -P 2 -I FILE sh -c "$1" sh FILE
}
case $tool in
cppcheck)
	each 'cppcheck --quiet --std=c11 --enable=warning,performance,portability \
	    --inline-suppr --suppress=missingIncludeSystem -D_GNU_SOURCE \
	    -I. -Isrc "$1" 2>&1' ;;
tidy)
	each 'clang-tidy --quiet --checks="$CHECKS" "$1" -- $FLAGS 2>/dev/null' ;;
gcc)
	each 'gcc $FLAGS -O1 -fanalyzer -Wno-analyzer-too-complex -c -o /dev/null \
	    "$1" 2>&1' ;;
*)
	echo "usage: analyze.sh cppcheck|tidy|gcc [FLAGS]" >&2
	exit 64 ;;
esac >"$out"

grep -E '^[^ ]+:[0-9]+:[0-9]+: (warning|error|performance|portability)' "$out" |
    sed "s|$PWD/||" | sort -u |
while read -r line; do
	excused=
	while read -r word file text; do
		[ "$word" = "$tool" ] || continue
		case $line in "${file%:}":*"$text"*) excused=1; break ;; esac
	done <doc/analysis.md
	[ -n "$excused" ] || echo "$line"
done >"$out.left"
cat "$out.left"
[ -s "$out.left" ] && exit 1
echo "$tool: clean"
