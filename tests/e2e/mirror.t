#!/bin/bash
# Mirroring a capsule: by manifest, by links, broken off, lied to.
set -u
BUILD=${BUILD:-build}
ORRERY=${ORRERY:-$BUILD/orrery}
HERE=$(cd "$(dirname "$0")/.." && pwd)

for need in python3 openssl; do
	command -v $need >/dev/null || {
		echo "1..0 # skip $need is not installed"
		exit 0
	}
done
[ -x "$ORRERY" ] || { echo "1..0 # skip $ORRERY is not built"; exit 0; }

TMP=$(mktemp -d)
SERVER=
trap 'kill $SERVER 2>/dev/null; rm -rf "$TMP"' EXIT
N=0 BAD=0
TREE=$TMP/tree
mkdir -p "$TREE/e/2026"

ok() {
	local name=$1
	shift
	N=$((N + 1))
	if "$@"; then
		echo "ok $N - $name"
	else
		echo "not ok $N - $name"
		BAD=1
		sed 's/^/#   /' "$TMP/last" "$TMP/last.err" 2>/dev/null
	fi
}

make_cert() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
	    -nodes -days 3650 -subj /CN=localhost \
	    -keyout "$TMP/key.pem" -out "$TMP/cert.pem" 2>/dev/null
}

write_manifest() {
	mkdir -p "$TREE/mirror"
	(cd "$TREE" && find . -type f ! -path ./mirror/manifest.tsv \
	    ! -name '*.status' | sed 's,^\./,,' | LC_ALL=C sort |
	    while read -r f; do
		printf '%s\t%s\t%s\t%s\n' "$f" "$(stat -c %s "$f")" \
		    "$(sha256sum "$f" | cut -d' ' -f1)" \
		    "$(date -u -r "$f" +%FT%TZ)"
	    done) >"$TMP/manifest"
	cat - "$TMP/manifest" >"$TREE/mirror/manifest.tsv"
}

mirror() {
	: >"$TMP/requests"
	"$ORRERY" mirror --allow-private --delay 20 "$@" >"$TMP/last" 2>"$TMP/last.err"
	CODE=$?
}

asked() {
	grep -c "^gemini gemini" "$TMP/requests"
}

same() {
	diff -r --exclude=.orrery-mirror "$TREE" "$1" >"$TMP/last.err"
}

code() {
	[ "$CODE" -eq "$1" ]
}

make_cert
python3 "$HERE/support/hostile.py" "$TMP" --gemini-dir "$TREE" \
    >"$TMP/out" 2>"$TMP/err" &
SERVER=$!
for _ in $(seq 100); do
	grep -q ready "$TMP/out" && break
	sleep 0.1
done
G=gemini://127.0.0.1:$(awk '$1 == "gemini" { print $2 }' "$TMP/out")

printf '# Hi\n=> e/ entries\n=> about.gmi\n=> gone.gmi\n' >"$TREE/index.gmi"
printf '# About\n=> /\n' >"$TREE/about.gmi"
for i in $(seq 60); do
	echo "# Entry $i" >"$TREE/e/2026/$i.gmi"
	echo "=> 2026/$i.gmi Entry" >>"$TREE/e/index.gmi"
done
find "$TREE" -type f -exec touch -d 2026-01-02T03:04:05Z {} +

# --- by manifest ---
write_manifest </dev/null
mirror $G/ "$TMP/m"
ok "a first run takes everything" code 0
ok "byte for byte" same "$TMP/m"
ok "with its times" [ "$(stat -c %Y "$TMP/m/e/2026/7.gmi")" = "$(date -d 2026-01-02T03:04:05Z +%s)" ]
stamp=$(stat -c %Y%Z "$TMP/m/mirror/manifest.tsv")
mirror $G/ "$TMP/m"
ok "a second one asks for robots.txt and the manifest" [ "$(asked)" -eq 2 ]
ok "and writes nothing" [ "$(stat -c %Y%Z "$TMP/m/mirror/manifest.tsv")" = "$stamp" ]

for i in $(seq 10); do
	echo "changed" >>"$TREE/e/2026/$i.gmi"
