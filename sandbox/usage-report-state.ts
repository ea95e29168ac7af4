import type { ImageUsageReportEntry } from '@aws-sdk/client-ec2';

/** How late a report learns of what happens. */
export interface UsageLag {
  readonly instanceLagHours: number;
  readonly templateLagHours: number;
}

/** A report as it is held: its entries are fixed when it is asked for, and shown when it is ready. */
export interface StoredUsageReport {
  readonly reportId: string;
  readonly imageId: string;
  readonly accountIds: readonly string[];
  readonly resourceTypes: readonly { readonly type: string; readonly versionDepth?: number }[];
  readonly createdAt: Date;
  readonly clientToken?: string;
  readonly tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];
  /** Why it could not be made: then it never shows any entries. */
  readonly failed?: string;
  readonly entries: readonly ImageUsageReportEntry[];
}
