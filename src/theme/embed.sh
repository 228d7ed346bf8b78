#!/bin/sh
# embed.sh THEME/NAME.gmi...: the files as rows of a C table.
set -eu
for f in "$@"; do
	dir=$(basename "$(dirname "$f")")
	printf '	{ "%s", "%s",\n' "$dir" "$(basename "$f" .gmi)"
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/	"/' -e 's/$/\\n"/' "$f"
	printf '	},\n'
done
