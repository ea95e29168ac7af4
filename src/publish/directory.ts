import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../report/report.ts';
import { reportFiles } from './files.ts';

/**
 * Writes a report's files into a directory, which is made where it is missing.
 * @returns the files' paths
 */
export async function publishToDirectory(report: Report, directory: string): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const paths: string[] = [];
  for (const { name, content } of reportFiles(report)) {
    const path = join(directory, name);
    await writeFile(path, content);
    paths.push(path);
  }
  return paths;
}
