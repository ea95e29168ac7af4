import type { Operation } from '../operation.ts';
import { allowedImagesReads } from './allowed-images.ts';
import { fastLaunchOperations } from './fast-launch.ts';
import { fleetReads } from './fleets.ts';
import { imageAncestryReads } from './image-ancestry.ts';
import { imageChanges } from './image-changes.ts';
import { imageReferenceReads } from './image-references.ts';
import { imageUsageReportRequests } from './image-usage-report-requests.ts';
import { imageUsageReportReads } from './image-usage-reports.ts';
import { imageReads } from './images.ts';
import { instanceReads } from './instances.ts';
import { launchPermissionChanges } from './launch-permissions.ts';
import { launchTemplateVersionReads } from './launch-template-versions.ts';
import { launchTemplateChanges, launchTemplateReads } from './launch-templates.ts';
import { newImages } from './new-images.ts';
import { recycleBinOperations } from './recycle-bin.ts';
import { regionReads } from './regions.ts';
import { removals } from './removal.ts';
import { snapshotTierOperations } from './snapshot-tiers.ts';
import { snapshotReads } from './snapshots.ts';
import { tagReads } from './tag-reads.ts';
import { tagChanges } from './tags.ts';
import { volumeOperations } from './volumes.ts';

/** All of EC2 that the endpoint speaks. */
export const ec2Operations: readonly Operation[] = [
  ...imageReads,
  ...snapshotReads,
  ...snapshotTierOperations,
  ...launchTemplateReads,
  ...launchTemplateVersionReads,
  ...instanceReads,
  ...regionReads,
  ...fleetReads,
  ...fastLaunchOperations,
  ...imageReferenceReads,
  ...imageUsageReportRequests,
  ...imageUsageReportReads,
  ...imageAncestryReads,
  ...allowedImagesReads,
  ...volumeOperations,
  ...newImages,
  ...launchTemplateChanges,
  ...imageChanges,
  ...launchPermissionChanges,
  ...removals,
  ...recycleBinOperations,
  ...tagReads,
  ...tagChanges,
];
