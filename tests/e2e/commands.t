#!/usr/bin/env bash
# Every command line of the documents is run, in its order, in a network of
# its own where a small web and two capsules answer for the names used there.
# Left out, because they change the machine: `make` (it runs this), and `apt`
# and `systemctl` (tests/packaging/newcomer.sh runs those lines).
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

for need in python3 openssl ip unshare nsenter jq; do
	command -v $need >/dev/null || skip_all "$need is not installed"
done
if [ -z "${IN_NAMESPACE:-}" ]; then
	unshare -rnm true 2>/dev/null ||
	    skip_all "this machine allows no namespaces"
	trap - EXIT
	rm -rf "$T"
	IN_NAMESPACE=1 exec unshare -rnm bash "$0"
fi

# --- names, a web, two capsules ---
names="blog.example.org blog.rust-lang.org one.example two.example
    harbour.example one.quay.example two.quay.example"
ip link set lo up
unshare -n sleep 600 &
outside=$!
pids+=("$outside")
sleep 0.3
beyond() { exec nsenter -t "$outside" -n "$@"; }
ip link add here type veth peer name there &&
    ip link set there netns "$outside" ||
    skip_all "this kernel has no veth"
ip addr add 45.45.45.1/24 dev here
ip link set here up
for a in 45 46; do
	(beyond ip addr add 45.45.45.$a/24 dev there)
done
(beyond ip link set there up)
{
	echo "127.0.0.1 localhost"
	for h in $names; do echo "45.45.45.45 $h"; done
	echo "45.45.45.45 friend.example"
	echo "45.45.45.46 planet.harbour.example"
} >"$T/hosts"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$T/web.key" -out "$T/web.pem" -days 2 -subj "/CN=A test" -addext \
    "subjectAltName=$(for h in $names; do printf 'DNS:%s,' "$h"; done |
    sed 's/,$//')" 2>/dev/null
for f in hosts:/etc/hosts web.pem:/etc/ssl/certs/ca-certificates.crt; do
	mount --bind "$T/${f%%:*}" "${f#*:}" 2>/dev/null ||
	    skip_all "${f#*:} is not there to stand in for"
done
(beyond python3 "$here/tests/support/smallweb.py" 45.45.45.45 "$T/web.pem" \
    "$T/web.key" >"$T/web.out" 2>&1) &
pids+=($!)

# capsule NAME ADDRESS HOST: served by ourselves, beyond.
capsule() {
	sed -i -e "s|^link = .*|link = gemini://$3/|" -e "s/^listen = .*/listen = $2:1965/" \
	    -e '/^\[gopher\]/,$ { s/^listen = .*/listen = '"$2"':7070/ }' \
	    "$T/$1/planet.ini"
	sed -i '/^\[gemini\]/,/^\[gopher\]/ s/^port = .*//' "$T/$1/planet.ini"
	"$ORRERY" -q -c "$T/$1/planet.ini" publish || return 1
	(beyond "$ORRERY" -c "$T/$1/planet.ini" serve >"$T/$1/out" 2>&1) &
	pids+=($!)
	wait_line "$T/$1/out" '^ready'
}
"$ORRERY" init "$T/friend" >/dev/null
mkdir -p "$T/friend/theme/static/gemlog"
printf '# A friend\n\n=> bread.gmi 2026-11-02 On bread\n=> salt.gmi 2026-11-05 On salt\n' \
    >"$T/friend/theme/static/gemlog/index.gmi"
printf '# On bread\n\nSourdough.\n' >"$T/friend/theme/static/gemlog/bread.gmi"
ok "a friend's capsule is served" capsule friend 45.45.45.45 friend.example
cp -R "$here/doc/examples/demo" "$T/harbour"
ok "and the planet of the harbour" capsule harbour 45.45.45.46 \
    planet.harbour.example
ok "and a small web" wait_line "$T/web.out" '^ready'

# --- from the documents ---
mkdir -p "$T/bin" "$T/srv" "$T/backup" "$T/etc/orrery"
ln -s "$ORRERY" "$T/bin/orrery"
PATH=$T/bin:$PATH

# lines FILE: "CHAPTER<tab>COMMAND", in order.
lines() {
	# cron's five fields are no part of the command
	case $1 in
	*.md)	sed -E 's/^    ([-0-9*\/]+ +){5}orrery/    orrery/' "$1" | awk '/^```/ { code = !code }
		    /^#+ / && !code { chapter = $0; sub(/^#+ /, "", chapter) }
		    /^    / && !code {
			sub(/^    /, "")
			if ($0 ~ /^(orrery|cd|make|apt|systemctl) /)
				print chapter "\t" $0
		    }' ;;
	*)	sed -E 's/^([-0-9*\/]+ +){5}orrery/$ orrery/' "$1" | awk '/^\.S[hs] / { chapter = $2 } /^\.Bd/ { code = 1 }
		    /^\.Ed/ { code = 0 }
		    code {
			gsub(/\\e/, "\\")
			if (sub(/^\$ /, ""))
				print chapter "\t" $0
		    }' ;;
	esac
}
# block FILE WORDS: the indented block that contains a line of these words.
block() {
	awk -v w="$2" 'function out() { if (hit) { printf "%s", b; hit = 0; exit } b = "" }
	    /^    / { sub(/^    /, ""); b = b $0 "\n"; if (index($0, w) == 1) hit = 1; next }
	    /^$/ { if (b != "") b = b "\n"; next }
	    { out() } END { if (hit) printf "%s", b }' "$1" |
	    sed -e :a -e '/^\n*$/ { $d; N; ba' -e '}'
}
port_free() {
	sed -i -e 's/^user = orrery/# &: a namespace has one user/' "$1"
}

