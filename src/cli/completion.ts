import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What may follow on a command line: taken from the program's own definition, so that it is never behind it. */
export interface Completable {
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

/** What an option takes: one of some words, a file, or something else. */
type Value = { readonly kind: 'words'; readonly words: readonly string[] } | { readonly kind: 'file' | 'other' };

/** A program and all its commands, as completion needs them. */
export function completables(program: Command, path: readonly string[] = []): Completable[] {
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

function optionOf(option: Option): Completable['options'] {
  if (option.long === undefined || option.long === null) return [];
  const word = { word: option.long, does: option.description };
  if (!option.required && !option.optional) return [word];
  if (option.argChoices !== undefined) return [{ ...word, value: { kind: 'words', words: option.argChoices } }];
  return [{ ...word, value: { kind: /<(?:file|directory)>/.test(option.flags) ? 'file' : 'other' } }];
}
