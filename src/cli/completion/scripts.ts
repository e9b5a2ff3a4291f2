export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/**
 * The scripts hand the words of the command line to `vnetv complete` as they are: nothing of what
 * somebody has typed is ever evaluated. What comes back is a line for each suggestion, with its
 * description after a tab; `:files` asks for names of files.
 */
const bash = `# vnetv completion for bash
_vnetv_complete() {
  local line value
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default 2>/dev/null
      COMPREPLY=()
      return
    fi
    value=\${line%%$'\\t'*}
    COMPREPLY+=("$value")
  done < <(vnetv complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _vnetv_complete vnetv`;

const zsh = `#compdef vnetv
# vnetv completion for zsh
_vnetv() {
  local line value
  local -a found
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      _files
      return
    fi
    value=\${line%%$'\\t'*}
    # _describe takes a colon for the end of the value.
    if [[ $line == *$'\\t'* ]]; then
      found+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
    else
      found+=("\${value//:/\\\\:}")
    fi
  done < <(vnetv complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  _describe -V vnetv found
}
if [[ \${funcstack[1]} == _vnetv ]]; then
  _vnetv
else
  compdef _vnetv vnetv
fi`;

const fish = `# vnetv completion for fish
function __vnetv_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (vnetv complete -- $words[2..-1] "$current" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c vnetv -e
complete -c vnetv -f -k -a "(__vnetv_complete)"`;

const powershell = `# vnetv completion for PowerShell
Register-ArgumentCompleter -Native -CommandName vnetv -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or $wordToComplete -eq '' } |
        ForEach-Object { if ($_.Value) { $_.Value } else { $_.Extent.Text } })
    # Windows PowerShell drops an empty argument; a blank one says the same.
    $current = if ($wordToComplete -eq '') { ' ' } else { $wordToComplete }
    & vnetv complete -- @words $current 2>$null | ForEach-Object {
        if ($_ -eq ':files') { return }
        $value, $description = $_ -split "\`t", 2
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
}`;

export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell };
