#!/usr/bin/env bash
# The hole as plain files under gophernicus, as doc/gophernicus.md says.

. "$(dirname "$0")/lib.sh"
server=$(PATH=$PATH:/usr/sbin command -v gophernicus) ||
    skip_all "gophernicus is not installed"
export ORRERY_NOW=1794398400		# 2026-11-11
cp -R "$here/doc/examples/demo" "$T/p"
cd "$T/p" || exit 1
ok "update" "$ORRERY" update --all
hole=$PWD/output/hole

# The options that the document gives, with its place put in theirs.
read -r -a options <<<"$(sed -n 's/^    gophernicus //p;
    s/^        -g/-g/p' "$here/doc/gophernicus.md" | tr -d '\\' | tr '\n' ' ')"
for i in "${!options[@]}"; do
	[ "${options[i]}" = -r ] && options[i + 1]=$hole
	[ "${options[i]}" = -h ] && options[i + 1]=localhost
done
# It refuses to be root, and shows what all may read.
as=()
if [ "$(id -u)" = 0 ]; then
	command -v setpriv >/dev/null || skip_all "setpriv is not installed"
	as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	chmod 755 "$T" "$T/p"
fi
ask() {
	printf '%b' "$1" | timeout 20 "${as[@]}" "$server" "${options[@]}"
}
is "the document names the folder's menu file" \
    "$(printf '%s\n' "${options[@]}" | grep -A 1 -x -e -g | tail -n 1)" menu
ask '\r\n' >"$T/menu"
has "the main menu is an entry's" "$T/menu" \
    "0Rye is patience	/e/2026/"
is "and as it lies on the disk" \
    "$(grep -v '^\.' "$T/menu" | tr -d '\r' | head -n 40)" \
    "$(grep -v '^\.' "$hole/menu" | tr -d '\r' | head -n 40)"
text=$(cut -f 2 "$T/menu" | grep rye-is-patience)
ask "$text\r\n" >"$T/text"
is "a text comes as it lies there" "$(tr -d '\r' <"$T/text" | grep -v '^\.$')" \
    "$(tr -d '\r' <"$hole$text")"
for s in /s /t /g /archive /2026/11 /feed; do
	is "$s is a menu" "$(ask "$s\r\n" | grep -c "^1Harbour Planet	/	")" 1
done
