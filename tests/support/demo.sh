#!/bin/sh
# make demo: a planet from the sample feeds, published and served on
# unprivileged ports.  DEMO_SECONDS=n ends it by itself.
set -eu

prog=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
src=$(cd "$(dirname "$0")/../../doc/examples/demo" && pwd)
dir=${DEMO_DIR:-build/demo}


mkdir -p "$dir"
cp -R "$src/." "$dir/"
cd "$dir"
log=serve.log

# Unprivileged ports, the usual ones if nobody has them.
busy() {
	bash -c "exec 3<>/dev/tcp/127.0.0.1/$1" 2>/dev/null
}
gemini=1965 gopher=7070
while busy $gemini || busy $gopher; do
	gemini=$((gemini + 10000))
	gopher=$((gopher + 10000))
	[ $gemini -lt 60000 ] || { echo "demo: no free ports" >&2; exit 1; }
done
sed -i -e "/^\\[gemini\\]/,/^\\[gopher\\]/s/^listen = .*/listen = 127.0.0.1:$gemini\\nport = $gemini/" \
    -e "/^\\[gopher\\]/,/^\\[feeds/s/^listen = .*/listen = 127.0.0.1:$gopher\\nport = $gopher/" \
    planet.ini

echo "== orrery update"
"$prog" update --all -v
echo
echo "== orrery serve"
"$prog" serve >"$log" 2>serve.err &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT
trap 'exit 0' INT TERM

i=0
until grep -q '^ready' "$log" 2>/dev/null; do
	i=$((i + 1))
	if [ $i -gt 100 ] || ! kill -0 $server 2>/dev/null; then
		cat serve.err >&2
		echo "demo: the server did not start" >&2
		exit 1
	fi
	sleep 0.1
done
gemini=$(sed -n 's/^listening gemini .*:\([0-9]*\)$/\1/p' "$log" | head -n 1)
gopher=$(sed -n 's/^listening gopher .*:\([0-9]*\)$/\1/p' "$log" | head -n 1)

cat <<TXT

Harbour Planet is served from $(pwd)

  Gemini       gemini://localhost:$gemini/
  Gopher       gopher://localhost:$gopher/
  Certificate  $("$prog" cert fingerprint | head -n 1)

Add a live feed:   cd $(pwd) && $prog add https://example.org/ && $prog update
TXT
if [ -n "${DEMO_SECONDS:-}" ]; then
	sleep "$DEMO_SECONDS"
	first=$(printf 'gemini://localhost:%s/\r\n' "$gemini" |
	    openssl s_client -quiet -ign_eof -servername localhost \
	    -connect "127.0.0.1:$gemini" 2>/dev/null | head -n 1)
	case $first in
	"20 "*)	echo; echo "The front page answers: $first" ;;
	*)	echo "demo: the front page does not answer ($first)" >&2
		exit 1 ;;
	esac
else
	echo
	echo "Ctrl-C ends it."
	wait $server
fi
