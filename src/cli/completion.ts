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

/** Prints the script. */
export const command = defineCommand({
  words: [{ name: "shell", help: "bash or zsh; default: bash", optional: true }],
  options: {},
  details: `
bash: add  source <(openclaw completion bash)  to ~/.bashrc
zsh:  add  source <(openclaw completion zsh)   to ~/.zshrc, after compinit`,
  async run({ words, terminal }) {
    if (words.shell === undefined || words.shell === "bash") return terminal.write(bash);
    if (words.shell === "zsh") return terminal.write(zsh);
    throw new UsageError(`there is no completion for "${words.shell}"`, "choose bash or zsh");
  },
});
