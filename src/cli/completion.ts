/** `openclaw completion`: a script that lets a shell finish what somebody types. */

import { defineCommand } from "./command/command.ts";

const bash = `# openclaw completion for bash
_openclaw() {
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  mapfile -t COMPREPLY < <(openclaw --complete "\${words[@]}" 2>/dev/null)
}
complete -o default -F _openclaw openclaw
`;

const zsh = `#compdef openclaw
# openclaw completion for zsh
_openclaw() {
  local -a found
  found=("\${(@f)$(openclaw --complete "\${(@)words[2,$CURRENT]}" 2>/dev/null)}")
  compadd -a found
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
    const { UsageError } = await import("./command/usage-error.ts");
    throw new UsageError(`there is no completion for "${words.shell}"`, "choose bash or zsh");
  },
});
