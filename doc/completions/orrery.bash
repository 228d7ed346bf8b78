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
	esac
	case $cmd in
	'')	words="init add remove import export update publish serve run
		    check status filter search cert pins mirror forget backup
		    restore convert parse version help $global" ;;
	add)	words="--name --allow-private --dry-run $global" ;;
	import)	words="--json --dry-run" ;;
	export)	words="opml urls config --private" ;;
	check)	words="--print --json" ;;
	filter)	words="--dry-run --days --exclude --include --feed --json" ;;
	update)	words="--all --feed $global" ;;
	convert) words="--from --to --base --width" ;;
	parse)	words="--json --base --content-type" ;;
	help)	words="init add remove import export update publish serve run
		    check status filter search cert pins mirror forget backup
		    restore convert parse version" ;;
	*)	words=$global ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	case $cmd in
	import|restore|backup|parse|init)
		compopt -o filenames 2>/dev/null
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY \
		    < <(compgen -f -- "$cur") ;;
	esac
}
complete -F _orrery orrery
