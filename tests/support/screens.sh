#!/bin/sh
# What the README shows: `update`, `status` and the front page of the sample
# planet, from the program at hand, as text on standard output.  With a file
# as second argument, what stands between its two "screens" marks is
# replaced.  The clock is set, so that it says the same every time; what is left to
# chance (the seconds a run took, which feed was first, the jitter of the next
# try) is evened out.
set -eu

prog=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp -R "$here/doc/examples/demo/." "$dir/"

screens() (
	cd "$dir"
	printf '\nA run, and how the feeds fare, on the sample planet:\n\n```\n'
	# shellcheck disable=SC2016 # a prompt
	echo '$ orrery update -v'
	ORRERY_NOW=1794398400 "$prog" update -v >run 2>&1
	grep '^feeds/' run | sed 's/, [0-9]* ms$//' | sort
	grep -v '^feeds/' run | sed 's/[0-9.]* s$/0.2 s/'
	# shellcheck disable=SC2016
	printf '\n$ orrery status\n'
	ORRERY_NOW=1794399300 "$prog" status | sed 's/in 2[2-9] h/in 25 h/'
	printf '```\n\nThe front page, as a Gemini client gets it:\n\n```\n'
	sed -e '/^## 08/,$d' output/capsule/index.gmi
	printf '```\n\n'
)

if [ $# -lt 2 ]; then
	screens
	exit
fi
screens >"$dir/screens"
grep -q '^<!-- screens: begin' "$2" && grep -q '^<!-- screens: end' "$2" ||
    { echo "screens: $2 has no marks" >&2; exit 65; }
sed -e "/^<!-- screens: begin/r $dir/screens" \
    -e '/^<!-- screens: begin/,/^<!-- screens: end/{
	/^<!-- screens: /!d
    }' "$2" >"$dir/new"
cat "$dir/new" >"$2"
