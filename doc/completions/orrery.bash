# bash completion for orrery
_orrery()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local cmd='' words i
	local global='-c -q -v --json -h --help --version'

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-c|--config) ((i++)) ;;
		-*) ;;
		*) cmd=${COMP_WORDS[i]}; break ;;
		esac
	done
	case $prev in
	-c|--config)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	--from)
		mapfile -t COMPREPLY < \
		    <(compgen -W "html markdown text" -- "$cur")
		return ;;
	--to)
		mapfile -t COMPREPLY < <(compgen -W "gemtext text" -- "$cur")
		return ;;
	esac
	case $cmd in
	'')	words="init add remove import export book update publish serve
		    run check status filter search cert pins mirror forget backup
		    restore convert parse version help $global" ;;
	add)	words="--name --allow-private --dry-run $global" ;;
	remove)	words="--pause --resume $global" ;;
	import)	words="--dry-run $global" ;;
	export)	words="opml urls config --private $global" ;;
	update)	words="--all --feed --dry-run $global" ;;
	publish) words="--all --dry-run $global" ;;
	serve)	words="--seconds $global" ;;
	check)	words="--print $global" ;;
	status)	words="--why $global" ;;
	filter)	words="--dry-run --days --exclude --include --feed $global" ;;
	search)	words="--page $global" ;;
	cert)	words="show make renew rotate fingerprint --name --until --on
		    $global" ;;
	pins)	words="accept drop $global" ;;
	mirror)	words="--warc --max --max-mb --delay --verify --prune --allow-private $global" ;;
	forget)	words="--yes --dry-run $global" ;;
	convert) words="--from --to --base --width $global" ;;
	parse)	words="--base --content-type --limit $global" ;;
	help)	words="init add remove import export book update publish serve
		    run check status filter search cert pins mirror forget backup
		    restore convert parse version" ;;
	*)	words=$global ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	case $cmd in
	import|restore|backup|parse|init|mirror|book)
		compopt -o filenames 2>/dev/null
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY \
		    < <(compgen -f -- "$cur") ;;
	esac
}
complete -F _orrery orrery
