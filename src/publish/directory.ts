import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditLines, type StartedBy } from '../report/audit.ts';
import type { EarlierReport } from '../report/changes.ts';
import type { Report } from '../report/report.ts';
import { REPORT_FILES } from './files.ts';

/** The report that lies in a directory, if any. */
export async function readFromDirectory(directory: string): Promise<EarlierReport> {
  try {
    return { status: 'read', json: await readFile(join(directory, 'report.json')) };
  } catch (error) {
    // No such directory, or no directory at all: writing there tells of that.
    if (error instanceof Error && /ENOENT|ENOTDIR/.test(error.message)) return { status: 'none' };
    const why = error instanceof Error ? error.message : String(error);
    return { status: 'unreadable', problem: `the earlier report could not be read: ${why}` };
  }
}

/**
 * Writes a report's files into a directory, which is made where it is missing, and adds what a run did to its
 * `audit.jsonl`.
 * @param startedBy who started a run that acts; without it nothing is added
 * @returns the files' paths
 */
export async function publishToDirectory(report: Report, directory: string, startedBy?: StartedBy): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const paths: string[] = [];
  const audit = startedBy === undefined ? [] : auditLines(report, startedBy);
  if (audit.length > 0) {
    const path = join(directory, 'audit.jsonl');
    await appendFile(path, `${audit.join('\n')}\n`);
    paths.push(path);
  }
  for (const { name, pieces } of Object.values(REPORT_FILES)) {
    const path = join(directory, name);
    await writeFile(path, pieces(report));
    paths.push(path);
  }
  return paths;
}
