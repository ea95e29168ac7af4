import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type Account, RECYCLABLE } from '../../model/account.ts';
import { PASSES } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import { newRunId } from '../../model/run.ts';
import { coverageGap } from '../../plan/coverage.ts';
import { parsePolicy } from '../../policy/language/parse.ts';
import { createRuleCommand } from '../../report/withheld.ts';
import { run } from '../../run.ts';
import { problemText } from '../../validation/problem.ts';
import { EXIT, type ExitCode, messageOf, UsageError } from '../errors.ts';
import { draftPolicy } from '../init/draft.ts';
import { findingsOf } from '../init/findings.ts';
import { type Io, print, say } from '../io.ts';
import type { PlanOptions } from '../options.ts';
import { sha256 } from '../read-policy.ts';
import { render } from '../render.ts';
import { withReader } from '../session.ts';
import { exitCodeOf } from './plan.ts';

/** The options of `init`. */
export interface InitOptions extends Pick<PlanOptions, 'region' | 'account'> {
  readonly out: string;
}

/** Where references are looked for before there is a policy: everywhere that needs no settings. */
const EMPTY_POLICY = 'version: 1\nrules: []\n';

/** Writes a first policy from what the account holds, and prints what it would do. */
export async function init(io: Io, options: InitOptions): Promise<ExitCode> {
  const { out } = options;
  if (existsSync(out)) throw alreadyThere(out);
  const { text, advice, report } = await withReader(io, options, async (readerFor) => {
    const reader = readerFor(parsed(EMPTY_POLICY).references);
    const account = await reader.details(await reader.account(), {
      sharing: [],
      usage: [],
      snapshotDetails: [],
      recycleBin: [],
      retentionRules: [...RECYCLABLE],
    });
    const draft = draftPolicy(findingsOf(account));
    const now = io.now();
    return {
      text: draft,
      advice: undoAdvice(account),
      report: await run({
        runId: newRunId(now),
        passes: PASSES,
        policy: parsed(draft),
        policySource: { source: out, sha256: sha256(draft) },
        // The account as it was just read; only details are asked for anew.
        reader: { account: async () => account, details: reader.details },
        at: now,
      }),
    };
  });
  await print(io, render(report, { format: 'table' }, io));
  await writeFile(out, text, { flag: 'wx' }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw alreadyThere(out);
    throw new UsageError(`${out} can't be written: ${messageOf(error)}`);
  });
  say(io, `wrote ${out}; above is what it would do. Read it, change it, and look again with: ami-janitor plan`);
  say(io, advice);
  return exitCodeOf(report) === EXIT.failed ? EXIT.failed : EXIT.done;
}

function parsed(text: string): Policy {
  const policy = parsePolicy(text, 'draft');
  if (policy.ok) return policy.policy;
  throw new Error(`the draft is not a valid policy: ${policy.problems.map(problemText).join('; ')}`);
}

function alreadyThere(file: string): UsageError {
  return new UsageError(`${file} is there already and is never overwritten; name another file with --out FILE`);
}

/** Whether the Recycle Bin would take what is removed, and the commands that make the rules which are missing. */
export function undoAdvice({ retentionRules, target }: Account): string {
  const missing = RECYCLABLE.flatMap((kind) => {
    const gap = coverageGap({ kind, resourceId: '', tags: {} }, retentionRules.get(kind));
    return gap === undefined ? [] : [{ kind, why: gap.why }];
  });
  if (missing.length === 0) return 'Recycle Bin rules cover what would be removed: it can be brought back.';
  const named = missing.map(({ kind }) => `${kind}s`).join(' and ');
  if (missing.some(({ why }) => why === 'rules-unreadable'))
    return `The Recycle Bin's rules for ${named} could not be read (rbin:ListRules, rbin:GetRule); without them nothing is removed.`;
  const commands = missing.map(({ kind }) => `\n  ${createRuleCommand(kind, target.region)}`);
  return `No Recycle Bin rule covers the ${named} that would be removed, so none are. The deployment makes rules, or:${commands.join('')}`;
}
