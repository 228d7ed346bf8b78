#!/usr/bin/env bash
# Feeds of each format, with the sins of the real ones, as JSON
# (tests/golden/feeds: the expected files are read by eye, not made).

. "$(dirname "$0")/lib.sh"

for f in "$here"/tests/golden/feeds/*; do
	case $f in
	*.want)	continue ;;
	*.gmi)	type=text/gemini base=gemini://g.example/log/ ;;
	*)	type=application/xml base=http://g.example/feeds/x ;;
	esac
	ok "${f##*/} is read" "$ORRERY" parse --json --base "$base" \
	    --content-type "$type" "$f"
	cp "$T/.out" "$T/got"
	ok "${f##*/} as expected" diff -u "$f.want" "$T/got"
done