done
rm "$TREE/e/2026/60.gmi"
rm "$TREE/e/2026/59.gmi"
echo keep >"$TMP/m/own-file"
printf 'e/2026/59.gmi\tgone\n' | write_manifest
mirror $G/ "$TMP/m"
ok "ten changes are ten requests more" [ "$(asked)" -eq 12 ]
ok "what is gone is removed" [ ! -e "$TMP/m/e/2026/59.gmi" ]
ok "and what is no longer listed" [ ! -e "$TMP/m/e/2026/60.gmi" ]
ok "but nobody else's file" [ -e "$TMP/m/own-file" ]
rm "$TMP/m/own-file"
ok "the rest is the same" same "$TMP/m"

# --- lists that are cut and put together ---
# rows MARK FILE...: their lines
rows() {
	local f mark=$1
	shift
	for f; do
		printf '%s\t%s\t%s\t%s%s\n' "$f" "$(stat -c %s "$f")" \
		    "$(sha256sum "$f" | cut -d' ' -f1)" \
		    "$(date -u -r "$f" +%FT%TZ)" "$mark"
	done
}
numbered() { printf 'e/2026/%s.gmi\n' "$@"; }
L=mirror/manifest
# A list of the same size and second passes for the same: each is of its own.
tick=1700000000
dated() {
	tick=$((tick + 10))
	touch -d "@$tick" "$@"
}
# whole NUMBER...: one list of those entries
whole() {
	rm -rf "$L" && mkdir "$L"
	# shellcheck disable=SC2046 # names without blanks
	rows "" $(numbered "$@") >$L/x.tsv
	dated $L/x.tsv
	{ rows "" about.gmi e/index.gmi index.gmi; rows "	part" $L/x.tsv; } \
	    >mirror/manifest.tsv
}
# cut_at N NUMBER...: a list of two lists
cut_at() {
	local i n=$1 low=() high=()
	shift
	for i; do
		if [ "$i" -lt "$n" ]; then low+=("$i"); else high+=("$i"); fi
	done
	rm -rf "$L" && mkdir "$L"
	# shellcheck disable=SC2046
	rows "" $(numbered "${low[@]}") >$L/x0.tsv
	# shellcheck disable=SC2046
	rows "" $(numbered "${high[@]}") >$L/x1.tsv
	dated $L/x0.tsv
	dated $L/x1.tsv
	rows "	part" $L/x0.tsv $L/x1.tsv >$L/x.parts.tsv
	dated $L/x.parts.tsv
	{ rows "" about.gmi e/index.gmi index.gmi; rows "	part" $L/x.parts.tsv; } \
	    >mirror/manifest.tsv
}
there=$(seq 58)
cd "$TREE" || exit 1
# shellcheck disable=SC2086 # a list of numbers
whole $there
mirror $G/ "$TMP/m"
ok "a list of its own is one request more" [ "$(asked)" -eq 3 ]
rm e/2026/40.gmi
there=$(seq 58 | grep -vx 40)
# shellcheck disable=SC2086
cut_at 30 $there
mirror $G/ "$TMP/m"
ok "a list that is cut costs the lists" [ "$(asked)" -eq 5 ]
ok "and takes along only what is gone" same "$TMP/m"
# an entry goes from one list while the other cannot be had whole
rm e/2026/41.gmi
there=$(seq 58 | grep -vx -e 40 -e 41)
echo new >e/2026/1.gmi
# shellcheck disable=SC2086
cut_at 30 $there
echo forged >e/2026/1.gmi
mirror $G/ "$TMP/m"
ok "what left its list" cmp -s $L/x1.tsv "$TMP/m/$L/x1.tsv"
ok "stays while not all is here" [ -e "$TMP/m/e/2026/41.gmi" ]
# shellcheck disable=SC2086
cut_at 30 $there
mirror $G/ "$TMP/m"
ok "and goes then" same "$TMP/m"
# shellcheck disable=SC2086
cut_at 10 $there
mirror $G/ "$TMP/m"
ok "what goes over to another list stays" same "$TMP/m"
ok "and is not asked for" [ "$(asked)" -eq 5 ]
# lists that lose most of what they named
cp -R "$TMP/m" "$TMP/before"
whole 1 2 3
mirror $G/ "$TMP/m"
ok "lists that lose most of their files cost none" \
    [ "$(ls "$TMP/m/e/2026")" = "$(ls "$TMP/before/e/2026")" ]
