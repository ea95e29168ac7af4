import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { failureOf } from '../../aws/errors.ts';
import { Requests } from '../../aws/requests.ts';
import { type Account, RECYCLABLE } from '../../model/account.ts';
import { PASSES } from '../../model/plan.ts';
import type { Policy } from '../../model/policy.ts';
import type { SourceReading } from '../../model/reference.ts';
import { newRunId } from '../../model/run.ts';
import { NOTHING } from '../../plan/candidate.ts';
import { coverageGap } from '../../plan/coverage.ts';
import { makePlan } from '../../plan/make-plan.ts';
import { parsePolicy } from '../../policy/language/parse.ts';
import { textParameterNames } from '../../references/ssm-parameters.ts';
import { createRuleCommand } from '../../report/withheld.ts';
import { run } from '../../run.ts';
import { problemText } from '../../validation/problem.ts';
import { draftPolicy, GENEROSITIES, REPORT_ONLY } from '../init/draft.ts';
import { findingsOf } from '../init/findings.ts';
import { NO_PARAMETERS, type ParameterProposal, proposeParameters, unlistedParameters } from '../init/parameters.ts';
import { EXIT, type ExitCode, type Io, messageOf, print, say, UsageError } from '../io.ts';
import { DEFAULT_POLICY, type PlanOptions } from '../options.ts';
import { render } from '../render.ts';
import { type ReaderFor, sha256, withReader, withSession } from '../session.ts';
import { exitCodeOf } from './plan.ts';

/** The options of `init`. */
export interface InitOptions extends Pick<PlanOptions, 'profile' | 'region' | 'recording'> {
  /** Where to write it. */
  readonly policy: string;
}

/** Where references are looked for before there is a policy: everywhere that needs no settings. */
const EMPTY_POLICY = 'version: 1\nrules: []\n';

/** Writes a first policy from what the account holds, and prints what it would do. */
export async function init(io: Io, options: InitOptions): Promise<ExitCode> {
  const { policy: out } = options;
  if (existsSync(out)) throw alreadyThere(out);
  const { text, advice, report } = await withParameters(io, options, async (readerFor, parameters) => {
    const ssmParameters = parameters.globs.map((pattern) => ({ pattern, mayBeEmpty: false }));
    const reader = readerFor({ ...parsed(EMPTY_POLICY).references, ssmParameters });
    const account = await reader.details(await reader.account(), { ...NOTHING, retentionRules: [...RECYCLABLE] });
    const now = io.now();
    const draft = firstDraft(account, parameters, now);
    return {
      text: draft,
      advice: `Not looked at: ${parameters.unread}; what has to be named (references.byName); files, S3 objects and code that names images or finds them by name or tag (${io.command} lookups DIR prints what to add); other accounts and Regions.\n${undoAdvice(account)}`,
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
  say(
    io,
    `wrote ${out}; above is what it would do. Read it, change it, and look again with: ${io.command} plan${out === DEFAULT_POLICY ? '' : ` --policy ${out}`}`,
  );
  say(io, advice);
  return exitCodeOf(report) === EXIT.failed ? EXIT.failed : EXIT.done;
}

/** The draft that keeps as little as is usual, and as much as it takes for no limit to stop its plan. */
export function firstDraft(account: Account, parameters: ParameterProposal, at: Date): string {
  const findings = findingsOf(account);
  const drafts = GENEROSITIES.map((generosity) => draftPolicy(findings, parameters, generosity));
  const all = asIfRead(account);
  const runs = (text: string) => makePlan(all, parsed(text), at).passes.every(({ stopped }) => stopped === undefined);
  return drafts.find(runs) ?? draftPolicy(findings, parameters, REPORT_ONLY);
}

/** What could not be read keeps everything today; the draft is to run on the day when it can be. */
function asIfRead(account: Account): Account {
  const read = (source: SourceReading): SourceReading => {
    const { name, references, calls } = source;
    return source.status === 'unreadable' ? { name, references, calls, status: 'read' } : source;
  };
  const { references } = account;
  return { ...account, references: { ...references, sources: references.sources.map(read) } };
}

/** Runs something with readers, and with what the names of the text parameters propose. */
function withParameters<Result>(
  io: Io,
  options: InitOptions,
  use: (readerFor: ReaderFor, parameters: ParameterProposal) => Promise<Result>,
): Promise<Result> {
  if (options.recording !== undefined) return withReader(io, options, (readerFor) => use(readerFor, NO_PARAMETERS));
  return withSession(io, options, async ({ clients, progress, readerFor }) => {
    const requests = new Requests(() => progress.onCall?.('ssm-parameters'));
    const parameters = await textParameterNames({ clients, requests }).then(proposeParameters, (error: unknown) =>
      unlistedParameters(failureOf(error).sentence),
    );
    return use(readerFor, parameters);
  });
}

function parsed(text: string): Policy {
  const policy = parsePolicy(text, 'draft');
  if (policy.ok) return policy.policy;
  throw new Error(`the draft is not a valid policy: ${policy.problems.map(problemText).join('; ')}`);
}

function alreadyThere(file: string): UsageError {
  return new UsageError(`${file} is there already and is never overwritten; name another file with --policy FILE`);
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
