/** `openclaw completion`: a script that lets a shell finish what somebody types. */

import { defineCommand } from "./command/command.ts";
import { UsageError } from "./command/usage-error.ts";

// yargs answers what may come next, in the form of the shell it finds in SHELL: which need not be the one that asks.
const bash = `# openclaw completion for bash; in ~/.bashrc: source <(openclaw completion bash)
_openclaw() {
  local found
  found=$(SHELL=bash openclaw --get-yargs-completions "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
  mapfile -t COMPREPLY < <(compgen -W "$found" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _openclaw openclaw
`;

const zsh = `#compdef openclaw
# openclaw completion for zsh; in ~/.zshrc, after compinit: source <(openclaw completion zsh)
_openclaw() {
  local -a found
  found=("\${(@f)$(SHELL=zsh openclaw --get-yargs-completions "\${(@)words[1,$CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then _describe 'openclaw' found; else _default; fi
}
compdef _openclaw openclaw
`;

// What zsh is told, "name:description", with the tab fish wants; names have no colon. Where nothing is known, files.
const fish = `# openclaw completion for fish: openclaw completion fish > ~/.config/fish/completions/openclaw.fish
function __openclaw_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (env SHELL=zsh openclaw --get-yargs-completions $words 2>/dev/null | string match -v '')
  if test (count $found) -gt 0
    string replace ':' \\t -- $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c openclaw -f -a '(__openclaw_complete)'
`;

const scripts: Readonly<Record<string, string>> = { bash, zsh, fish };

/** Prints the script. */
export const command = defineCommand({
  words: [{ name: "shell", help: "bash, zsh or fish; default: bash", optional: true }],
  options: {},
  details: `
bash: add  source <(openclaw completion bash)  to ~/.bashrc
zsh:  add  source <(openclaw completion zsh)   to ~/.zshrc, after compinit
fish: openclaw completion fish > ~/.config/fish/completions/openclaw.fish`,
  async run({ words, terminal }) {
    const script = scripts[words.shell ?? "bash"];
    if (script === undefined)
      throw new UsageError(`there is no completion for "${words.shell}"`, "choose bash, zsh or fish");
    terminal.write(script);
  },
});