ok "and the reader is told" grep -q 'in no list any more.*--prune' "$TMP/last.err"
mirror $G/ "$TMP/m"
ok "nor the next time" [ -e "$TMP/m/e/2026/20.gmi" ]
# some come back and go again
# shellcheck disable=SC2046
whole $(seq 10)
mirror $G/ "$TMP/m"
whole 1 2 3
mirror $G/ "$TMP/m"
ok "each is noted once, however often it went" \
    [ -z "$(sort "$TMP/m/.orrery-mirror/left" | uniq -d)" ]
mirror --prune $G/ "$TMP/m"
ok "until that is meant" \
    [ "$(cd "$TMP/m/e/2026" && echo *)" = "1.gmi 2.gmi 3.gmi" ]
# shellcheck disable=SC2086
cut_at 10 $there
mirror $G/ "$TMP/m"
ok "and all come back" same "$TMP/m"
# shellcheck disable=SC2086
whole $there
mirror $G/ "$TMP/m"
ok "put together again it is one request" [ "$(asked)" -eq 3 ]
ok "and the same" same "$TMP/m"
# lists that name each other without end
rm -rf $L mirror/manifest.tsv && mkdir $L
for i in $(seq 20 -1 1); do
	rows "" index.gmi >$L/$i.tsv
	[ -e $L/$((i + 1)).tsv ] &&
	    rows "	part" $L/$((i + 1)).tsv >>$L/$i.tsv
done
{ rows "" about.gmi; rows "	part" $L/1.tsv; } >mirror/manifest.tsv
mirror $G/ "$TMP/deep"
ok "lists are read so deep and no deeper" grep -q "16.tsv: one list too many" "$TMP/last.err"
ok "which is a failure" code 75
rm -rf $L
cd "$OLDPWD" || exit 1
write_manifest </dev/null
mirror $G/ "$TMP/m"
ok "without further lists it is as before" same "$TMP/m"

# --- faults ---
echo "the real text" >"$TREE/about.gmi"
write_manifest </dev/null
echo "a forged text" >"$TREE/about.gmi"
mirror $G/ "$TMP/m"
ok "a wrong digest is a failure to be tried again" code 75
ok "and nothing is written" grep -q '^# About' "$TMP/m/about.gmi"
write_manifest </dev/null
echo "44 1" >"$TREE/about.gmi.status"
mirror $G/ "$TMP/m"
ok "44 is waited for" code 0
ok "and then the file comes" same "$TMP/m"
printf '../evil\t4\t%s\t2026-01-01T00:00:00Z\n.orrery-mirror/pins\t4\t%s\t2026-01-01T00:00:00Z\n' \
    "$(echo evil | sha256sum | cut -c1-64)" "$(echo evil | sha256sum | cut -c1-64)" | write_manifest
echo evil >"$TMP/evil-source"
mirror $G/ "$TMP/m"
ok "paths out of the tree are left out" [ ! -e "$TMP/evil" ]
ok "and those into the notes" grep -q '^127.0.0.1:' "$TMP/m/.orrery-mirror/pins"
write_manifest </dev/null

rm -rf "$TMP/k"
for t in 0.15 0.3 0.45; do
	timeout -s KILL $t "$ORRERY" mirror --allow-private $G/ "$TMP/k" >/dev/null 2>&1
done
had=$(find "$TMP/k/e" -type f 2>/dev/null | wc -l)
mirror $G/ "$TMP/k"
ok "after being killed it goes on" same "$TMP/k"
ok "and asks for none of the $had it had" [ "$(asked)" -le $((66 - had)) ]

printf 'User-agent: archiver\nDisallow: /e/\n' >"$TREE/robots.txt"
mirror $G/ "$TMP/r"
ok "robots.txt is obeyed" [ ! -e "$TMP/r/e" ]
printf 'User-agent: *\nDisallow: /\n' >"$TREE/robots.txt"
mirror $G/ "$TMP/r2"
ok "as a whole, too" [ "$(asked)" -eq 1 ]
rm "$TREE/robots.txt"
echo "40 down" >"$TREE/robots.txt.status"
mirror $G/ "$TMP/r2"
ok "without a readable one nothing is taken" [ "$(asked)" -eq 1 ]
ok "and later may do" code 75

