import type { Command } from 'commander';

type Example = readonly [command: string, does: string];

/** Two or three command lines for each command, as people would type them. */
const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  '': [
    ['init --region eu-west-1', 'write a first policy from what the account holds'],
    ['plan --region eu-west-1', 'what would happen, and why'],
    ['sandbox', 'try it without an AWS account'],
  ],
  plan: [
    ['plan', 'by ami-janitor.yml, in the Region that AWS_REGION names'],
    ['plan --out reports', 'also as files; next time, what has changed since'],
    ['plan --at 2027-06-01', 'what the same policy would do later'],
    ['plan --owner platform --action deregister', 'print a part of it'],
    ['plan --check', 'exit 4 where changes are due, for a pipeline'],
    ['plan --against new.yml', 'what another policy decides differently'],
  ],
  run: [
    ['run', 'a dry run of every pass'],
    ['run --enforce --out reports', 'do it after asking; keep the report and audit.jsonl'],
    ['run --enforce --yes', 'do it without asking, as in a pipeline'],
  ],
  protect: [
    ['protect --in-use', 'what would be protected from deregistration, and what no longer'],
    ['protect --in-use --enforce', 'do it after asking; it can be taken back'],
  ],
  deprecate: [
    ['deprecate', 'what would be deprecated, and what reinstated'],
    ['deprecate --enforce', 'do it after asking; it can be taken back'],
  ],
  disable: [['disable --enforce', 'disable after asking; it can be taken back']],
  archive: [['archive --enforce', 'archive the snapshots of disabled images after asking, where that saves']],
  deregister: [
    ['deregister', 'which images would go, with their snapshots'],
    ['deregister --enforce', 'do it after asking; only a Recycle Bin rule can bring them back'],
  ],
  'delete-snapshots': [['delete-snapshots', 'which snapshots earlier deregistrations left behind']],
  explain: [
    ['explain ami-0123456789abcdef0', 'why it stays, or why it goes'],
    ['explain ami-0123456789abcdef0 --format json', 'the same, for a script'],
  ],
  record: [
    ['record account.json', 'write down what the account holds'],
    ['plan --recording account.json', 'decide over it later, without AWS'],
  ],
  lookups: [['lookups infra k8s', 'references.lookups for what lies there, with file and line']],
  restore: [
    ['restore 20261121T020000Z-1a2b3c4d', 'what could come back of that run'],
    ['restore 20261121T020000Z-1a2b3c4d --enforce', 'bring it back, after asking'],
  ],
  notify: [
    ['notify', 'print the messages that owners would get'],
    ['notify --enforce', 'send them'],
  ],
  init: [
    ['init', 'write ami-janitor.yml; an existing one is never overwritten'],
    ['init --recording account.json --policy first.yml', 'the same from a recording'],
  ],
  'policy check': [['policy check ami-janitor.yml', 'errors with line and column']],
  'policy schema': [['policy schema > policy-schema.json', 'for an editor that knows JSON Schema']],
  sandbox: [
    ['sandbox --images 500', 'serve an account; export what it prints in another shell'],
    ['sandbox --port 8900 --seed 7', 'another account, at a port of your choice'],
  ],
  completion: [
    ['completion bash > ~/.local/share/bash-completion/completions/ami-janitor', 'for bash'],
    ['completion zsh > ~/.zsh/completions/_ami-janitor', 'for zsh, where that folder is in fpath'],
    ['completion fish > ~/.config/fish/completions/ami-janitor.fish', 'for fish'],
  ],
};

/** Adds the examples to the help of a program and of all its commands. */
export function addExamples(program: Command, calledAs: string, path: readonly string[] = []): void {
  const examples = EXAMPLES[path.join(' ')];
  const lines = examples?.map(([command, does]) => `  ${does}:\n    ${calledAs} ${command}`);
  if (lines !== undefined) program.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  for (const command of program.commands) addExamples(command, calledAs, [...path, command.name()]);
}
