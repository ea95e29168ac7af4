import type { AutoScalingGroup, InstanceRefresh, LaunchConfiguration } from '@aws-sdk/client-auto-scaling';
import type { ComputeEnvironmentDetail } from '@aws-sdk/client-batch';
import type { Fleet as CodeBuildFleet } from '@aws-sdk/client-codebuild';
import type { LifecyclePolicy as DlmPolicy } from '@aws-sdk/client-dlm';
import type {
  CreateVolumePermission,
  DescribeFastLaunchImagesSuccessItem,
  DescribeFastSnapshotRestoreSuccessItem,
  FleetData,
  GetAllowedImagesSettingsResult,
  Image,
  Instance,
  LaunchPermission,
  LaunchTemplate,
  LaunchTemplateVersion,
  LockedSnapshotsInfo,
  Snapshot,
  SpotFleetRequestConfig,
  SpotInstanceRequest,
  Tag,
  Volume,
} from '@aws-sdk/client-ec2';
import type { ConfigurationOptionSetting, EnvironmentDescription } from '@aws-sdk/client-elastic-beanstalk';
import type { Cluster, InstanceFleet, InstanceGroup } from '@aws-sdk/client-emr';
import type { Image as BuiltImage, ContainerRecipe, ImageRecipe, LifecyclePolicy } from '@aws-sdk/client-imagebuilder';
import type { DBEngineVersion } from '@aws-sdk/client-rds';
import type { DescribeClusterResponse } from '@aws-sdk/client-sagemaker';
import type { ParameterHistory } from '@aws-sdk/client-ssm';
import { type AccountWide, emptyAccountWide } from './account-wide.ts';
import { ImageMap } from './image-map.ts';
import { emptyTexts, type StoredDocument, type TextState } from './text-state.ts';
import type { StoredUsageReport, UsageLag } from './usage-report-state.ts';

/** A launch template with the versions that still exist, by number. */
export interface StoredTemplate {
  readonly template: LaunchTemplate;
  readonly versions: Map<number, LaunchTemplateVersion>;
}

/** A parameter: every version that is still held, oldest first; the last is current. */
export interface StoredParameter {
  readonly name: string;
  readonly history: ParameterHistory[];
}

