import { access, writeFile } from 'node:fs/promises';
import { PASSES } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import { RECYCLABLE } from '../../model/retention-rule.ts';
import { newRunId } from '../../model/run.ts';
import { parsePolicy, problemText } from '../../policy/language/parse.ts';
import { run } from '../../run.ts';
import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { draftPolicy } from '../init/draft.ts';
import { findingsOf } from '../init/findings.ts';
import { undoAdvice } from '../init/undo-advice.ts';
import { type Io, print, say } from '../io.ts';
import { sha256 } from '../read-policy.ts';
import { render } from '../render.ts';
import { withReader } from '../session.ts';
import { exitCodeOf } from './plan.ts';

/** The options of `init`. */
export interface InitOptions {
  readonly out: string;
  readonly region?: string;
  readonly account?: string;
}

/** Where references are looked for before there is a policy: everywhere that needs no settings. */
const EMPTY_POLICY = 'version: 1\nrules: []\n';

/** Writes a first policy from what the account holds, and prints what it would do. */
export async function init(io: Io, options: InitOptions): Promise<ExitCode> {
  const { out } = options;
  if (await exists(out)) throw alreadyThere(out);
  const { text, advice, report } = await withReader(io, options, parsed(EMPTY_POLICY).references, async (look) => {
    const account = await look.details(await look.account(), {
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
        reader: { account: async () => account, details: look.details },
        at: now,
      }),
    };
  });
  await print(io, render(report, 'table', io));
  await writeFile(out, text, { flag: 'wx' }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw alreadyThere(out);
    throw new UsageError(`${out} can't be written: ${error instanceof Error ? error.message : String(error)}`);
  });
  say(io, `wrote ${out}; above is what it would do. Read it, change it, and look again with: ami-janitor plan`);
  say(io, advice);
  return exitCodeOf(report) === EXIT.failed ? EXIT.failed : EXIT.done;
}

function parsed(text: string): Policy {
  const policy = parsePolicy(text, 'draft');
  if (policy.ok) return policy.policy;
  throw new Error(
    `the draft is not a valid policy: ${policy.problems.map((problem) => problemText(problem)).join('; ')}`,
  );
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function alreadyThere(file: string): UsageError {
  return new UsageError(`${file} is there already and is never overwritten; name another file with --out FILE`);
}
