#!/bin/sh
# Functions that a header of the program declares and nothing of it calls: a
# name that its .c files hold once, where it is defined.  What tests alone
# call is let be.
set -eu

dir=$(mktemp -d) || exit 70
trap 'rm -rf "$dir"' EXIT
sed -n 's/^[a-z].*[[:space:]*]\([a-z][a-z0-9_]*\)(.*/\1/p' src/*/*.h gemtext/*.h \
    certs/*.h | sort -u >"$dir/declared"
cat src/*.c src/*/*.c gemtext/*.c certs/*.c src/*/*.h gemtext/*.h certs/*.h |
    grep -v '^ \*' | grep -oE '[a-z][a-z0-9_]+' | sort | uniq -c |
    awk '{ print $2, $1 }' >"$dir/counts"
bad=0
# once in its header, once where it is defined
awk 'NR == FNR { n[$1] = $2; next } n[$1] <= 2 { print $1 }' "$dir/counts" \
    "$dir/declared" >"$dir/few"
while read -r name; do
	grep -rqw "$name" tests/unit tests/fuzz tests/bench tests/support &&
	    continue
	echo "nobody calls $name(): $(grep -rlw "$name" src gemtext certs |
	    tr '\n' ' ')"
	bad=1
done <"$dir/few"
exit $bad
