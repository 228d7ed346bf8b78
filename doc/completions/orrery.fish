# fish completion for orrery
set -l commands init add remove import export book update publish serve run \
    check status filter search cert pins mirror forget backup restore convert \
    parse version help

complete -c orrery -f
complete -c orrery -s c -l config -r -F -d 'configuration'
complete -c orrery -s q -l quiet -d 'only errors'
complete -c orrery -s v -l verbose -d 'more detail'
complete -c orrery -l json -d 'output for programs'
complete -c orrery -s h -l help -d 'help'
complete -c orrery -l version -d 'version'
complete -c orrery -n "not __fish_seen_subcommand_from $commands" \
    -a "$commands"
complete -c orrery -n '__fish_seen_subcommand_from add' -l name -r
complete -c orrery -n '__fish_seen_subcommand_from add mirror' -l allow-private
complete -c orrery -n '__fish_seen_subcommand_from add import update publish filter forget' \
    -l dry-run
complete -c orrery -n '__fish_seen_subcommand_from remove' -l pause
complete -c orrery -n '__fish_seen_subcommand_from remove' -l resume
complete -c orrery -n '__fish_seen_subcommand_from import restore backup parse init mirror book' \
    -F
complete -c orrery -n '__fish_seen_subcommand_from export' -a 'opml urls config'
complete -c orrery -n '__fish_seen_subcommand_from export' -l private
complete -c orrery -n '__fish_seen_subcommand_from update publish' -l all
complete -c orrery -n '__fish_seen_subcommand_from update filter' -l feed -r
complete -c orrery -n '__fish_seen_subcommand_from serve' -l seconds -r
complete -c orrery -n '__fish_seen_subcommand_from check' -l print
complete -c orrery -n '__fish_seen_subcommand_from status' -l why -r
complete -c orrery -n '__fish_seen_subcommand_from filter' -l days -r
complete -c orrery -n '__fish_seen_subcommand_from filter' -l exclude -r
complete -c orrery -n '__fish_seen_subcommand_from filter' -l include -r
complete -c orrery -n '__fish_seen_subcommand_from search' -l page -r
complete -c orrery -n '__fish_seen_subcommand_from cert' \
    -a 'show make renew rotate fingerprint'
complete -c orrery -n '__fish_seen_subcommand_from cert' -l name -r
complete -c orrery -n '__fish_seen_subcommand_from cert' -l until -r
complete -c orrery -n '__fish_seen_subcommand_from cert' -l on -r
complete -c orrery -n '__fish_seen_subcommand_from pins' -a 'accept drop'
complete -c orrery -n '__fish_seen_subcommand_from mirror' -l warc -r -F
complete -c orrery -n '__fish_seen_subcommand_from mirror' -l max -r
complete -c orrery -n '__fish_seen_subcommand_from mirror' -l max-mb -r
complete -c orrery -n '__fish_seen_subcommand_from mirror' -l delay -r
complete -c orrery -n '__fish_seen_subcommand_from mirror' -l verify
complete -c orrery -n '__fish_seen_subcommand_from mirror' -l prune
complete -c orrery -n '__fish_seen_subcommand_from forget' -l yes
complete -c orrery -n '__fish_seen_subcommand_from convert' \
    -l from -r -a 'html markdown text'
complete -c orrery -n '__fish_seen_subcommand_from convert' \
    -l to -r -a 'gemtext text'
complete -c orrery -n '__fish_seen_subcommand_from convert' -l width -r
complete -c orrery -n '__fish_seen_subcommand_from convert parse' -l base -r
complete -c orrery -n '__fish_seen_subcommand_from parse' -l content-type -r
complete -c orrery -n '__fish_seen_subcommand_from parse' -l limit -r
complete -c orrery -n '__fish_seen_subcommand_from help' -a "$commands"
