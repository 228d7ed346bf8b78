#!/bin/sh
# Includes point one way: each folder may use only what stands beside it
# here.  The converter knows no feeds, the server knows no store.
set -u
bad=0

allow() {
	dir=$1
	shift
	for f in "$dir"/*.c "$dir"/*.h; do
		[ -f "$f" ] || continue
		for inc in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$f" |
		    sort -u); do
			case " $* ${dir##*/} " in
			*" $inc "*) ;;
			*)	echo "$f: $dir may not include $inc/"
				bad=1 ;;
			esac
		done
	done
}

allow src/base
allow gemtext base
allow certs base
allow src/config base
allow src/search base
allow src/feed base gemtext
allow src/store base config feed gemtext
allow src/fetch base config store
allow src/mirror base fetch
allow src/theme base gemtext
allow src/publish base config feed store gemtext certs theme
allow src/update base config feed fetch store gemtext search publish
allow src/serve base certs config gemtext search
allow src/cmd base certs config feed fetch gemtext mirror publish search serve store update

exit $bad