# --- by links ---
rm -r "$TREE/mirror"
mirror --warc "$TMP/w.warc" $G/ "$TMP/l"
ok "a capsule without manifest is crawled" code 0
ok "and the same arrives" same "$TMP/l"
ok "the WARC holds it" grep -q "^WARC-Target-URI: $G/about.gmi" "$TMP/w.warc"
cat >"$TMP/warc.py" <<'PY'
# Each record by its own length (ISO 28500): name, digest, a line each.
import hashlib, sys
try:
    from warcio.archiveiterator import ArchiveIterator
    records = [(r.rec_headers.get_header("WARC-Type"),
                r.rec_headers.get_header("WARC-Target-URI"),
                r.content_stream().read())
               for r in ArchiveIterator(open(sys.argv[1], "rb"))]
except ImportError:
    data, records = open(sys.argv[1], "rb").read(), []
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        assert first == "WARC/1.0", first
        h = dict((k.lower(), v.strip()) for k, _, v in
                 (line.partition(":") for line in lines))
        for need in "warc-type", "warc-record-id", "warc-date":
            assert h[need], need
        n = int(h["content-length"])
        assert data[n:n + 4] == b"\r\n\r\n"
        records.append((h["warc-type"], h.get("warc-target-uri"), data[:n]))
        data = data[n + 4:]
for kind, uri, body in records:
    if kind == "resource":
        print(uri.split("/", 3)[3], hashlib.sha256(body).hexdigest())
PY
python3 "$TMP/warc.py" "$TMP/w.warc" 2>"$TMP/last.err" | LC_ALL=C sort >"$TMP/records"
ok "and a reader of such files finds each page whole" [ "$(cat "$TMP/records")" = "$(cd "$TREE" &&
    find . -name '*.gmi' -exec sha256sum {} + | awk '{ sub("^[.]/", "", $2)
    sub("^index.gmi$", "", $2); sub("/index.gmi$", "/", $2); print $2, $1 }' |
    LC_ALL=C sort)" ]
mirror --warc "$TMP/w.warc" $G/ "$TMP/l"
ok "a WARC file is never written over" [ "$CODE" -ne 0 ]
cp "$TREE/index.gmi" "$TMP/index"
echo '=> maze/0 the endless calendar' >"$TREE/index.gmi"
mirror --max 40 $G/ "$TMP/z"
ok "an endless capsule ends" [ "$(asked)" -le 40 ]
ok "and is reported" grep -q "stopped at 40" "$TMP/last.err"
printf '=> r/31?%%2Fr%%2F31 a\n=> chain/9 b\n=> r/30?gemini%%3A%%2F%%2Fa.example%%2F c\n' >"$TREE/index.gmi"
mirror --max 40 $G/ "$TMP/y"
ok "redirect loops end" [ "$(asked)" -lt 40 ]
# What a server may do wrong, each behind a link (tests/support/hostile.py).
mkdir -p "$TMP/f"
printf '20 text/gemini\r\n=> /../../evil2 up\n=> /%%2e%%2e/%%2e%%2e/evil2 up\n=> /.ssh/keys hidden\n' >"$TMP/f/up"
printf '31 /f/loop\r\n' >"$TMP/f/loop"
printf '30 gemini://far.example/\r\n' >"$TMP/f/away"
printf '3x\r\n' >"$TMP/f/letters"
printf '20 text/gemini\r\n# Twin\n' >"$TMP/f/twin"
printf '20 text/gemini\r\n# TWIN\n' >"$TMP/f/TWIN"
printf '20 text/gemini\r\n# file\n' >"$TMP/f/both"
printf '10 Your name?\r\n' >"$TMP/f/input"
printf '60 Show yourself\r\n' >"$TMP/f/cert"
printf '31 http://127.0.0.1/\r\n' >"$TMP/f/web"
printf '31 gemini://127.0.0.1:1/\r\n' >"$TMP/f/port"
printf '20 text/gemini\r\n\377\376\300\200 caf\351\n=> /\377 x\n' >"$TMP/f/bytes"
printf '44 999999999\r\n' >"$TMP/f/wait"
mkdir -p "$TMP/h/h/f"
printf '# Fine once\n' >"$TMP/h/h/nonotify"
printf '# Fine once\n' >"$TMP/h/h/f/letters"
printf '=> /%s\n' about.gmi nonotify headonly nothing meta/1500 endlessmeta lf control \
    http endless f/up f/loop f/away f/letters f/twin f/TWIN f/both \
    f/both/below f/input f/cert f/web f/port f/bytes a%00b a%2f..%2f..%2fevil2 \
    a%5cb a%0d%0ab CON.gmi f/wait f/never >"$TREE/index.gmi"
mirror --max 60 --max-mb 4 $G/ "$TMP/h/h"
ok "a server that does all wrong is left in the end" code 75
ok "what it had that was whole is there" cmp "$TREE/about.gmi" "$TMP/h/h/about.gmi"
ok "what was cut short takes no good copy's place" grep -qx '# Fine once' "$TMP/h/h/nonotify"
ok "nor does nonsense" grep -qx '# Fine once' "$TMP/h/h/f/letters"
ok "bytes are kept as they are" [ "$(od -An -tx1 "$TMP/h/h/f/bytes" | head -c 13)" = " ff fe c0 80 " ]
ok "questions and doors are said" [ "$(grep -c '/f/\(input\|cert\): ' "$TMP/last.err")" -eq 2 ]
ok "nothing is followed elsewhere" [ "$(grep -c '/f/\(web\|port\|away\): ' "$TMP/last.err")" -eq 3 ]
ok "a wait of years ends the run" grep -q '/f/wait: the server keeps saying slow down' "$TMP/last.err"
ok "and is obeyed" [ "$(grep -c '/f/never' "$TMP/requests")" -eq 0 ]
ok "what would not end is not" [ ! -e "$TMP/h/h/endless" ]
ok "nothing lies outside" [ "$(find "$TMP/h" "$TMP/evil2" -mindepth 1 \
    -maxdepth 1 2>/dev/null)" = "$TMP/h/h" ]
ok "nothing is hidden" [ "$(find "$TMP/h/h" -name '.*' | sed 's,.*/,,')" = .orrery-mirror ]
ok "names that differ in case are two files" [ "$(cat "$TMP/h/h/f/twin" "$TMP/h/h/f/TWIN")" = "$(printf '# Twin\n# TWIN')" ]
for n in nonotify headonly nothing endlessmeta http endless f/letters; do
	ok "$n is reported" grep -q "/$n: " "$TMP/last.err"
done
ok "in lines that a terminal may show" [ "$(LC_ALL=C grep -c "$(printf '[\001-\010\033]')" "$TMP/last.err")" -eq 0 ]

# The same with a manifest that lies.
mkdir -p "$TREE/mirror"
lie() {
	printf '%s\t%s\t%s\t2026-01-01T00:00:00Z%s\n' "$1" "$2" \
	    "$(printf x | sha256sum | cut -c1-64)" "${3:-}"
}
{
	lie endless 99999999999
	lie nonotify 5
	lie "../../evil2" 1
	lie /etc/evil2 1
	lie .ssh/keys 1
	lie f/twin/below 1
	lie mirror/manifest/e-1.tsv 10 "	part"
	lie mirror/manifest.tsv 10 "	part"
	lie about.gmi 1
	printf 'index.gmi\tgone\n../own\tgone\n'
} >"$TREE/mirror/manifest.tsv"
mkdir -p "$TMP/h/h" && echo mine >"$TMP/h/own"
mirror --max-mb 4 $G/ "$TMP/h/h"
ok "a manifest that lies is found out" code 75
ok "and writes nothing outside" [ ! -e "$TMP/evil2" ]
ok "removes nothing outside" [ "$(cat "$TMP/h/own")" = mine ]
ok "and takes nothing that is not what it says" [ ! -e "$TMP/h/h/endless" ]
rm -r "$TREE/mirror" "$TMP/f"
cp "$TMP/index" "$TREE/index.gmi"

# --- trust ---
# The same key with a certificate that ends later: the pin learns it.
pinned_until() {
	awk -F'\t' '{ print $3 }' "$TMP/l/.orrery-mirror/pins"
}
until=$(pinned_until)
openssl req -x509 -key "$TMP/key.pem" -days 7300 -subj /CN=localhost \
    -out "$TMP/cert.pem" 2>/dev/null
mirror $G/ "$TMP/l"
ok "a renewed certificate of the same key is well" code 0
ok "and its end is remembered" [ "$(pinned_until)" -gt $((until + 300000000)) ]
make_cert
mirror $G/ "$TMP/l"
ok "another certificate is refused" grep -q "certificate of 127.0.0.1.* changed" "$TMP/last.err"
ok "before anything is asked" [ "$(asked)" -eq 0 ]
mirror http://127.0.0.1/ "$TMP/x"
ok "only gemini is mirrored" grep -q "no gemini address" "$TMP/last.err"

echo "1..$N"
exit $BAD
