import type { Command, Option } from 'commander';
import { EXIT, type ExitCode, type Io, print } from '../io.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** What may follow on a command line: taken from the program's own definition, so that it is never behind it. */
interface Completable {
  /** `plan`, `policy check`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly (Word & { readonly value?: Value })[];
  readonly takesFile: boolean;
}

interface Word {
  readonly word: string;
  readonly does: string;
}

type Value = readonly string[] | 'file' | 'other';

/** Prints the script that teaches a shell this program's commands and options; it asks the program nothing. */
export async function printCompletion(io: Io, shell: Shell, program: Command): Promise<ExitCode> {
  const script = { bash, zsh, fish }[shell];
  await print(io, script(program.name(), completables(program)));
  return EXIT.done;
}

function completables(program: Command, path: readonly string[] = []): Completable[] {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== 'help');
  const own = {
    path: path.join(' '),
    commands: commands.map((command) => ({ word: command.name(), does: command.description() })),
    options: help.visibleOptions(program).flatMap(optionOf),
    takesFile: program.registeredArguments.some((argument) => argument.name() === 'file'),
  };
  return [own, ...commands.flatMap((command) => completables(command, [...path, command.name()]))];
}

function optionOf({ long, description: does, required, optional, argChoices, flags }: Option): Completable['options'] {
  if (!long) return [];
  if (!required && !optional) return [{ word: long, does }];
  return [{ word: long, does, value: argChoices ?? (/<(?:file|directory)>/.test(flags) ? 'file' : 'other') }];
}

function bash(name: string, all: readonly Completable[]): string {
  const own = functionName(name);
  const file = 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur")';
  const words = (offered: readonly string[]) => `COMPREPLY=($(compgen -W ${quoted(offered.join(' '))} -- "$cur"))`;
  const wordsOf = ({ commands, options }: Completable) => [...commands, ...options].map(({ word }) => word);
  return `# Completion of ${name} for bash.
${own}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command='' word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${commandArms(all)}
  done
  case "$command $prev" in
${valueArms(all, words, file)}
  esac
  case "$command" in
${all.map((one) => `    ${quoted(one.path)}) ${words(wordsOf(one))} ;;`).join('\n')}
  esac
  case "$command" in
    ${pathsWhere(all, ({ takesFile }) => takesFile)}) [[ $cur == -* ]] || { ${file}; } ;;
  esac
}
complete -F ${own} ${name}
`;
}

function zsh(name: string, all: readonly Completable[]): string {
  const own = functionName(name);
  const described = ({ commands, options }: Completable) =>
    [...commands, ...options].map(({ word, does }) => quoted(`${word}:${does}`)).join(' ');
  return `#compdef ${name}
# Completion of ${name} for zsh.
${own}() {
  local command='' word
  local -a candidates
  for word in "\${(@)words[2,CURRENT-1]}"; do
${commandArms(all)}
  done
  case "$command \${words[CURRENT-1]}" in
${valueArms(all, (words) => `compadd -- ${words.map(quoted).join(' ')}`, '_files')}
  esac
  case "$command" in
${all.map((one) => `    ${quoted(one.path)}) candidates=(${described(one)}) ;;`).join('\n')}
  esac
  _describe ${quoted(name)} candidates
  case "$command" in
    ${pathsWhere(all, ({ takesFile }) => takesFile)}) _files ;;
  esac
}
if [ "$funcstack[1]" = "_${name}" ]; then ${own} "$@"; else compdef ${own} ${name}; fi
`;
}

function fish(name: string, all: readonly Completable[]): string {
  const lines = all.flatMap(({ path, commands, options, takesFile }) => {
    const seen = path.split(' ').flatMap((word) => (word === '' ? [] : `__fish_seen_subcommand_from ${word}`));
    const none = `not __fish_seen_subcommand_from ${commands.map(({ word }) => word).join(' ')}`;
    const here = [...seen, ...(commands.length === 0 ? [] : [none])].join('; and ');
    const start = `complete -c ${name}${here === '' ? '' : ` -n ${quoted(here)}`}`;
    const takes = (value: Value | undefined) => {
      if (value === undefined) return '';
      return value === 'file' ? ' -r -F' : value === 'other' ? ' -x' : ` -x -a ${quoted(value.join(' '))}`;
    };
    return [
      ...(takesFile ? [`${start} -F`] : []),
      ...commands.map(({ word, does }) => `${start} -f -a ${word} -d ${quoted(does)}`),
      ...options.map(({ word, does, value }) => `${start} -l ${word.slice(2)}${takes(value)} -d ${quoted(does)}`),
    ];
  });
  return `# Completion of ${name} for fish.\ncomplete -c ${name} -f\n${lines.join('\n')}\n`;
}

/** Finds the command that the words so far name. */
function commandArms(all: readonly Completable[]): string {
  const path = `"\${command:+$command }$word"`;
  return `    case ${path} in
      ${pathsWhere(all, (one) => one.path !== '')}) command=${path} ;;
    esac`;
}

/** An arm for each option that takes a value; each ends the completion. */
function valueArms(all: readonly Completable[], words: (words: readonly string[]) => string, file: string): string {
  const arms = all.flatMap(({ path, options }) =>
    options.flatMap(({ word, value }) => {
      if (value === undefined) return [];
      const code = value === 'file' ? file : value === 'other' ? ':' : words(value);
      return `    ${quoted(`${path} ${word}`)}) ${code}; return ;;`;
    }),
  );
  return arms.join('\n');
}

function pathsWhere(all: readonly Completable[], isMeant: (one: Completable) => boolean): string {
  const meant = all.filter(isMeant);
  return meant.map(({ path }) => quoted(path)).join('|');
}

function functionName(name: string): string {
  return `_${name.replaceAll('-', '_')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
