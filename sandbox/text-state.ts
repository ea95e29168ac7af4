import type { Stack } from '@aws-sdk/client-cloudformation';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { GetScheduleOutput } from '@aws-sdk/client-scheduler';
import type { DescribeStateMachineOutput } from '@aws-sdk/client-sfn';
import type {
  AssociationDescription,
  DocumentIdentifier,
  GetMaintenanceWindowTaskResult,
  MaintenanceWindowIdentity,
} from '@aws-sdk/client-ssm';

export interface StoredDocument {
  readonly identifier: DocumentIdentifier;
  /** Of the default version. */
  readonly content: string;
  /** Of the latest version, where that is another. */
  readonly latest?: { readonly version: string; readonly content: string };
}

interface StoredStack {
  readonly stack: Stack;
  readonly template: string;
}

interface StoredWindow {
  readonly window: MaintenanceWindowIdentity;
  readonly tasks: readonly GetMaintenanceWindowTaskResult[];
}

/** What services hold as people wrote it, an image's id in it or not. */
export interface TextState {
  /** By id: several may have had the same name. */
  readonly stacks: Map<string, StoredStack>;
  readonly functions: Map<string, FunctionConfiguration>;
  /** By ARN. */
  readonly stateMachines: Map<string, DescribeStateMachineOutput>;
  /** By `GROUP/NAME`. */
  readonly schedules: Map<string, GetScheduleOutput>;
  readonly associations: Map<string, AssociationDescription>;
  readonly maintenanceWindows: Map<string, StoredWindow>;
}

export function emptyTexts(): TextState {
  return {
    stacks: new Map(),
    functions: new Map(),
    stateMachines: new Map(),
    schedules: new Map(),
    associations: new Map(),
    maintenanceWindows: new Map(),
  };
}