# What a chapter takes for granted.
begin() {
	mkdir -p "$T/at"
	cd "$T/at" || exit 70
	rm -rf ./*
	served=
	case $1 in
	"A planet of your own"*) ;;
	"Two commands") ;;
	"2. A planet for a community")
		block "$here/doc/tutorial.md" "name = Planet Harbour" |
		    sed -e 's/^link = gemini:.*/link = gemini:\/\/localhost\//' \
		    >"$T/etc/orrery/planet.ini"
		block "$here/doc/tutorial.md" "content_type = opml" \
		    >>"$T/etc/orrery/planet.ini"
		printf '\n[gemini://friend.example/gemlog/]\n' \
		    >>"$T/etc/orrery/planet.ini"
		port_free "$T/etc/orrery/planet.ini"
		cd "$T/etc/orrery" || exit 70 ;;
	"3. Moving"*)
		mkdir -p venus/cache
		printf '[Planet]\nname = Quay\nlink = http://quay.example/\nowner_name = A\nowner_email = a@quay.example\ncache_directory = cache\noutput_dir = output\n\n[https://one.quay.example/feed]\nname = One\nfilters = regexp_sifter.py?exclude=giveaway\n' \
		    >venus/config.ini ;;
	"4. A gemlog")
		orrery init . >/dev/null
		block "$here/doc/tutorial.md" "title: The fog signal" \
		    >posts/fog-signal.md ;;
	EXAMPLES)
		mkdir -p "$T/srv/planet"
		[ -s "$T/srv/planet/planet.ini" ] ||
		    printf '[Planet]\nname = S\n\n[https://one.example/feed.xml]\n' \
		    >"$T/srv/planet/planet.ini"
		printf '<opml version="2.0"><body><outline xmlUrl="https://one.example/feed.xml"/></body></opml>' \
		    >feeds.opml ;;
	esac
}
# stand_in COMMAND: placeholders and places of the machine.
stand_in() {
	local entry
	entry=$(basename "$(find "$PWD" "$T/etc/orrery" -path '*/capsule/e/*.gmi' \
	    2>/dev/null | head -n 1)" .gmi)
	printf '%s\n' "$1" | sed -e 's/ *# .*//' -e 's/ FEED$/ blog.rust-lang.org/' \
	    -e "s/ ENTRY\$/ ${entry%%-*}/" -e "s|/abc123-title|/$entry|" \
	    -e "s|/e/2026/$entry|/e/2026/$entry|" \
	    -e 's|planet.harbour.example/e/|localhost/e/|' \
	    -e 's/--seconds 60/--seconds 1/' \
	    -e "s#\([ >]\)/\(etc/orrery\|srv\|backup\)#\1$T/\2#g"
}
# stays COMMAND: a server: it gets ready, feeds are asked, it ends when told.
stays() {
	local i=0 pid
	eval "exec_it() { exec $1; }"
	(exec_it >"$T/stays.out" 2>"$T/stays.err") &
	pid=$!
	pids+=("$pid")
	if ! wait_line "$T/stays.out" '^ready'; then
		cat "$T/stays.err"
		return 1
	fi
	case $1 in
	*run)	until orrery -q status --json 2>/dev/null |
		    grep -q '"last_ok": [0-9]'; do
			i=$((i + 1))
			[ $i -le 100 ] || return 1
			sleep 0.2
		done ;;
	esac
	kill -TERM "$pid"
	wait "$pid"
}
runs() {
	local command
	command=$(stand_in "$1")
	case $1 in
	"orrery run"|"orrery serve"|*" serve") stays "$command" ;;
	"orrery import feeds.opml"*)
		printf '<opml version="2.0"><body><outline xmlUrl="https://two.example/feed.xml"/></body></opml>' \
		    >feeds.opml
		eval "$command" ;;
	"cd "*)	eval "$command" ;;
	*)	eval "$command" </dev/null ;;
	esac
}

for doc in README.md doc/tutorial.md doc/orrery.1 doc/orrery-serve.8 \
    doc/orrery-mirror.5 doc/orrery-gemtext.7 doc/orrery.conf.5; do
	chapter='' count=0
	while IFS=$'\t' read -r c command; do
		if [ "$c" != "$chapter" ]; then
			begin "$c"
			chapter=$c
			case $doc in
			doc/orrery-*) cp -R "$T/harbour/." .
			    sed -i 's/45.45.45.46/127.0.0.1/' planet.ini ;;
			doc/orrery.conf.5) sed -n '/^\[Planet\]/,/^\.Ed/p' \
			    "$here/$doc" | sed -e '$d' -e '/^\.[A-Z]/d' >planet.ini
			    port_free planet.ini ;;
			esac
		fi
		count=$((count + 1))
		case $command in
		make\ *|apt\ *|systemctl\ *|*"/home/me/venus"*) continue ;;
		esac
		[ "$chapter" != "With the Debian package" ] || continue
		n=$((n + 1))
		runs "$command" >"$T/.out" 2>&1
		rc=$?
		# 69: status and check say that a feed or a port wants a look.
		if [ $rc = 0 ]; then
			echo "ok $n - $doc: $command"
		else
			echo "not ok $n - $doc: $command ($rc)"
			sed 's/^/# /' "$T/.out" | head -n 20
			tap_failed=1
		fi
	done < <(lines "$here/$doc")
	case $doc in
	README.md|doc/tutorial.md|doc/orrery.1|doc/orrery-serve.8)
		ok "$doc has commands" test "$count" -gt 2 ;;
	esac
done
