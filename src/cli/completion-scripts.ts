import type { Completable, Shell } from './completion.ts';

/** The completion script of a shell. It asks the program nothing, so that the Tab key answers at once. */
export function completionScript(shell: Shell, name: string, all: readonly Completable[]): string {
  switch (shell) {
    case 'bash':
      return bash(name, all);
    case 'zsh':
      return zsh(name, all);
    case 'fish':
      return fish(name, all);
  }
}

function bash(name: string, all: readonly Completable[]): string {
  const own = functionName(name);
  return `# Completion of ${name} for bash.
${own}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command='' word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${command:+$command }$word" in
      ${paths(all)}) command="\${command:+$command }$word" ;;
    esac
  done
  case "$command $prev" in
${valueArms(all, {
  words: (words) => `COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$cur"))`,
  file: 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur")',
})}
  esac
  case "$command" in
${all.map((one) => `    ${quoted(one.path)}) COMPREPLY=($(compgen -W ${quoted(wordsOf(one).join(' '))} -- "$cur")) ;;`).join('\n')}
  esac
  case "$command" in
    ${filePaths(all)}) [[ $cur == -* ]] || { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); } ;;
  esac
}
complete -F ${own} ${name}
`;
}

function zsh(name: string, all: readonly Completable[]): string {
  const own = functionName(name);
  const described = (one: Completable) =>
    [...one.commands, ...one.options].map(({ word, does }) => quoted(`${word}:${does}`)).join(' ');
  return `#compdef ${name}
# Completion of ${name} for zsh.
${own}() {
  local command='' word
  local -a candidates
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${command:+$command }$word" in
      ${paths(all)}) command="\${command:+$command }$word" ;;
    esac
  done
  case "$command \${words[CURRENT-1]}" in
${valueArms(all, { words: (words) => `compadd -- ${words.map(quoted).join(' ')}`, file: '_files' })}
  esac
  case "$command" in
${all.map((one) => `    ${quoted(one.path)}) candidates=(${described(one)}) ;;`).join('\n')}
  esac
  _describe ${quoted(name)} candidates
  case "$command" in
    ${filePaths(all)}) _files ;;
  esac
}
if [ "$funcstack[1]" = "_${name}" ]; then ${own} "$@"; else compdef ${own} ${name}; fi
`;
}

function fish(name: string, all: readonly Completable[]): string {
  const lines = all.flatMap((one) => {
    const words = one.path === '' ? [] : one.path.split(' ');
    const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`);
    const none = `not __fish_seen_subcommand_from ${one.commands.map(({ word }) => word).join(' ')}`;
    const here = [...seen, ...(one.commands.length === 0 ? [] : [none])].join('; and ');
    const start = `complete -c ${name}${here === '' ? '' : ` -n ${quoted(here)}`}`;
    return [
      ...(one.takesFile ? [`${start} -F`] : []),
      ...one.commands.map(({ word, does }) => `${start} -f -a ${word} -d ${quoted(does)}`),
      ...one.options.map(({ word, does, value }) => {
        const takes =
          value === undefined
            ? ''
            : value.kind === 'words'
              ? ` -x -a ${quoted(value.words.join(' '))}`
              : value.kind === 'file'
                ? ' -r -F'
                : ' -x';
        return `${start} -l ${word.replace(/^--/, '')}${takes} -d ${quoted(does)}`;
      }),
    ];
  });
  return `# Completion of ${name} for fish.\ncomplete -c ${name} -f\n${lines.join('\n')}\n`;
}

interface ValueCode {
  readonly words: (words: readonly string[]) => string;
  readonly file: string;
}

/** An arm for each option that takes a value; each ends the completion. */
function valueArms(all: readonly Completable[], { words, file }: ValueCode): string {
  return all
    .flatMap(({ path, options }) =>
      options.flatMap(({ word, value }) => {
        if (value === undefined) return [];
        const code = value.kind === 'words' ? words(value.words) : value.kind === 'file' ? file : ':';
        return [`    ${quoted(`${path} ${word}`)}) ${code}; return ;;`];
      }),
    )
    .join('\n');
}

function paths(all: readonly Completable[]): string {
  return all
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join('|');
}

function filePaths(all: readonly Completable[]): string {
  return all
    .filter(({ takesFile }) => takesFile)
    .map(({ path }) => quoted(path))
    .join('|');
}

function wordsOf({ commands, options }: Completable): string[] {
  return [...commands, ...options].map(({ word }) => word);
}

function functionName(name: string): string {
  return `_${name.replaceAll('-', '_')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
