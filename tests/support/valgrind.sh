#!/bin/sh
# A planet's day under valgrind: init, update, update again, search, publish,
# backup, a visit over both protocols, a mirror.  Every process is watched, also
# those it forks; an error or a leak of ours fails.
set -u

orrery=${ORRERY:-$PWD/build/orrery}
dir=$(mktemp -d) || exit 70
trap 'kill $server 2>/dev/null; wait; rm -rf "$dir"' EXIT
server=
failed=0
here=$PWD
command -v valgrind >/dev/null || { echo "valgrind is not installed"; exit 69; }

grind() {
	valgrind -q --error-exitcode=99 --trace-children=no \
	    --child-silent-after-fork=no --leak-check=full \
	    --show-leak-kinds=definite --errors-for-leak-kinds=definite \
	    --suppressions="$here/tests/support/valgrind.supp" \
	    --log-file="$dir/log.%p" "$orrery" "$@"
}
step() {
	grind "$@" >"$dir/out" 2>&1
	rc=$?
	if [ $rc = 99 ] || [ $rc -ge 128 ]; then
		echo "FAIL $1 (status $rc)"
		failed=1
	else
		echo "ok   $*"
	fi
}

cp -R doc/examples/demo "$dir/planet"
cd "$dir/planet" || exit 70
export ORRERY_NOW=1794398400
step update -q --all
sed -i '0,/Highest on/s//Highest, we think, on/' feeds/tide-tables.rss
step update -q --all
step publish -q --all
step status
step search tide
step search '"of the" -x tag:sea'
step check
step backup -q "$dir/copy.db"
step export opml
step parse feeds/lamp-room.atom
step convert --from markdown --to gemtext posts/*.md
grind serve >"$dir/serve.out" 2>&1 &
server=$!
i=0
while ! grep -q '^ready' "$dir/serve.out" 2>/dev/null && [ $i -lt 600 ]; do
	sleep 0.1
	i=$((i + 1))
done
port=$(sed -n 's/^listening gemini .*:\([0-9]*\)$/\1/p' "$dir/serve.out" | head -n 1)
for path in '' health.gmi 'search?tide' 'no/such' e/; do
	printf 'gemini://localhost:%s/%s\r\n' "$port" "$path" |
	    timeout 30 openssl s_client -quiet -ign_eof -servername localhost \
	    -connect "127.0.0.1:$port" >/dev/null 2>&1
done
step mirror -q --delay 0 --allow-private --max 30 "gemini://localhost:$port/" \
    "$dir/mirror"
kill -TERM $server
wait $server
[ $? = 99 ] && failed=1
server=
# Lines of "--": landlock and openat2, which this valgrind does not know.
cat "$dir"/log.* | grep -v '^--' >"$dir/all"
if [ -s "$dir/all" ]; then
	head -n 60 "$dir/all"
	failed=1
fi
[ $failed = 0 ] && echo "valgrind: clean"
exit $failed
