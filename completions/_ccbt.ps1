
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'ccbt' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'ccbt'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'ccbt' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'When and how to show progress on standard error')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file, instead of a `ccbt.toml` in or above the working directory')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Results, and the error if there is one, as JSON on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('create-torrent', 'create-torrent', [CompletionResultType]::ParameterValue, 'Make a torrent of a file or a directory')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change trackers, web seeds, comment and more of torrents')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show what is in torrents and magnets')
            [CompletionResult]::new('magnet', 'magnet', [CompletionResultType]::ParameterValue, 'Print the magnet URI of a torrent, or the fields of a magnet URI')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check content against torrents')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'ccbt;create-torrent' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Where to write it: a file, a directory, or `-` for standard output [default: NAME.torrent]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Where to write it: a file, a directory, or `-` for standard output [default: NAME.torrent]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Settings under a name: a section `[profile.NAME]` of `ccbt.toml`')
            [CompletionResult]::new('--batch', '--batch', [CompletionResultType]::ParameterName, 'Many torrents: a path or a JSON object with `path` and settings on each line of a file, or `-`')
            [CompletionResult]::new('--also', '--also', [CompletionResultType]::ParameterName, 'One more torrent of the same content, from the same read: `piece-length=4MiB,source=B,output=b.torrent`')
            [CompletionResult]::new('--upgrade', '--upgrade', [CompletionResultType]::ParameterName, 'Make a hybrid of this v1 torrent and its content, which is verified by the same read')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Bytes, a size such as `1MiB`, the exponent of a power of two, or `auto`')
            [CompletionResult]::new('--piece-length', '--piece-length', [CompletionResultType]::ParameterName, 'Bytes, a size such as `1MiB`, the exponent of a power of two, or `auto`')
            [CompletionResult]::new('--max-piece-length', '--max-piece-length', [CompletionResultType]::ParameterName, 'Largest piece that is chosen, where the choice is not yours; written as --piece-length')
            [CompletionResult]::new('--piece-count', '--piece-count', [CompletionResultType]::ParameterName, 'At most so many pieces: the smallest power of two that does it')
            [CompletionResult]::new('--max-torrent-size', '--max-torrent-size', [CompletionResultType]::ParameterName, 'The smallest pieces that keep the torrent itself within this size')
            [CompletionResult]::new('--reproducible', '--reproducible', [CompletionResultType]::ParameterName, 'The same bytes on every machine, by a policy that never changes [default policy: ccbt-1]')
            [CompletionResult]::new('--like', '--like', [CompletionResultType]::ParameterName, 'The info-hash that another program would give: its order, its pieces, what it leaves out')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the torrent [default: the last part of PATH]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Tracker; commas make a tier, each further --tracker the next tier')
            [CompletionResult]::new('--tracker', '--tracker', [CompletionResultType]::ParameterName, 'Tracker; commas make a tier, each further --tracker the next tier')
            [CompletionResult]::new('--announce', '--announce', [CompletionResultType]::ParameterName, 'Tracker; commas make a tier, each further --tracker the next tier')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Web seed (BEP 19)')
            [CompletionResult]::new('--web-seed', '--web-seed', [CompletionResultType]::ParameterName, 'Web seed (BEP 19)')
            [CompletionResult]::new('--http-seed', '--http-seed', [CompletionResultType]::ParameterName, 'HTTP seed: a script that serves pieces (BEP 17)')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'DHT node to begin with where there is no tracker (BEP 5)')
            [CompletionResult]::new('--similar', '--similar', [CompletionResultType]::ParameterName, 'Info-hash of a torrent that shares files with this one (BEP 38)')
            [CompletionResult]::new('--collection', '--collection', [CompletionResultType]::ParameterName, 'Collection the torrent belongs to: those in one may share files (BEP 38)')
            [CompletionResult]::new('--update-url', '--update-url', [CompletionResultType]::ParameterName, 'Where a newer version of the torrent is found (BEP 39)')
            [CompletionResult]::new('--root-certificate', '--root-certificate', [CompletionResultType]::ParameterName, 'Certificate (PEM) that peers must be signed by: an SSL torrent, as libtorrent knows it')
            [CompletionResult]::new('-x', '-x', [CompletionResultType]::ParameterName, 'Another info-hash for the same content: a random text as `x_cross_seed`, or this one')
            [CompletionResult]::new('--entropy', '--entropy', [CompletionResultType]::ParameterName, 'Another info-hash for the same content: a random text as `x_cross_seed`, or this one')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Further key outside the info dictionary: `KEY=TEXT`, `KEY:int=5`, `KEY:hex=00ff`, `KEY:json={"a":[1]}`')
            [CompletionResult]::new('--set-info', '--set-info', [CompletionResultType]::ParameterName, 'The same inside the info dictionary, which changes the info-hash')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Text that gives the torrent of each tracker an info-hash of its own')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Text that gives the torrent of each tracker an info-hash of its own')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Comment')
            [CompletionResult]::new('--comment', '--comment', [CompletionResultType]::ParameterName, 'Comment')
            [CompletionResult]::new('--created-by', '--created-by', [CompletionResultType]::ParameterName, 'Program that made it')
            [CompletionResult]::new('--creation-date', '--creation-date', [CompletionResultType]::ParameterName, 'Date: seconds since 1970, or RFC 3339 such as `2026-01-31T12:00:00Z` [default: SOURCE_DATE_EPOCH, or now]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'Take only what matches; a glob without a slash is for names, with one for paths in the torrent')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Leave out what matches; wins over --include')
            [CompletionResult]::new('--symlinks', '--symlinks', [CompletionResultType]::ParameterName, 'What becomes of symbolic links')
            [CompletionResult]::new('--files-from', '--files-from', [CompletionResultType]::ParameterName, 'Take only the files in this list, one path below PATH a line; `-` reads it from standard input')
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'Order of the files in a v1 torrent; `:desc` behind it turns it round [default: path]')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Order of the files in a v1 torrent; `:desc` behind it turns it round [default: path]')
            [CompletionResult]::new('--sign-key', '--sign-key', [CompletionResultType]::ParameterName, 'Sign the torrent with this RSA key (BEP 35), PEM or DER, without a passphrase')
            [CompletionResult]::new('--sign-certificate', '--sign-certificate', [CompletionResultType]::ParameterName, 'The certificate for that key, PEM or DER, which goes into the torrent')
            [CompletionResult]::new('--signer', '--signer', [CompletionResultType]::ParameterName, 'Who signs, in reverse-DNS notation; another name than that of the certificate is not trusted [default: the common name of the certificate]')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Hashing threads [default: one a core]')
            [CompletionResult]::new('--reader', '--reader', [CompletionResultType]::ParameterName, 'How the disk is read')
            [CompletionResult]::new('--cache-dir', '--cache-dir', [CompletionResultType]::ParameterName, 'Where digests are kept [default: the directory `ccbt` in that of XDG for caches]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'When and how to show progress on standard error')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file, instead of a `ccbt.toml` in or above the working directory')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Replace an existing file')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace an existing file')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Tell what would be made, read nothing and write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Tell what would be made, read nothing and write nothing')
            [CompletionResult]::new('--no-similar', '--no-similar', [CompletionResultType]::ParameterName, 'With --upgrade, do not name the old torrent as similar')
            [CompletionResult]::new('--v1', '--v1', [CompletionResultType]::ParameterName, 'BEP 3, which every program reads (the default)')
            [CompletionResult]::new('--v2', '--v2', [CompletionResultType]::ParameterName, 'BEP 52: a merkle tree for each file')
            [CompletionResult]::new('--hybrid', '--hybrid', [CompletionResultType]::ParameterName, 'Both over the same data')
            [CompletionResult]::new('--piece-length-table', '--piece-length-table', [CompletionResultType]::ParameterName, 'Print which piece length is chosen for which size of the content, and nothing else')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Peers from the trackers only (BEP 27)')
            [CompletionResult]::new('--private', '--private', [CompletionResultType]::ParameterName, 'Peers from the trackers only (BEP 27)')
            [CompletionResult]::new('--no-private', '--no-private', [CompletionResultType]::ParameterName, 'Not private, whatever the settings say')
            [CompletionResult]::new('--no-created-by', '--no-created-by', [CompletionResultType]::ParameterName, 'Leave the program out')
            [CompletionResult]::new('--no-creation-date', '--no-creation-date', [CompletionResultType]::ParameterName, 'Leave the date out')
            [CompletionResult]::new('--md5', '--md5', [CompletionResultType]::ParameterName, 'Add the MD5 of every file')
            [CompletionResult]::new('--sha1', '--sha1', [CompletionResultType]::ParameterName, 'Add the SHA-1 of every file (BEP 47)')
            [CompletionResult]::new('--hidden', '--hidden', [CompletionResultType]::ParameterName, 'Take hidden files')
            [CompletionResult]::new('--junk', '--junk', [CompletionResultType]::ParameterName, 'Take files that only a file manager cares for, such as `Thumbs.db`')
            [CompletionResult]::new('--gitignore', '--gitignore', [CompletionResultType]::ParameterName, 'Leave out what the `.gitignore` and `.ignore` files in the directory say, and `.git`')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Leave out what the `.gitignore` and `.ignore` files in the directory say, and `.git`')
            [CompletionResult]::new('-0', '-0', [CompletionResultType]::ParameterName, 'The paths in the list end with NUL, as `find -print0` and `git ls-files -z` write them')
            [CompletionResult]::new('--null', '--null', [CompletionResultType]::ParameterName, 'The paths in the list end with NUL, as `find -print0` and `git ls-files -z` write them')
            [CompletionResult]::new('--align', '--align', [CompletionResultType]::ParameterName, 'Pad a v1 torrent so that each file begins a piece (BEP 47); v2 and hybrid ones always do')
            [CompletionResult]::new('--attributes', '--attributes', [CompletionResultType]::ParameterName, 'Tell which files are executable or hidden (BEP 47); this changes the info-hash')
            [CompletionResult]::new('--mtime', '--mtime', [CompletionResultType]::ParameterName, 'Tell when each file was last changed; this changes the info-hash')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Keep digests: an interrupted run goes on, and unchanged files are not read again')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Results, and the error if there is one, as JSON on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'ccbt;edit' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file, or `-` for standard output, and leave TORRENT as it is')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to this file, or `-` for standard output, and leave TORRENT as it is')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Tracker in place of all that are there; commas make a tier, each further --tracker the next tier')
            [CompletionResult]::new('--tracker', '--tracker', [CompletionResultType]::ParameterName, 'Tracker in place of all that are there; commas make a tier, each further --tracker the next tier')
            [CompletionResult]::new('--announce', '--announce', [CompletionResultType]::ParameterName, 'Tracker in place of all that are there; commas make a tier, each further --tracker the next tier')
            [CompletionResult]::new('--remove-tier', '--remove-tier', [CompletionResultType]::ParameterName, 'Remove a tier, counted from 1 as `ccbt inspect` shows them')
            [CompletionResult]::new('--replace-tracker', '--replace-tracker', [CompletionResultType]::ParameterName, 'Put a tracker in the place of another, in the same tier')
            [CompletionResult]::new('--replace-in-trackers', '--replace-in-trackers', [CompletionResultType]::ParameterName, 'Replace a text, such as a host or a passkey, in the URLs of all trackers')
            [CompletionResult]::new('--remove-tracker', '--remove-tracker', [CompletionResultType]::ParameterName, 'Remove a tracker from its tier')
            [CompletionResult]::new('--prepend-tracker', '--prepend-tracker', [CompletionResultType]::ParameterName, 'Add a tier before the others; commas put several trackers in it')
            [CompletionResult]::new('--add-tracker', '--add-tracker', [CompletionResultType]::ParameterName, 'Add a tier behind the others; commas put several trackers in it')
            [CompletionResult]::new('--add-to-tier', '--add-to-tier', [CompletionResultType]::ParameterName, 'Let --add-tracker add to this tier, counted from 1; one that is not there becomes the last')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Web seed (BEP 19) in place of all that are there')
            [CompletionResult]::new('--web-seed', '--web-seed', [CompletionResultType]::ParameterName, 'Web seed (BEP 19) in place of all that are there')
            [CompletionResult]::new('--remove-web-seed', '--remove-web-seed', [CompletionResultType]::ParameterName, 'Remove a web seed')
            [CompletionResult]::new('--add-web-seed', '--add-web-seed', [CompletionResultType]::ParameterName, 'Add a web seed')
            [CompletionResult]::new('--http-seed', '--http-seed', [CompletionResultType]::ParameterName, 'HTTP seed (BEP 17) in place of all that are there')
            [CompletionResult]::new('--remove-http-seed', '--remove-http-seed', [CompletionResultType]::ParameterName, 'Remove an HTTP seed')
            [CompletionResult]::new('--add-http-seed', '--add-http-seed', [CompletionResultType]::ParameterName, 'Add an HTTP seed')
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'DHT node (BEP 5) in place of all that are there')
            [CompletionResult]::new('--remove-node', '--remove-node', [CompletionResultType]::ParameterName, 'Remove a DHT node')
            [CompletionResult]::new('--add-node', '--add-node', [CompletionResultType]::ParameterName, 'Add a DHT node')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Comment')
            [CompletionResult]::new('--comment', '--comment', [CompletionResultType]::ParameterName, 'Comment')
            [CompletionResult]::new('--created-by', '--created-by', [CompletionResultType]::ParameterName, 'Program that made it')
            [CompletionResult]::new('--creation-date', '--creation-date', [CompletionResultType]::ParameterName, 'Date: seconds since 1970, a day, or RFC 3339 such as `2026-01-31T12:00:00Z`')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Text that gives the torrent of each tracker an info-hash of its own; needs --allow-new-info-hash')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Text that gives the torrent of each tracker an info-hash of its own; needs --allow-new-info-hash')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'When and how to show progress on standard error')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file, instead of a `ccbt.toml` in or above the working directory')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Let --output replace an existing file')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Let --output replace an existing file')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would change, write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change, write nothing')
            [CompletionResult]::new('--allow-new-info-hash', '--allow-new-info-hash', [CompletionResultType]::ParameterName, 'Change `source` and `private` although that makes another torrent of it')
            [CompletionResult]::new('--no-trackers', '--no-trackers', [CompletionResultType]::ParameterName, 'Remove all trackers')
            [CompletionResult]::new('--no-web-seeds', '--no-web-seeds', [CompletionResultType]::ParameterName, 'Remove all web seeds')
            [CompletionResult]::new('--no-http-seeds', '--no-http-seeds', [CompletionResultType]::ParameterName, 'Remove all HTTP seeds')
            [CompletionResult]::new('--no-nodes', '--no-nodes', [CompletionResultType]::ParameterName, 'Remove all DHT nodes')
            [CompletionResult]::new('--no-comment', '--no-comment', [CompletionResultType]::ParameterName, 'Remove the comment')
            [CompletionResult]::new('--no-created-by', '--no-created-by', [CompletionResultType]::ParameterName, 'Remove the program')
            [CompletionResult]::new('--no-creation-date', '--no-creation-date', [CompletionResultType]::ParameterName, 'Remove the date')
            [CompletionResult]::new('--no-source', '--no-source', [CompletionResultType]::ParameterName, 'Remove the source; needs --allow-new-info-hash')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Peers from the trackers only (BEP 27); needs --allow-new-info-hash')
            [CompletionResult]::new('--private', '--private', [CompletionResultType]::ParameterName, 'Peers from the trackers only (BEP 27); needs --allow-new-info-hash')
            [CompletionResult]::new('--no-private', '--no-private', [CompletionResultType]::ParameterName, 'Peers from anywhere; needs --allow-new-info-hash')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Results, and the error if there is one, as JSON on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'ccbt;inspect' {
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'Only this field of the JSON document, such as `info_hash_v1` or `files.path`')
            [CompletionResult]::new('--trust', '--trust', [CompletionResultType]::ParameterName, 'Certificates whose signatures (BEP 35) are to be trusted, PEM or DER')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Do not mention this lint: a name, `info`, `warning`, `error` or `all`')
            [CompletionResult]::new('--deny', '--deny', [CompletionResultType]::ParameterName, 'End with 1 when this lint is found: a name, `info`, `warning`, `error` (each with what is worse) or `all`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'When and how to show progress on standard error')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file, instead of a `ccbt.toml` in or above the working directory')
            [CompletionResult]::new('--files', '--files', [CompletionResultType]::ParameterName, 'Only the files, tab-separated: index, length, offset, first piece, last piece, path')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'The bencoding itself as JSON, with every key and value')
            [CompletionResult]::new('--why-differ', '--why-differ', [CompletionResultType]::ParameterName, 'Explain why two torrents have different info-hashes; ends with 0 when they have the same')
            [CompletionResult]::new('--list-lints', '--list-lints', [CompletionResultType]::ParameterName, 'Show the names of all lints and what they are about')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Results, and the error if there is one, as JSON on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'ccbt;magnet' {
            [CompletionResult]::new('--tracker', '--tracker', [CompletionResultType]::ParameterName, 'Add trackers; several with commas between')
            [CompletionResult]::new('--peer', '--peer', [CompletionResultType]::ParameterName, 'Add the address of a peer, so that the metadata can come from it directly')
            [CompletionResult]::new('--select', '--select', [CompletionResultType]::ParameterName, 'Select files by index, such as `0,2-4`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'When and how to show progress on standard error')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file, instead of a `ccbt.toml` in or above the working directory')
            [CompletionResult]::new('--v1', '--v1', [CompletionResultType]::ParameterName, 'Only the v1 info-hash')
            [CompletionResult]::new('--v2', '--v2', [CompletionResultType]::ParameterName, 'Only the v2 info-hash')
            [CompletionResult]::new('--no-name', '--no-name', [CompletionResultType]::ParameterName, 'Leave out the name')
            [CompletionResult]::new('--no-trackers', '--no-trackers', [CompletionResultType]::ParameterName, 'Leave out the trackers of the input')
            [CompletionResult]::new('--no-web-seeds', '--no-web-seeds', [CompletionResultType]::ParameterName, 'Leave out the web seeds')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Results, and the error if there is one, as JSON on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'ccbt;verify' {
            [CompletionResult]::new('--base-directory', '--base-directory', [CompletionResultType]::ParameterName, 'Look for each torrent''s content in this directory, under the torrent''s name')
            [CompletionResult]::new('--map', '--map', [CompletionResultType]::ParameterName, 'Look for a file or directory of the torrent elsewhere: `TORRENT_PATH=DISK_PATH`')
            [CompletionResult]::new('--find', '--find', [CompletionResultType]::ParameterName, 'Look for files that are missing or damaged in this directory as well, whatever they are called')
            [CompletionResult]::new('--rebuild', '--rebuild', [CompletionResultType]::ParameterName, 'Make the torrent''s layout anew in this directory, of the files that are there or were found')
            [CompletionResult]::new('--link', '--link', [CompletionResultType]::ParameterName, 'How files get into the new layout')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Hashing threads [default: one a core]')
            [CompletionResult]::new('--reader', '--reader', [CompletionResultType]::ParameterName, 'How the disk is read')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'When and how to show progress on standard error')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file, instead of a `ccbt.toml` in or above the working directory')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Files that are not in the torrent count as a difference')
            [CompletionResult]::new('--lenient', '--lenient', [CompletionResultType]::ParameterName, 'Missing empty files and names without blanks at their ends are no difference')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what --rebuild would do')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Results, and the error if there is one, as JSON on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No notes, no warnings, no progress bar')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More about what is done and why; with --version, the hash kernels of this machine')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'ccbt;help' {
            [CompletionResult]::new('create-torrent', 'create-torrent', [CompletionResultType]::ParameterValue, 'Make a torrent of a file or a directory')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change trackers, web seeds, comment and more of torrents')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show what is in torrents and magnets')
            [CompletionResult]::new('magnet', 'magnet', [CompletionResultType]::ParameterValue, 'Print the magnet URI of a torrent, or the fields of a magnet URI')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check content against torrents')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'ccbt;help;create-torrent' {
            break
        }
        'ccbt;help;edit' {
            break
        }
        'ccbt;help;inspect' {
            break
        }
        'ccbt;help;magnet' {
            break
        }
        'ccbt;help;verify' {
            break
        }
        'ccbt;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
