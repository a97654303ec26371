
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
            cand --include 'Take only what matches; a glob without a slash is for names, with one for paths in the torrent'
            cand --exclude 'Leave out what matches; wins over --include'
            cand --symlinks 'What becomes of symbolic links'
            cand --files-from 'Take only the files in this list, one path below PATH a line; `-` reads it from standard input'
            cand --sort 'Order of the files in a v1 torrent; `:desc` behind it turns it round'
            cand --sort-by 'Order of the files in a v1 torrent; `:desc` behind it turns it round'
            cand --sign-key 'Sign the torrent with this RSA key (BEP 35), PEM or DER, without a passphrase'
            cand --sign-certificate 'The certificate for that key, PEM or DER, which goes into the torrent'
            cand --signer 'Who signs, in reverse-DNS notation [default: the common name of the certificate]'
            cand --threads 'Hashing threads [default: one a core]'
            cand --reader 'How the disk is read'
            cand --cache-dir 'Where digests are kept [default: the directory `ccbt` in that of XDG for caches]'
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
            cand --gitignore 'Leave out what the `.gitignore` and `.ignore` files in the directory say, and `.git`'
            cand --ignore 'Leave out what the `.gitignore` and `.ignore` files in the directory say, and `.git`'
            cand -0 'The paths in the list end with NUL, as `find -print0` and `git ls-files -z` write them'
            cand --null 'The paths in the list end with NUL, as `find -print0` and `git ls-files -z` write them'
            cand --align 'Pad a v1 torrent so that each file begins a piece (BEP 47); v2 and hybrid ones always do'
            cand --attributes 'Tell which files are executable or hidden (BEP 47); this changes the info-hash'
            cand --mtime 'Tell when each file was last changed; this changes the info-hash'
            cand --cache 'Keep digests: an interrupted run goes on, and unchanged files are not read again'
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
            cand --trust 'Certificates whose signatures (BEP 35) are to be trusted, PEM or DER'
            cand --allow 'Do not mention this lint: a name, `info`, `warning`, `error` or `all`'
            cand --deny 'End with 1 when this lint is found: a name, `info`, `warning`, `error` (each with what is worse) or `all`'
            cand --color 'When to use colour'
            cand --progress 'When and how to show progress on standard error'
            cand --config 'Settings file, instead of a `ccbt.toml` in or above the working directory'
            cand --files 'Only the files, tab-separated: index, length, offset, first piece, last piece, path'
            cand --raw 'The bencoding itself as JSON, with every key and value'
            cand --why-differ 'Explain why two torrents have different info-hashes; ends with 0 when they have the same'
            cand --list-lints 'Show the names of all lints and what they are about'
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
            cand inspect 'Show what is in torrents and magnets'
            cand magnet 'Print the magnet URI of a torrent, or the fields of a magnet URI'
            cand verify 'Check content against a torrent'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'ccbt;help;create-torrent'= {
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
