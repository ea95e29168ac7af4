import type { Policy } from '../../model/policy.ts';
import { newRunId } from '../../model/run.ts';
import { makePlan } from '../../plan/make-plan.ts';
import { policySchemaJson } from '../../policy/language/schema.ts';
import { accountFindings } from '../../policy/lint/account-findings.ts';
import type { PolicyFinding } from '../../policy/lint/finding.ts';
import { policyFindings } from '../../policy/lint/policy-findings.ts';
import { buildReport } from '../../report/report.ts';
import { listsOf } from '../../report/sections.ts';
import { counted } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { problemText } from '../../validation/problem.ts';
import { EXIT, type ExitCode, type Io, print } from '../io.ts';
import type { PlanOptions } from '../options.ts';
import { parseFile, withReader } from '../session.ts';

/**
 * Checks a policy file; errors come with line and column, and so does what is allowed and hardly meant. Over a recording
 * it also says what meets nothing there, and how many images each rule owns.
 */
export async function checkPolicy(
  io: Io,
  file: string,
  { recording, at = io.now() }: Pick<PlanOptions, 'recording' | 'at'>,
): Promise<ExitCode> {
  const { policy, positionOf } = await parseFile(file);
  const seen = recording === undefined ? undefined : await meeting(io, policy, recording, at);
  const findings = [...policyFindings(policy), ...(seen?.findings ?? [])]
    .map(({ at: path, sentence }) => ({ source: file, path: '', message: sentence, ...positionOf(path, false) }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(problemText);
  const lines = [
    `${file} is a valid policy with ${counted(policy.rules.length, 'rule')}.`,
    ...findings,
    ...(seen === undefined ? [] : [`${seen.rules.title}:`, ...seen.rules.lines.map((line) => `  ${line}`)]),
  ];
  await print(io, lines.map(terminalText).join('\n'));
  return EXIT.done;
}

/** What of a policy meets nothing in a recorded account, and what each of its rules owns there. */
async function meeting(
  io: Io,
  policy: Policy,
  file: string,
  at: Date,
): Promise<{ readonly findings: readonly PolicyFinding[]; readonly rules: ReturnType<typeof listsOf>['rules'] }> {
  const account = await withReader(io, { recording: file }, (readerFor) => readerFor(policy.references).account());
  const plan = makePlan(account, policy, at);
  const run = { runId: newRunId(at), mode: 'dry-run', policy: { source: file, sha256: '' } } as const;
  const report = buildReport({ run, plan, outcomes: [], ownerTag: policy.owners.tag });
  return { findings: accountFindings(account, policy, plan.decisions, at), rules: listsOf(report).rules };
}

/** Prints the policy's JSON Schema. */
export async function printPolicySchema(io: Io): Promise<ExitCode> {
  await print(io, JSON.stringify(policySchemaJson(), null, 2));
  return EXIT.done;
}
