
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
            [CompletionResult]::new('create-torrent', 'create-torrent', [CompletionResultType]::ParameterValue, 'Make a torrent')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show what is in torrents')
            [CompletionResult]::new('magnet', 'magnet', [CompletionResultType]::ParameterValue, 'Turn a torrent into a magnet link and back')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check content against a torrent')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'ccbt;create-torrent' {
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
            break
        }
        'ccbt;inspect' {
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
            break
        }
        'ccbt;magnet' {
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
            break
        }
        'ccbt;verify' {
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
            break
        }
        'ccbt;help' {
            [CompletionResult]::new('create-torrent', 'create-torrent', [CompletionResultType]::ParameterValue, 'Make a torrent')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show what is in torrents')
            [CompletionResult]::new('magnet', 'magnet', [CompletionResultType]::ParameterValue, 'Turn a torrent into a magnet link and back')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check content against a torrent')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'ccbt;help;create-torrent' {
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
