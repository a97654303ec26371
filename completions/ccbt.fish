# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_ccbt_global_optspecs
    string join \n json color= progress= config= q/quiet v/verbose h/help V/version
end

function __fish_ccbt_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_ccbt_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_ccbt_using_subcommand
    set -l cmd (__fish_ccbt_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c ccbt -n "__fish_ccbt_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c ccbt -n "__fish_ccbt_needs_command" -l progress -d 'When and how to show progress on standard error' -r -f -a "auto\t'A bar, on a terminal only'
always\t'A bar on a terminal, else a line now and then'
never\t'Nothing'
json\t'One JSON object a line'"
complete -c ccbt -n "__fish_ccbt_needs_command" -l config -d 'Settings file, instead of a `ccbt.toml` in or above the working directory' -r -F
complete -c ccbt -n "__fish_ccbt_needs_command" -l json -d 'Results, and the error if there is one, as JSON on standard output'
complete -c ccbt -n "__fish_ccbt_needs_command" -s q -l quiet -d 'No notes, no warnings, no progress bar'
complete -c ccbt -n "__fish_ccbt_needs_command" -s v -l verbose -d 'More about what is done and why; with --version, the hash kernels of this machine'
complete -c ccbt -n "__fish_ccbt_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccbt -n "__fish_ccbt_needs_command" -s V -l version -d 'Print version'
complete -c ccbt -n "__fish_ccbt_needs_command" -f -a "create-torrent" -d 'Make a torrent'
complete -c ccbt -n "__fish_ccbt_needs_command" -f -a "inspect" -d 'Show what is in torrents'
complete -c ccbt -n "__fish_ccbt_needs_command" -f -a "magnet" -d 'Turn a torrent into a magnet link and back'
complete -c ccbt -n "__fish_ccbt_needs_command" -f -a "verify" -d 'Check content against a torrent'
complete -c ccbt -n "__fish_ccbt_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l progress -d 'When and how to show progress on standard error' -r -f -a "auto\t'A bar, on a terminal only'
always\t'A bar on a terminal, else a line now and then'
never\t'Nothing'
json\t'One JSON object a line'"
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l config -d 'Settings file, instead of a `ccbt.toml` in or above the working directory' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l json -d 'Results, and the error if there is one, as JSON on standard output'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s q -l quiet -d 'No notes, no warnings, no progress bar'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s v -l verbose -d 'More about what is done and why; with --version, the hash kernels of this machine'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s V -l version -d 'Print version'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l progress -d 'When and how to show progress on standard error' -r -f -a "auto\t'A bar, on a terminal only'
always\t'A bar on a terminal, else a line now and then'
never\t'Nothing'
json\t'One JSON object a line'"
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l config -d 'Settings file, instead of a `ccbt.toml` in or above the working directory' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l json -d 'Results, and the error if there is one, as JSON on standard output'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -s q -l quiet -d 'No notes, no warnings, no progress bar'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -s v -l verbose -d 'More about what is done and why; with --version, the hash kernels of this machine'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -s V -l version -d 'Print version'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l progress -d 'When and how to show progress on standard error' -r -f -a "auto\t'A bar, on a terminal only'
always\t'A bar on a terminal, else a line now and then'
never\t'Nothing'
json\t'One JSON object a line'"
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l config -d 'Settings file, instead of a `ccbt.toml` in or above the working directory' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l json -d 'Results, and the error if there is one, as JSON on standard output'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -s q -l quiet -d 'No notes, no warnings, no progress bar'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -s v -l verbose -d 'More about what is done and why; with --version, the hash kernels of this machine'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -s V -l version -d 'Print version'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l progress -d 'When and how to show progress on standard error' -r -f -a "auto\t'A bar, on a terminal only'
always\t'A bar on a terminal, else a line now and then'
never\t'Nothing'
json\t'One JSON object a line'"
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l config -d 'Settings file, instead of a `ccbt.toml` in or above the working directory' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l json -d 'Results, and the error if there is one, as JSON on standard output'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -s q -l quiet -d 'No notes, no warnings, no progress bar'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -s v -l verbose -d 'More about what is done and why; with --version, the hash kernels of this machine'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -s V -l version -d 'Print version'
complete -c ccbt -n "__fish_ccbt_using_subcommand help; and not __fish_seen_subcommand_from create-torrent inspect magnet verify help" -f -a "create-torrent" -d 'Make a torrent'
complete -c ccbt -n "__fish_ccbt_using_subcommand help; and not __fish_seen_subcommand_from create-torrent inspect magnet verify help" -f -a "inspect" -d 'Show what is in torrents'
complete -c ccbt -n "__fish_ccbt_using_subcommand help; and not __fish_seen_subcommand_from create-torrent inspect magnet verify help" -f -a "magnet" -d 'Turn a torrent into a magnet link and back'
complete -c ccbt -n "__fish_ccbt_using_subcommand help; and not __fish_seen_subcommand_from create-torrent inspect magnet verify help" -f -a "verify" -d 'Check content against a torrent'
complete -c ccbt -n "__fish_ccbt_using_subcommand help; and not __fish_seen_subcommand_from create-torrent inspect magnet verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
