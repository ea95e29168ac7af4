import type { ImageId, SnapshotId } from './ids.ts';
import type { Reading } from './reference.ts';

/**
 * What this tool wrote down of its own acts in one account and Region, where only its own roles can write.
 * Tags are claims that anyone with `ec2:CreateTags` can make, and that tools copy; this is the proof.
 */
export type JournalReading =
  | Reading<{
      readonly images: ReadonlyMap<ImageId, ImageRecord>;
      readonly snapshots: ReadonlyMap<SnapshotId, SnapshotRecord>;
    }>
  /** There is no journal: a command line without a bucket. Nothing that only a record proves is believed. */
  | { readonly status: 'none' };

/** What is recorded of one image; each fact is written before the act that it records. */
export interface ImageRecord {
  /** When this tool deprecated it, or took someone else's deprecation as the start of its own waits. */
  readonly deprecated?: { readonly at: Date; readonly runId: string };
  /** When this tool disabled it, and whom it was shared with: account ids, ARNs of organizations and units. */
  readonly disabled?: { readonly at: Date; readonly runId: string; readonly launchPermissions: readonly string[] };
  /** A reinstatement began: what was taken is being given back, and that is not finished yet. */
  readonly reinstating?: { readonly at: Date; readonly runId: string };
  /** A deregistration began; still there later, the image was put back, or the run was killed: both count as put back. */
  readonly removing?: {
    readonly at: Date;
    readonly runId: string;
    /** Whom it was shared with, where it was not disabled before: that is lost with it. */
    readonly launchPermissions?: readonly string[];
  };
  /** This tool turned EC2's deregistration protection on. */
  readonly protected?: InUseProtection;
  /** What its owner was last promised. */
  readonly announced?: Announced;
  /** AWS refused an action on it. */
  readonly refused?: Refusal;
}

/** Protection that this tool turned on, since something used the image. */
export interface InUseProtection {
  /** When, and by which run: its id stands in the image's tag once it is certain that this run did it. */
  readonly at: Date;
  readonly runId: string;
  /** `on`: that it is off later is somebody's doing; `changing`: a run was about to turn it on or off, and may have. */
  readonly state: 'changing' | 'on';
}

/** What an owner was promised, in a message that was certainly delivered. */
export interface Announced {
  readonly at: Date;
  /** The value of the owner tag at that time; absent where the image had none. */
  readonly owner?: string;
  /** Before which the image was promised to stay registered; `none`: nothing was said to be planned. */
  readonly deregisterFrom: Date | 'none';
  /** Before which the image was promised to stay enabled. */
  readonly disableFrom: Date | 'none';
  /** Before which the image was promised not to be deprecated, where that blocks launches elsewhere. */
  readonly deprecateFrom?: Date;
  /** Before which its snapshots were promised to stay out of the archive; absent: nothing was said of it. */
  readonly archiveFrom?: Date | 'none';
  readonly remindedAt?: Date;
  /** The image was given everything back since: this announces nothing any more, and its dates still keep. */
  readonly isWithdrawn?: true;
}

/** An action that AWS, or its second opinion, refused. */
export interface Refusal {
  /** The plan's name of the action. */
  readonly action: string;
  readonly reason: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** So many runs tried it. */
  readonly times: number;
}

/** What is recorded of one snapshot. */
export interface SnapshotRecord {
  /** A run tagged it before it deregistered its image. */
  readonly claimed?: {
    readonly at: Date;
    readonly runId: string;
    readonly imageId: ImageId;
    /**
     * `held`: not to be deleted yet (locked, shared, …), or EC2 refused it; `deleting`: its deletion began, and how it
     * ended is not known; `deleted`: it ended well. A snapshot that is there after `deleting` or `deleted` was put back.
     */
    readonly state: 'held' | 'deleting' | 'deleted';
  };
  /** When this tool first saw it without its image. */
  readonly orphaned?: { readonly at: Date; readonly runId: string; readonly imageId: ImageId };
  /** A run began to move it to the archive; still there later, it lies there or is on its way, unless people restored it. */
  readonly archived?: { readonly at: Date; readonly runId: string; readonly imageId: ImageId };
  readonly refused?: Refusal;
}

/** Facts to write down; a fact that is given replaces the one of its name, and `null` takes it away. */
export type JournalEntry = ImageEntry | SnapshotEntry;
export type ImageEntry = { readonly imageId: ImageId; readonly facts: Facts<ImageRecord> };
export type SnapshotEntry = { readonly snapshotId: SnapshotId; readonly facts: Facts<SnapshotRecord> };

type Facts<Record> = { readonly [Name in keyof Record]?: Exclude<Record[Name], undefined> | null };

/** Writes facts down; they are durable when it returns. What it throws ends the acts that rest on them. */
export type WriteJournal = (entries: readonly JournalEntry[]) => Promise<void>;

/** What stands where nobody keeps a journal. */
export const NO_JOURNAL: JournalReading = { status: 'none' };

/** What is left on record of an image that was given everything back: before which days it was promised to stay. */
export function givenBack(record: ImageRecord | undefined): Facts<ImageRecord> {
  const announced = record?.announced && ({ ...record.announced, isWithdrawn: true } as const);
  return {
    deprecated: null,
    disabled: null,
    reinstating: null,
    removing: null,
    announced: announced ?? null,
    refused: null,
  };
}

/** What is recorded of an image; nothing where there is no journal to read. */
export function imageRecordOf(journal: JournalReading, imageId: ImageId): ImageRecord | undefined {
  return journal.status === 'read' ? journal.images.get(imageId) : undefined;
}

/** What is recorded of a snapshot, likewise. */
export function snapshotRecordOf(journal: JournalReading, snapshotId: SnapshotId): SnapshotRecord | undefined {
  return journal.status === 'read' ? journal.snapshots.get(snapshotId) : undefined;
}
