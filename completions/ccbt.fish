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
complete -c ccbt -n "__fish_ccbt_needs_command" -f -a "create-torrent" -d 'Make a torrent of a file or a directory'
complete -c ccbt -n "__fish_ccbt_needs_command" -f -a "edit" -d 'Change trackers, web seeds, comment and more of torrents'
complete -c ccbt -n "__fish_ccbt_needs_command" -f -a "inspect" -d 'Show what is in torrents and magnets'
complete -c ccbt -n "__fish_ccbt_needs_command" -f -a "magnet" -d 'Print the magnet URI of a torrent, or the fields of a magnet URI'
complete -c ccbt -n "__fish_ccbt_needs_command" -f -a "verify" -d 'Check content against torrents'
complete -c ccbt -n "__fish_ccbt_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s o -l output -d 'Where to write it: a file, a directory, or `-` for standard output [default: NAME.torrent]' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l profile -d 'Settings under a name: a section `[profile.NAME]` of `ccbt.toml`' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l batch -d 'Many torrents: a path or a JSON object with `path` and settings on each line of a file, or `-`' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l also -d 'One more torrent of the same content, from the same read: `piece-length=4MiB,source=B,output=b.torrent`' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l upgrade -d 'Make a hybrid of this v1 torrent and its content, which is verified by the same read' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s l -l piece-length -d 'Bytes, a size such as `1MiB`, the exponent of a power of two, or `auto`' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l max-piece-length -d 'Largest piece that is chosen, where the choice is not yours; written as --piece-length' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l piece-count -d 'At most so many pieces: the smallest power of two that does it' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l max-torrent-size -d 'The smallest pieces that keep the torrent itself within this size' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l reproducible -d 'The same bytes on every machine, by a policy that never changes [default policy: ccbt-1]' -r -f -a "ccbt-1\t''"
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l like -d 'The info-hash that another program would give: its order, its pieces, what it leaves out' -r -f -a "mktorrent\t''
imdl\t''
torf\t''
transmission\t''
libtorrent\t''
torrentfile\t''
py3createtorrent\t''
mkbrr\t''"
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l name -d 'Name of the torrent [default: the last part of PATH]' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s t -l tracker -l announce -d 'Tracker; commas make a tier, each further --tracker the next tier' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s w -l web-seed -d 'Web seed (BEP 19)' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l http-seed -d 'HTTP seed: a script that serves pieces (BEP 17)' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l node -d 'DHT node to begin with where there is no tracker (BEP 5)' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l similar -d 'Info-hash of a torrent that shares files with this one (BEP 38)' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l collection -d 'Collection the torrent belongs to: those in one may share files (BEP 38)' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l update-url -d 'Where a newer version of the torrent is found (BEP 39)' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l root-certificate -d 'Certificate (PEM) that peers must be signed by: an SSL torrent, as libtorrent knows it' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s x -l entropy -d 'Another info-hash for the same content: a random text as `x_cross_seed`, or this one' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l set -d 'Further key outside the info dictionary: `KEY=TEXT`, `KEY:int=5`, `KEY:hex=00ff`, `KEY:json={"a":[1]}`' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l set-info -d 'The same inside the info dictionary, which changes the info-hash' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s s -l source -d 'Text that gives the torrent of each tracker an info-hash of its own' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s c -l comment -d 'Comment' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l created-by -d 'Program that made it' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l creation-date -d 'Date: seconds since 1970, or RFC 3339 such as `2026-01-31T12:00:00Z` [default: SOURCE_DATE_EPOCH, or now]' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l include -d 'Take only what matches; a glob without a slash is for names, with one for paths in the torrent' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l exclude -d 'Leave out what matches; wins over --include' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l symlinks -d 'What becomes of symbolic links' -r -f -a "skip\t'Left out, with a note'
follow\t'Followed, unless they lead out of the directory'
follow-outside\t'Followed wherever they lead'
preserve\t'Kept as links (BEP 47) to what is in the torrent; others are left out, with a note'"
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l files-from -d 'Take only the files in this list, one path below PATH a line; `-` reads it from standard input' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l sort -l sort-by -d 'Order of the files in a v1 torrent; `:desc` behind it turns it round [default: path]' -r -f -a "path\t'Component by component in bytes, as v2 and hybrid torrents need it'
size\t'By size, then by path'
natural\t'By path, with digits as numbers: 2 before 10'
given\t'As named, and within a directory as the file system lists it'"
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l sign-key -d 'Sign the torrent with this RSA key (BEP 35), PEM or DER, without a passphrase' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l sign-certificate -d 'The certificate for that key, PEM or DER, which goes into the torrent' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l signer -d 'Who signs, in reverse-DNS notation; another name than that of the certificate is not trusted [default: the common name of the certificate]' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l threads -d 'Hashing threads [default: one a core]' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l reader -d 'How the disk is read' -r -f -a "auto\t'One reader on a rotating disk or a network mount, else many'
sequential\t'One reader from the first byte to the last'
parallel\t'Every thread reads pieces of its own'"
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l cache-dir -d 'Where digests are kept [default: the directory `ccbt` in that of XDG for caches]' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l progress -d 'When and how to show progress on standard error' -r -f -a "auto\t'A bar, on a terminal only'
always\t'A bar on a terminal, else a line now and then'
never\t'Nothing'
json\t'One JSON object a line'"
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l config -d 'Settings file, instead of a `ccbt.toml` in or above the working directory' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s f -l force -d 'Replace an existing file'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s n -l dry-run -d 'Tell what would be made, read nothing and write nothing'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l no-similar -d 'With --upgrade, do not name the old torrent as similar'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l v1 -d 'BEP 3, which every program reads (the default)'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l v2 -d 'BEP 52: a merkle tree for each file'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l hybrid -d 'Both over the same data'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l piece-length-table -d 'Print which piece length is chosen for which size of the content, and nothing else'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s p -l private -d 'Peers from the trackers only (BEP 27)'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l no-private -d 'Not private, whatever the settings say'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l no-created-by -d 'Leave the program out'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l no-creation-date -d 'Leave the date out'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l md5 -d 'Add the MD5 of every file'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l sha1 -d 'Add the SHA-1 of every file (BEP 47)'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l hidden -d 'Take hidden files'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l junk -d 'Take files that only a file manager cares for, such as `Thumbs.db`'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l gitignore -l ignore -d 'Leave out what the `.gitignore` and `.ignore` files in the directory say, and `.git`'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s 0 -l null -d 'The paths in the list end with NUL, as `find -print0` and `git ls-files -z` write them'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l align -d 'Pad a v1 torrent so that each file begins a piece (BEP 47); v2 and hybrid ones always do'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l attributes -d 'Tell which files are executable or hidden (BEP 47); this changes the info-hash'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l mtime -d 'Tell when each file was last changed; this changes the info-hash'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l cache -d 'Keep digests: an interrupted run goes on, and unchanged files are not read again'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -l json -d 'Results, and the error if there is one, as JSON on standard output'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s q -l quiet -d 'No notes, no warnings, no progress bar'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s v -l verbose -d 'More about what is done and why; with --version, the hash kernels of this machine'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccbt -n "__fish_ccbt_using_subcommand create-torrent" -s V -l version -d 'Print version'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s o -l output -d 'Write to this file, or `-` for standard output, and leave TORRENT as it is' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s t -l tracker -l announce -d 'Tracker in place of all that are there; commas make a tier, each further --tracker the next tier' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l remove-tier -d 'Remove a tier, counted from 1 as `ccbt inspect` shows them' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l replace-tracker -d 'Put a tracker in the place of another, in the same tier' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l replace-in-trackers -d 'Replace a text, such as a host or a passkey, in the URLs of all trackers' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l remove-tracker -d 'Remove a tracker from its tier' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l prepend-tracker -d 'Add a tier before the others; commas put several trackers in it' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l add-tracker -d 'Add a tier behind the others; commas put several trackers in it' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l add-to-tier -d 'Let --add-tracker add to this tier, counted from 1; one that is not there becomes the last' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s w -l web-seed -d 'Web seed (BEP 19) in place of all that are there' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l remove-web-seed -d 'Remove a web seed' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l add-web-seed -d 'Add a web seed' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l http-seed -d 'HTTP seed (BEP 17) in place of all that are there' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l remove-http-seed -d 'Remove an HTTP seed' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l add-http-seed -d 'Add an HTTP seed' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l node -d 'DHT node (BEP 5) in place of all that are there' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l remove-node -d 'Remove a DHT node' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l add-node -d 'Add a DHT node' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s c -l comment -d 'Comment' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l created-by -d 'Program that made it' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l creation-date -d 'Date: seconds since 1970, a day, or RFC 3339 such as `2026-01-31T12:00:00Z`' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s s -l source -d 'Text that gives the torrent of each tracker an info-hash of its own; needs --allow-new-info-hash' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l progress -d 'When and how to show progress on standard error' -r -f -a "auto\t'A bar, on a terminal only'
always\t'A bar on a terminal, else a line now and then'
never\t'Nothing'
json\t'One JSON object a line'"
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l config -d 'Settings file, instead of a `ccbt.toml` in or above the working directory' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s f -l force -d 'Let --output replace an existing file'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s n -l dry-run -d 'Show what would change, write nothing'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l allow-new-info-hash -d 'Change `source` and `private` although that makes another torrent of it'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l no-trackers -d 'Remove all trackers'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l no-web-seeds -d 'Remove all web seeds'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l no-http-seeds -d 'Remove all HTTP seeds'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l no-nodes -d 'Remove all DHT nodes'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l no-comment -d 'Remove the comment'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l no-created-by -d 'Remove the program'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l no-creation-date -d 'Remove the date'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l no-source -d 'Remove the source; needs --allow-new-info-hash'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s p -l private -d 'Peers from the trackers only (BEP 27); needs --allow-new-info-hash'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l no-private -d 'Peers from anywhere; needs --allow-new-info-hash'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -l json -d 'Results, and the error if there is one, as JSON on standard output'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s q -l quiet -d 'No notes, no warnings, no progress bar'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s v -l verbose -d 'More about what is done and why; with --version, the hash kernels of this machine'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccbt -n "__fish_ccbt_using_subcommand edit" -s V -l version -d 'Print version'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l field -d 'Only this field of the JSON document, such as `info_hash_v1` or `files.path`' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l trust -d 'Certificates whose signatures (BEP 35) are to be trusted, PEM or DER' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l allow -d 'Do not mention this lint: a name, `info`, `warning`, `error` or `all`' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l deny -d 'End with 1 when this lint is found: a name, `info`, `warning`, `error` (each with what is worse) or `all`' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l progress -d 'When and how to show progress on standard error' -r -f -a "auto\t'A bar, on a terminal only'
always\t'A bar on a terminal, else a line now and then'
never\t'Nothing'
json\t'One JSON object a line'"
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l config -d 'Settings file, instead of a `ccbt.toml` in or above the working directory' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l files -d 'Only the files, tab-separated: index, length, offset, first piece, last piece, path'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l raw -d 'The bencoding itself as JSON, with every key and value'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l why-differ -d 'Explain why two torrents have different info-hashes; ends with 0 when they have the same'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l list-lints -d 'Show the names of all lints and what they are about'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -l json -d 'Results, and the error if there is one, as JSON on standard output'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -s q -l quiet -d 'No notes, no warnings, no progress bar'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -s v -l verbose -d 'More about what is done and why; with --version, the hash kernels of this machine'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccbt -n "__fish_ccbt_using_subcommand inspect" -s V -l version -d 'Print version'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l tracker -d 'Add trackers; several with commas between' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l peer -d 'Add the address of a peer, so that the metadata can come from it directly' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l select -d 'Select files by index, such as `0,2-4`' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l progress -d 'When and how to show progress on standard error' -r -f -a "auto\t'A bar, on a terminal only'
always\t'A bar on a terminal, else a line now and then'
never\t'Nothing'
json\t'One JSON object a line'"
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l config -d 'Settings file, instead of a `ccbt.toml` in or above the working directory' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l v1 -d 'Only the v1 info-hash'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l v2 -d 'Only the v2 info-hash'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l no-name -d 'Leave out the name'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l no-trackers -d 'Leave out the trackers of the input'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l no-web-seeds -d 'Leave out the web seeds'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -l json -d 'Results, and the error if there is one, as JSON on standard output'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -s q -l quiet -d 'No notes, no warnings, no progress bar'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -s v -l verbose -d 'More about what is done and why; with --version, the hash kernels of this machine'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccbt -n "__fish_ccbt_using_subcommand magnet" -s V -l version -d 'Print version'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l base-directory -d 'Look for each torrent\'s content in this directory, under the torrent\'s name' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l map -d 'Look for a file or directory of the torrent elsewhere: `TORRENT_PATH=DISK_PATH`' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l find -d 'Look for files that are missing or damaged in this directory as well, whatever they are called' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l rebuild -d 'Make the torrent\'s layout anew in this directory, of the files that are there or were found' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l link -d 'How files get into the new layout' -r -f -a "auto\t'A reflink where the file system can, else a hard link on the same file system, else a copy'
hard\t'A second name of the same file: what writes to one writes to both'
reflink\t'A copy that shares its blocks with the original (btrfs, XFS, bcachefs)'
copy\t'A copy'
symlink\t'A symbolic link to the original'"
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l threads -d 'Hashing threads [default: one a core]' -r
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l reader -d 'How the disk is read' -r -f -a "auto\t'One reader on a rotating disk or a network mount, else many'
sequential\t'One reader from the first byte to the last'
parallel\t'Every thread reads pieces of its own'"
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l progress -d 'When and how to show progress on standard error' -r -f -a "auto\t'A bar, on a terminal only'
always\t'A bar on a terminal, else a line now and then'
never\t'Nothing'
json\t'One JSON object a line'"
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l config -d 'Settings file, instead of a `ccbt.toml` in or above the working directory' -r -F
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l strict -d 'Files that are not in the torrent count as a difference'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l lenient -d 'Missing empty files and names without blanks at their ends are no difference'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l dry-run -d 'Only say what --rebuild would do'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -l json -d 'Results, and the error if there is one, as JSON on standard output'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -s q -l quiet -d 'No notes, no warnings, no progress bar'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -s v -l verbose -d 'More about what is done and why; with --version, the hash kernels of this machine'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ccbt -n "__fish_ccbt_using_subcommand verify" -s V -l version -d 'Print version'
complete -c ccbt -n "__fish_ccbt_using_subcommand help; and not __fish_seen_subcommand_from create-torrent edit inspect magnet verify help" -f -a "create-torrent" -d 'Make a torrent of a file or a directory'
complete -c ccbt -n "__fish_ccbt_using_subcommand help; and not __fish_seen_subcommand_from create-torrent edit inspect magnet verify help" -f -a "edit" -d 'Change trackers, web seeds, comment and more of torrents'
complete -c ccbt -n "__fish_ccbt_using_subcommand help; and not __fish_seen_subcommand_from create-torrent edit inspect magnet verify help" -f -a "inspect" -d 'Show what is in torrents and magnets'
complete -c ccbt -n "__fish_ccbt_using_subcommand help; and not __fish_seen_subcommand_from create-torrent edit inspect magnet verify help" -f -a "magnet" -d 'Print the magnet URI of a torrent, or the fields of a magnet URI'
complete -c ccbt -n "__fish_ccbt_using_subcommand help; and not __fish_seen_subcommand_from create-torrent edit inspect magnet verify help" -f -a "verify" -d 'Check content against torrents'
complete -c ccbt -n "__fish_ccbt_using_subcommand help; and not __fish_seen_subcommand_from create-torrent edit inspect magnet verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
