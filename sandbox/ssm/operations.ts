import type { Operation } from '../operation.ts';
import { documentReads } from './documents.ts';
import { parameterReads } from './parameter-reads.ts';
import { parameterWrites } from './parameter-writes.ts';
import { plannedTaskReads } from './planned-tasks.ts';

/** All of Systems Manager that the endpoint speaks. */
export const ssmOperations: readonly Operation[] = [
  ...parameterReads,
  ...parameterWrites,
  ...documentReads,
  ...plannedTaskReads,
];