export interface StoredObject {
  readonly body: Uint8Array;
  readonly eTag: string;
  readonly lastModified: Date;
  readonly contentType?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A cluster with what it launches: groups or fleets, never both. */
export interface StoredCluster {
  readonly cluster: Cluster;
  readonly groups?: readonly InstanceGroup[];
  readonly fleets?: readonly InstanceFleet[];
}

/** A Recycle Bin rule; without tags it covers everything of its kind in the Region. */
export interface RetentionRule {
  readonly resource: 'image' | 'snapshot';
  readonly retentionDays: number;
  /** Any one of them, key and value; a tag without a value stands for an empty one. */
  readonly tags?: readonly Tag[];
  /** Tags that exempt a resource from the rule, where it has no tags; one without a value stands for any. */
  readonly excludeTags?: readonly Tag[];
  /** Eleven letters and digits; left out: made up from the rule's place. */
  readonly identifier?: string;
  readonly description?: string;
  /** Pending until then; left out: active. */
  readonly activeFrom?: Date;
}

/** Something in the Recycle Bin, and until when. */
export interface Binned<Resource> {
  readonly resource: Resource;
  readonly enteredAt: Date;
  readonly exitsAt: Date;
}

/** The last time that a snapshot was moved between the tiers. */
export interface StoredTiering {
  readonly operation: 'archival' | 'permanent-restore' | 'temporary-restore';
  readonly startedAt: Date;
  /** When it ends, well or not. */
  readonly endsAt: Date;
  readonly fails?: boolean;
}

interface RecycleBin {
  readonly rules: RetentionRule[];
  readonly images: Map<string, Binned<Image>>;
  readonly snapshots: Map<string, Binned<Snapshot>>;
}

/**
 * One account in one Region, in the SDK's own shapes. Tests may change it at any time;
 * what an operation changes it changes here. Things are replaced, not altered in place.
 */
export interface AccountState {
  readonly accountId: string;
  readonly region: string;
  /** What the account has in all Regions; states of one account share it. */
  readonly everywhere: AccountWide;
  readonly images: ImageMap;
  readonly launchPermissions: Map<string, LaunchPermission[]>;
  readonly snapshots: Map<string, Snapshot>;
  readonly volumes: Map<string, Volume>;
  readonly createVolumePermissions: Map<string, CreateVolumePermission[]>;
  readonly snapshotLocks: Map<string, LockedSnapshotsInfo>;
  /** By snapshot; what ended shows in the snapshot's tier once anything of the tiers is asked. */
  readonly tierings: Map<string, StoredTiering>;
  readonly fastSnapshotRestores: DescribeFastSnapshotRestoreSuccessItem[];
  /** By image, shared ones too. */
  readonly fastLaunch: Map<string, DescribeFastLaunchImagesSuccessItem>;
  readonly launchTemplates: Map<string, StoredTemplate>;
  readonly instances: Map<string, Instance>;
  readonly spotFleets: Map<string, SpotFleetRequestConfig>;
  readonly fleets: Map<string, FleetData>;
  readonly spotRequests: Map<string, SpotInstanceRequest>;
  readonly autoScalingGroups: Map<string, AutoScalingGroup>;
  readonly launchConfigurations: Map<string, LaunchConfiguration>;
  /** By group name, newest first, as AWS lists them. */
  readonly instanceRefreshes: Map<string, InstanceRefresh[]>;
  readonly parameters: Map<string, StoredParameter>;
  readonly documents: Map<string, StoredDocument>;
  readonly texts: TextState;
  /** By ARN. */
  readonly imageRecipes: Map<string, ImageRecipe>;
  /** By ARN. */
  readonly containerRecipes: Map<string, ContainerRecipe>;
  /** What Image Builder built, by the ARN of the build: `…:image/NAME/1.2.3/1`. */
  readonly builtImages: Map<string, BuiltImage>;
  /** Image Builder's, by ARN. */
  readonly imageLifecyclePolicies: Map<string, LifecyclePolicy>;
  /** Data Lifecycle Manager's, by id. */
  readonly dlmPolicies: Map<string, DlmPolicy>;
  /** Other accounts that may see them. */
  readonly buildsSharedWith: Set<string>;
  readonly computeEnvironments: Map<string, ComputeEnvironmentDetail>;
  readonly emrClusters: Map<string, StoredCluster>;
  readonly beanstalkEnvironments: Map<
    string,
    { environment: EnvironmentDescription; settings: readonly ConfigurationOptionSetting[] }
  >;
  /** Saved configurations by application and name. */
  readonly beanstalkTemplates: Map<string, Map<string, readonly ConfigurationOptionSetting[]>>;
  readonly codeBuildFleets: Map<string, CodeBuildFleet>;
  readonly hyperPodClusters: Map<string, DescribeClusterResponse>;
  /** RDS Custom's, by ARN. */
  readonly engineVersions: Map<string, DBEngineVersion>;
  /** Usage reports of the account's images, by id. */
  readonly imageUsageReports: Map<string, StoredUsageReport>;
  /** The Allowed AMIs settings; empty: not enabled. */
  allowedImages: GetAllowedImagesSettingsResult;
  /** How many may be public, and whether making further ones so is blocked. */
  publicImages: { quota: number; access: 'unblocked' | 'block-new-sharing' };
  readonly buckets: Map<string, Map<string, StoredObject>>;
  readonly recycleBin: RecycleBin;
  /** Images that were deregistered here: EC2 names them differently from what never was, and goes on telling what they were made from. */
  readonly deregistered: Map<string, Image>;
  /** Deregistered images that `DescribeImages` still shows, and until when. */
  readonly lingering: Map<string, { readonly image: Image; readonly until: Date }>;
  readonly settings: {
    /** How long a deregistered image goes on showing as `deregistered`; 0 for not at all. */
    deregisteredLingersSeconds: number;
    /** How long EC2 takes to remove the snapshots of Fast Launch; how long it really does is not documented. */
    fastLaunchDisablingSeconds: number;
    /** How long EC2 takes to archive a snapshot and to restore one; AWS names 72 hours at the most for the latter. */
    archivalHours: number;
    tierRestoreHours: number;
    /** Resources that another AWS service manages are left out unless they are asked for. */
    managedResourcesHidden: boolean;
    /** What makes usage reports late; the hours are those that EC2 documents, for templates `a few days`. */
    usageReports: UsageLag & { readonly pendingSeconds: number; readonly mostPending: number };
  };
}

/** An account with nothing in it. */
export function emptyAccount(
  accountId = '123456789012',
  region = 'eu-west-1',
  everywhere = emptyAccountWide(),
): AccountState {
  return {
    accountId,
    region,
    everywhere,
    images: new ImageMap(),
    launchPermissions: new Map(),
    snapshots: new Map(),
    volumes: new Map(),
    createVolumePermissions: new Map(),
    snapshotLocks: new Map(),
    tierings: new Map(),
    fastSnapshotRestores: [],
    fastLaunch: new Map(),
    launchTemplates: new Map(),
    instances: new Map(),
    spotFleets: new Map(),
    fleets: new Map(),
    spotRequests: new Map(),
    autoScalingGroups: new Map(),
    launchConfigurations: new Map(),
    instanceRefreshes: new Map(),
    parameters: new Map(),
    documents: new Map(),
    texts: emptyTexts(),
    imageRecipes: new Map(),
    containerRecipes: new Map(),
    builtImages: new Map(),
    imageLifecyclePolicies: new Map(),
    dlmPolicies: new Map(),
    buildsSharedWith: new Set(),
    computeEnvironments: new Map(),
    emrClusters: new Map(),
    beanstalkEnvironments: new Map(),
    beanstalkTemplates: new Map(),
    codeBuildFleets: new Map(),
    hyperPodClusters: new Map(),
    engineVersions: new Map(),
    imageUsageReports: new Map(),
    allowedImages: {},
    publicImages: { quota: 5, access: 'unblocked' },
    buckets: new Map(),
    recycleBin: { rules: [], images: new Map(), snapshots: new Map() },
    deregistered: new Map(),
    lingering: new Map(),
    settings: {
      deregisteredLingersSeconds: 0,
      fastLaunchDisablingSeconds: 600,
      archivalHours: 12,
      tierRestoreHours: 60,
      managedResourcesHidden: true,
      usageReports: { pendingSeconds: 60, mostPending: 2000, instanceLagHours: 24, templateLagHours: 72 },
    },
  };
}
