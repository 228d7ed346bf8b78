#!/usr/bin/env bash
# A feed that kills its child each run (threat O12) costs itself alone: it is
# named, left alone after three times, and the others finish.  Without a sandbox
# `sandbox = require` parses nothing.

. "$(dirname "$0")/lib.sh"

shim=$here/$BUILD/tests/support/crash_shim.so
[ -r "$shim" ] || shim=$BUILD/tests/support/crash_shim.so
[ -r "$shim" ] || skip_all "the shim is not built"
[ -z "${SAN:-}" ] || skip_all "preloading does not mix with sanitizers"
shim=$(realpath "$shim")

mkdir "$T/p"
cd "$T/p" || exit 70
feed() {
	printf '<?xml version="1.0" encoding="%s"?><rss version="2.0"><channel><title>%s</title><item><title>%s post</title><guid isPermaLink="false">%s</guid><pubDate>Wed, 11 Nov 2026 10:00:00 +0000</pubDate><description>%b</description></item></channel></rss>' \
	    "$1" "$2" "$2" "$2" "$3"
}
feed euc-tw Bad '\0244\0244' >bad.rss
feed utf-8 Good text >good.rss
cat >planet.ini <<EOF
[Planet]
name = T
output_dir = out
cache_directory = cache
[server]
sandbox = auto
[$T/p/bad.rss]
name = Bad one
[$T/p/good.rss]
name = Good one
EOF

now=1794398400
# run HOW: an update a day later, under the shim.
run() {
	now=$((now + 86400))
	ORRERY_NOW=$now CRASH=$1 LD_PRELOAD=$shim "$ORRERY" update >"$T/log" 2>&1
}

run abort
ok "the good feed is read beside one that kills its child" \
    grep -rq "Good post" out
has "the run names the bad one" "$T/log" "bad.rss"
run loop
has "a loop ends at its limit" "$T/log" "bad.rss"
run swell
has "a balloon ends at its limit" "$T/log" "bad.rss"
run abort
lacks "after three it is left alone" "$T/log" "bad.rss"
"$ORRERY" status >"$T/status" 2>&1
has "and the status says so" "$T/status" "quarantine"

# Without Landlock.
sed -i 's/^sandbox.*/sandbox = require/' planet.ini
now=$((now + 86400))
NO_LANDLOCK=1 LD_PRELOAD=$shim ORRERY_NOW=$now "$ORRERY" update >"$T/log" 2>&1
is "sandbox = require without a sandbox is an error" "$?" 70
has "and says what to do" "$T/log" "set it to auto"
sed -i 's/^sandbox.*/sandbox = auto/' planet.ini
ok "sandbox = auto does without" env NO_LANDLOCK=1 LD_PRELOAD="$shim" \
    ORRERY_NOW=$((now + 86400)) "$ORRERY" update
