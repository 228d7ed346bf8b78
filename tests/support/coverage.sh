#!/bin/sh
# coverage.sh BUILD - read what the coverage build in BUILD counted: a table
# of the lines of each file of src/, gemtext/ and certs/ on the terminal and
# in BUILD/coverage.txt, the uncovered lines themselves in BUILD/uncovered.txt.
set -eu

build=$1
command -v gcov >/dev/null || { echo "coverage: gcov is missing (gcc)" >&2; exit 69; }
dir=$(mktemp -d) || exit 70
trap 'rm -rf "$dir"' EXIT

find "$build/src" "$build/gemtext" "$build/certs" -name '*.gcno' |
while read -r f; do
	gcov --json-format --stdout "${f%.gcno}.o" 2>/dev/null
	echo
done >"$dir/all.json"

python3 - "$dir/all.json" "$build/coverage.txt" "$build/uncovered.txt" <<'PY'
import json, os, sys

lines = {}                              # file -> line -> count
for text in open(sys.argv[1]):
    if not text.strip():
        continue
    for f in json.loads(text)["files"]:
        name = os.path.relpath(f["file"])
        if name.split("/")[0] not in ("src", "gemtext", "certs"):
            continue
        got = lines.setdefault(name, {})
        for l in f["lines"]:
            n = l["line_number"]
            got[n] = max(got.get(n, 0), l["count"])

rows = []
for name, got in sorted(lines.items()):
    if name.endswith(".h"):
        continue
    rows.append((name, sum(c > 0 for c in got.values()), len(got)))
with open(sys.argv[2], "w") as out:
    def put(s):
        print(s)
        out.write(s + "\n")
    def row(name, done, total):
        put("%-32s %6d %6d %6.1f %%" % (name, done, total,
            100 * done / total if total else 100))
    put("%-32s %6s %6s %8s" % ("file", "ran", "lines", "share"))
    for r in rows:
        row(*r)
    for stage in sorted({os.path.dirname(r[0]) for r in rows}):
        part = [r for r in rows if os.path.dirname(r[0]) == stage]
        row(stage + "/", sum(r[1] for r in part), sum(r[2] for r in part))
    row("total", sum(r[1] for r in rows), sum(r[2] for r in rows))
with open(sys.argv[3], "w") as out:
    for name, _, _ in rows:
        source = open(name).read().split("\n")
        for n in sorted(lines[name]):
            if lines[name][n] == 0 and n <= len(source):
                out.write("%s:%d: %s\n" % (name, n, source[n - 1]))
PY
echo "uncovered lines: $build/uncovered.txt"
