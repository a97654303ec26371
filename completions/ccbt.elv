
use builtin;
use str;

set edit:completion:arg-completer[ccbt] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'ccbt'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'ccbt'= {
            cand --color 'When to use colour'
            cand --progress 'When and how to show progress on standard error'
            cand --config 'Settings file, instead of a `ccbt.toml` in or above the working directory'
            cand --json 'Results, and the error if there is one, as JSON on standard output'
            cand -q 'No notes, no warnings, no progress bar'
            cand --quiet 'No notes, no warnings, no progress bar'
            cand -v 'More about what is done and why; with --version, the hash kernels of this machine'
            cand --verbose 'More about what is done and why; with --version, the hash kernels of this machine'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand create-torrent 'Make a torrent of a file or a directory'
            cand edit 'Change trackers, web seeds, comment and more of torrents'
            cand inspect 'Show what is in torrents and magnets'
            cand magnet 'Print the magnet URI of a torrent, or the fields of a magnet URI'
            cand verify 'Check content against a torrent'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'ccbt;create-torrent'= {
            cand -o 'Where to write it: a file, a directory, or `-` for standard output [default: NAME.torrent]'
            cand --output 'Where to write it: a file, a directory, or `-` for standard output [default: NAME.torrent]'
            cand -l 'Bytes, a size such as `1MiB`, the exponent of a power of two, or `auto`'
            cand --piece-length 'Bytes, a size such as `1MiB`, the exponent of a power of two, or `auto`'
            cand --name 'Name of the torrent [default: the last part of PATH]'
            cand -t 'Tracker; commas make a tier, each further --tracker the next tier'
            cand --tracker 'Tracker; commas make a tier, each further --tracker the next tier'
            cand --announce 'Tracker; commas make a tier, each further --tracker the next tier'
            cand -w 'Web seed (BEP 19)'
            cand --web-seed 'Web seed (BEP 19)'
            cand -s 'Text that gives the torrent of each tracker an info-hash of its own'
            cand --source 'Text that gives the torrent of each tracker an info-hash of its own'
            cand -c 'Comment'
            cand --comment 'Comment'
            cand --created-by 'Program that made it'
            cand --creation-date 'Date: seconds since 1970, or RFC 3339 such as `2026-01-31T12:00:00Z` [default: SOURCE_DATE_EPOCH, or now]'
            cand --include 'Take only what matches; a glob without a slash is for names, with one for paths below PATH'
            cand --exclude 'Leave out what matches; wins over --include'
            cand --symlinks 'What becomes of symbolic links'
            cand --threads 'Hashing threads [default: one a core]'
            cand --reader 'How the disk is read'
            cand --color 'When to use colour'
            cand --progress 'When and how to show progress on standard error'
            cand --config 'Settings file, instead of a `ccbt.toml` in or above the working directory'
            cand -f 'Replace an existing file'
            cand --force 'Replace an existing file'
            cand -n 'Tell what would be made, read nothing and write nothing'
            cand --dry-run 'Tell what would be made, read nothing and write nothing'
            cand --v1 'BEP 3, which every program reads (the default)'
            cand --v2 'BEP 52: a merkle tree for each file'
            cand --hybrid 'Both over the same data'
            cand -p 'Peers from the trackers only (BEP 27)'
            cand --private 'Peers from the trackers only (BEP 27)'
            cand --no-private 'Not private, whatever the settings say'
            cand --no-created-by 'Leave the program out'
            cand --no-creation-date 'Leave the date out'
            cand --md5 'Add the MD5 of every file'
            cand --sha1 'Add the SHA-1 of every file (BEP 47)'
            cand --hidden 'Take hidden files'
            cand --junk 'Take files that only a file manager cares for, such as `Thumbs.db`'
            cand --json 'Results, and the error if there is one, as JSON on standard output'
            cand -q 'No notes, no warnings, no progress bar'
            cand --quiet 'No notes, no warnings, no progress bar'
            cand -v 'More about what is done and why; with --version, the hash kernels of this machine'
            cand --verbose 'More about what is done and why; with --version, the hash kernels of this machine'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'ccbt;edit'= {
            cand -o 'Write to this file, or `-` for standard output, and leave TORRENT as it is'
            cand --output 'Write to this file, or `-` for standard output, and leave TORRENT as it is'
            cand -t 'Tracker in place of all that are there; commas make a tier, each further --tracker the next tier'
            cand --tracker 'Tracker in place of all that are there; commas make a tier, each further --tracker the next tier'
            cand --announce 'Tracker in place of all that are there; commas make a tier, each further --tracker the next tier'
            cand --remove-tier 'Remove a tier, counted from 1 as `ccbt inspect` shows them'
            cand --replace-tracker 'Put a tracker in the place of another, in the same tier'
            cand --replace-in-trackers 'Replace a text, such as a host or a passkey, in the URLs of all trackers'
            cand --remove-tracker 'Remove a tracker from its tier'
            cand --prepend-tracker 'Add a tier before the others; commas put several trackers in it'
            cand --add-tracker 'Add a tier behind the others; commas put several trackers in it'
            cand --add-to-tier 'Let --add-tracker add to this tier, counted from 1; one that is not there becomes the last'
            cand -w 'Web seed (BEP 19) in place of all that are there'
            cand --web-seed 'Web seed (BEP 19) in place of all that are there'
            cand --remove-web-seed 'Remove a web seed'
            cand --add-web-seed 'Add a web seed'
            cand --http-seed 'HTTP seed (BEP 17) in place of all that are there'
            cand --remove-http-seed 'Remove an HTTP seed'
            cand --add-http-seed 'Add an HTTP seed'
            cand --node 'DHT node (BEP 5) in place of all that are there'
            cand --remove-node 'Remove a DHT node'
            cand --add-node 'Add a DHT node'
            cand -c 'Comment'
            cand --comment 'Comment'
            cand --created-by 'Program that made it'
            cand --creation-date 'Date: seconds since 1970, a day, or RFC 3339 such as `2026-01-31T12:00:00Z`'
            cand -s 'Text that gives the torrent of each tracker an info-hash of its own; needs --allow-new-info-hash'
            cand --source 'Text that gives the torrent of each tracker an info-hash of its own; needs --allow-new-info-hash'
            cand --color 'When to use colour'
            cand --progress 'When and how to show progress on standard error'
            cand --config 'Settings file, instead of a `ccbt.toml` in or above the working directory'
            cand -f 'Let --output replace an existing file'
            cand --force 'Let --output replace an existing file'
            cand -n 'Show what would change, write nothing'
            cand --dry-run 'Show what would change, write nothing'
            cand --allow-new-info-hash 'Change `source` and `private` although that makes another torrent of it'
            cand --no-trackers 'Remove all trackers'
            cand --no-web-seeds 'Remove all web seeds'
            cand --no-http-seeds 'Remove all HTTP seeds'
            cand --no-nodes 'Remove all DHT nodes'
            cand --no-comment 'Remove the comment'
            cand --no-created-by 'Remove the program'
            cand --no-creation-date 'Remove the date'
            cand --no-source 'Remove the source; needs --allow-new-info-hash'
            cand -p 'Peers from the trackers only (BEP 27); needs --allow-new-info-hash'
            cand --private 'Peers from the trackers only (BEP 27); needs --allow-new-info-hash'
            cand --no-private 'Peers from anywhere; needs --allow-new-info-hash'
            cand --json 'Results, and the error if there is one, as JSON on standard output'
            cand -q 'No notes, no warnings, no progress bar'
            cand --quiet 'No notes, no warnings, no progress bar'
            cand -v 'More about what is done and why; with --version, the hash kernels of this machine'
            cand --verbose 'More about what is done and why; with --version, the hash kernels of this machine'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'ccbt;inspect'= {
            cand --field 'Only this field of the JSON document, such as `info_hash_v1` or `files.path`'
            cand --color 'When to use colour'
            cand --progress 'When and how to show progress on standard error'
            cand --config 'Settings file, instead of a `ccbt.toml` in or above the working directory'
            cand --files 'Only the files, tab-separated: index, length, offset, first piece, last piece, path'
            cand --json 'Results, and the error if there is one, as JSON on standard output'
            cand -q 'No notes, no warnings, no progress bar'
            cand --quiet 'No notes, no warnings, no progress bar'
            cand -v 'More about what is done and why; with --version, the hash kernels of this machine'
            cand --verbose 'More about what is done and why; with --version, the hash kernels of this machine'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'ccbt;magnet'= {
            cand --tracker 'Add trackers; several with commas between'
            cand --peer 'Add the address of a peer, so that the metadata can come from it directly'
            cand --select 'Select files by index, such as `0,2-4`'
            cand --color 'When to use colour'
            cand --progress 'When and how to show progress on standard error'
            cand --config 'Settings file, instead of a `ccbt.toml` in or above the working directory'
            cand --v1 'Only the v1 info-hash'
            cand --v2 'Only the v2 info-hash'
            cand --no-name 'Leave out the name'
            cand --no-trackers 'Leave out the trackers of the input'
            cand --no-web-seeds 'Leave out the web seeds'
            cand --json 'Results, and the error if there is one, as JSON on standard output'
            cand -q 'No notes, no warnings, no progress bar'
            cand --quiet 'No notes, no warnings, no progress bar'
            cand -v 'More about what is done and why; with --version, the hash kernels of this machine'
            cand --verbose 'More about what is done and why; with --version, the hash kernels of this machine'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'ccbt;verify'= {
            cand --threads 'Hashing threads [default: one a core]'
            cand --reader 'How the disk is read'
            cand --color 'When to use colour'
            cand --progress 'When and how to show progress on standard error'
            cand --config 'Settings file, instead of a `ccbt.toml` in or above the working directory'
            cand --strict 'Files that are not in the torrent count as a difference'
            cand --json 'Results, and the error if there is one, as JSON on standard output'
            cand -q 'No notes, no warnings, no progress bar'
            cand --quiet 'No notes, no warnings, no progress bar'
            cand -v 'More about what is done and why; with --version, the hash kernels of this machine'
            cand --verbose 'More about what is done and why; with --version, the hash kernels of this machine'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'ccbt;help'= {
            cand create-torrent 'Make a torrent of a file or a directory'
            cand edit 'Change trackers, web seeds, comment and more of torrents'
            cand inspect 'Show what is in torrents and magnets'
            cand magnet 'Print the magnet URI of a torrent, or the fields of a magnet URI'
            cand verify 'Check content against a torrent'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'ccbt;help;create-torrent'= {
        }
        &'ccbt;help;edit'= {
        }
        &'ccbt;help;inspect'= {
        }
        &'ccbt;help;magnet'= {
        }
        &'ccbt;help;verify'= {
        }
        &'ccbt;help;help'= {
        }
    ]
    $completions[$command]
}
