
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
            cand create-torrent 'Make a torrent'
            cand inspect 'Show what is in torrents'
            cand magnet 'Turn a torrent into a magnet link and back'
            cand verify 'Check content against a torrent'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'ccbt;create-torrent'= {
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
        }
        &'ccbt;inspect'= {
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
        }
        &'ccbt;magnet'= {
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
        }
        &'ccbt;verify'= {
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
        }
        &'ccbt;help'= {
            cand create-torrent 'Make a torrent'
            cand inspect 'Show what is in torrents'
            cand magnet 'Turn a torrent into a magnet link and back'
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
