import type { Manager, Unannounced, Unsaved } from '../model/reasons.ts';
import { count, counted, day, listed, newest } from '../text/format.ts';
import { referencesText } from './references.ts';
import type { ReportImage, ReportReason, ReportReference, ReportSnapshot, ReportSnapshotReason } from './shape.ts';

type Facts<Any extends { readonly code: string }> = { readonly [One in Any as One['code']]: Omit<One, 'code'> };
/** The reasons of some codes. Spelled so, the sentence of a code takes the facts of that code. */
type Of<All, Code extends keyof All> = { [Each in Code]: { readonly code: Each } & All[Each] }[Code];
type ImageFacts = Facts<ReportReason>;
type SnapshotFacts = Facts<ReportSnapshotReason>;

/** One plain sentence for one reason of one image. Its text may hold anyone's words: writers neutralise it. */
export function reasonSentence<Code extends keyof ImageFacts>(
  reason: Of<ImageFacts, Code>,
  references: readonly ReportReference[] = [],
): string {
  return OF_IMAGES[reason.code](reason, references);
}

/** Every reason of an image, in one line. */
export function whySentence({ reasons, references }: Pick<ReportImage, 'reasons' | 'references'>): string {
  return reasons.map((reason) => reasonSentence(reason, references)).join(' ');
}

/** Every reason of a snapshot, in one line. */
export function whySnapshot({ reasons }: Pick<ReportSnapshot, 'reasons'>): string {
  return reasons.map(snapshotReasonSentence).join(' ');
}

/** One plain sentence for one reason of one snapshot, likewise. */
export function snapshotReasonSentence<Code extends keyof SnapshotFacts>(reason: Of<SnapshotFacts, Code>): string {
  return OF_SNAPSHOTS[reason.code](reason);
}

const OF_BOTH = {
  managed: ({ by }) => `Managed by ${MANAGERS[by]}.`,
  'protected-tag': ({ key, value, pattern }) => `Protected by the policy: its tag ${key}=${value} matches ${pattern}.`,
  'protected-target': ({ target }) => `Protected by the policy, as everything in ${target}.`,
  'keep-tag': ({ until }) =>
    until === undefined ? 'Kept by its tag ami-janitor:keep.' : `Kept until ${day(until)} by its tag ami-janitor:keep.`,
  'keep-tag-unreadable': ({ value }) => `Its tag ami-janitor:keep says "${value}", which is neither true nor a date.`,
  'not-own': ({ owner }) => `Belongs to ${owner}, not to this account.`,
  state: ({ state }) => `Its state is ${state}.`,
  'source-unreadable': ({ source }) => `The source ${source} could not be read, so its use cannot be ruled out.`,
} satisfies { readonly [Code in keyof ImageFacts & keyof SnapshotFacts]?: (facts: ImageFacts[Code]) => string };

const OF_IMAGES: {
  readonly [Code in keyof ImageFacts]: (facts: ImageFacts[Code], references: readonly ReportReference[]) => string;
} = {
  ...OF_BOTH,
  'no-rule': () => 'No rule selects it.',
  'no-action-in-rule': () => 'Its rule asks for no action.',
  'protected-image': () => 'Protected by the policy, which names it.',
  'protected-name': ({ pattern }) => `Protected by the policy: its name matches ${pattern}.`,
  'deregistration-protection': ({ value }) => `Protected against deregistration (${value}).`,
  'own-protection': ({ protectedAt }) =>
    `Protected against deregistration by ami-janitor since ${day(protectedAt)}, while something used it; the pass protect turns that off where nothing does, then its rule goes on.`,
  public: () => 'Public: every AWS account may launch it.',
  referenced: ({ references: number }, references) =>
    `Referenced by ${count(number)}${references.length === 0 ? '' : `: ${referencesText(references)}`}.`,
  shared: ({ accounts, organizations }) => `Shared with ${listed([...accounts, ...organizations])}.`,
  'used-elsewhere': ({ accounts, reportedAt, uses }) => {
    const named = uses.map((use) => `${use.accountId} (${use.resourceType} ${count(use.count)})`);
    return `Used in ${counted(accounts, 'other account')} by AWS's usage report of ${day(reportedAt)}: ${listed(named)}.`;
  },
  'consumer-unread': ({ accountId, more, why }) => {
    const others = more === 0 ? '' : ` and ${count(more)} more`;
    return `May be used in account ${accountId}${others}, which could not be read: ${ended(why)}`;
  },
  'usage-unknown': (facts) => `Accounts that were not read may use it, and ${unknownUsage(facts)}`,
  'usage-report-too-early': ({ createdAt, countsFrom }) =>
    `Accounts that were not read may use it; AWS's usage report of ${day(createdAt)} counts no use, but only one of ${day(countsFrom)} or later can rule it out.`,
  'rule-keeps-always': () => 'Its rule keeps everything that it owns.',
  'newest-of-group': rankSentence,
  'younger-than': ({ ageDays, days }) => `${count(ageDays)} of ${counted(days, 'day')} old.`,
  'launched-within': ({ daysAgo, days }) =>
    `Launched ${counted(daysAgo, 'day')} ago; a launch within ${counted(days, 'day')} keeps it.`,
  'name-unknown': () => 'AWS gives it no name, by which rules and protections may go.',
  'creation-date-unknown': () => 'Its creation date is unknown.',
  'copy-of-kept': ({ sourceImageId, sourceRegion }) => `A copy of ${sourceImageId} in ${sourceRegion}, which is kept.`,
  'ancestor-of-kept': ({ imageId }) => `Source of ${imageId}, which is kept.`,
  'copy-source-unknown': ({ sourceImageId, sourceRegion }) =>
    `A copy of ${sourceImageId} in ${sourceRegion}; whether that is kept cannot be told.`,
  'group-unknown': ({ groupBy }) => `Its rule counts by ${groupBy}, and its own group cannot be told.`,
  'not-expired': ({ expiresAt, tag }) => `Expires on ${day(expiresAt)} by its tag ${tag}.`,
  'expiry-missing': ({ tag }) => `Has no tag ${tag}, so no day on which it expires.`,
  'expiry-unreadable': ({ tag, value, as }) =>
    `Its tag ${tag} says "${value}", which is ${as === undefined ? 'not a date' : 'no age, such as 30 or 30d'}.`,
  waiting: ({ deprecatedAt, launchedAt, days, ofDays }) => {
    const launched = launchedAt === undefined ? '' : `, launched again on ${day(launchedAt)}`;
    return `Due, and deprecated by ami-janitor on ${day(deprecatedAt)}${launched}: ${count(days)} of ${counted(ofDays, 'day')} have passed.`;
  },
  'nothing-further': () => 'Due, and all that its rule asks for is done.',
  'deprecated-at-unreadable': ({ value }) =>
    `Its tag ami-janitor:deprecated-at says "${value}", which is not a date in the past.`,
  'deregister-after-unreadable': ({ value }) =>
    `Its tag ami-janitor:deregister-after says "${value}", which is not a date.`,
  'no-record': () =>
    'Its tags say that ami-janitor deprecated it, and nothing proves it: without a journal, AWS must date the deprecation alike.',
  'put-back': ({ after, takenAt }) => {
    const [put, taken] = after === 'disable' ? ['Enabled', 'disabled'] : ['Restored', 'began to deregister'];
    const on = takenAt === undefined ? '' : ` on ${day(takenAt)}`;
    return `${put} by someone after ami-janitor ${taken} it${on}: its waits and its notice begin anew.`;
  },
  reinstating: ({ since }) => `An earlier run began to reinstate it on ${day(since)}; the next run resumes it.`,
  'disabled-by-others': () => 'Disabled, and not by ami-janitor: only a rule that selects by state may go on with it.',
  'not-announced': ({ value, because, noticeDays }) =>
    value === undefined
      ? `${UNANNOUNCED[because ?? 'never']}; its rule asks for ${counted(noticeDays, 'day')} of notice.`
      : `Its tag ami-janitor:announced-at says "${value}", which does not tell when its owner was told.`,
  'notice-running': ({ announcedAt, days, ofDays }) =>
    `Its owner was told on ${day(announcedAt)}: ${count(days)} of ${counted(ofDays, 'day')} of notice have passed.`,
  archived: ({ snapshots }) => `In the archive or on the way there: ${listed(snapshots)}.`,
  'archive-saves-nothing': ({ snapshots, because, others = 0 }) =>
    `Not archived: ${listed(snapshots)}: ${UNSAVED[because](counted(others, 'snapshot'))}`,
  'archive-held': ({ snapshots }) => `Not archived: ${listed(snapshots)}.`,
  unreferenced: ({ sources, otherAccounts = 0 }) => {
    const others = otherAccounts === 0 ? '' : `, nor in ${counted(otherAccounts, 'other account')}`;
    return `Nothing references it in the ${counted(sources, 'source')} read${others}.`;
  },
  'beyond-newest': rankSentence,
  'newest-too-old': ({ ageDays, days, ...rank }) =>
    `${rankSentence(rank).slice(0, -1)}, but none that is ${counted(days, 'day')} old. Age: ${counted(ageDays, 'day')}.`,
  'older-than': ({ ageDays, days }) => `Age: ${counted(ageDays, 'day')} (limit ${count(days)}).`,
  'not-launched-within': ({ daysAgo, days }) =>
    daysAgo === undefined
      ? `No recorded launch in ${counted(days, 'day')}.`
      : `Last launched ${counted(daysAgo, 'day')} ago (limit ${count(days)}).`,
  expired: ({ expiredAt, days, tag }) =>
    `Expired on ${day(expiredAt)}, ${counted(days, 'day')} ago, by its tag ${tag}.`,
  'nothing-keeps-it': () => 'Nothing in its rule keeps it.',
  'deprecated-for': ({ deprecatedAt, launchedAt, days, ofDays }) => {
    const launched = launchedAt === undefined ? '' : ` and last launched on ${day(launchedAt)}`;
    return `Deprecated by ami-janitor on ${day(deprecatedAt)}${launched}, ${counted(days, 'day')} ago; its rule waits ${count(ofDays)}.`;
  },
  'fast-launch': ({ state }) => `Windows Fast Launch (${state}) is turned off before it is deregistered.`,
  'blocked-once-deprecated': ({ accounts, unknown }) =>
    [
      ...(accounts.length > 0 ? [`Once deprecated, ${listed(accounts)} can't launch it (Allowed AMIs).`] : []),
      ...(unknown.length > 0
        ? [`Whether ${listed(unknown)} can launch it once deprecated is unknown: Allowed AMIs could not be read.`]
        : []),
    ].join(' '),
  'deprecated-by-other': ({ deprecationTime }) =>
    `Already deprecated by someone else on ${day(deprecationTime)}; that date stays.`,
};

const UNSAVED: Readonly<Record<Unsaved, (others: string) => string>> = {
  'shared-blocks': (others) =>
    `may share blocks with ${others} not archived now, so that archiving may free nothing, and the archive costs the full size.`,
  'full-size': () => 'share blocks now, and would cost more in the archive, each in full.',
  'ninety-days': () => 'would cost more for the 90 days that AWS bills at least than until the deregistration.',
  'size-unknown': () => 'AWS does not tell the full size, so that nobody knows whether that saves.',
};

const OF_SNAPSHOTS: { readonly [Code in keyof SnapshotFacts]: (facts: SnapshotFacts[Code]) => string } = {
  ...OF_BOTH,
  mapped: ({ images }) => `Mapped by ${listed(images)}.`,
  referenced: ({ references }) => `Referenced by ${count(references.length)}: ${referencesText(references)}.`,
  'not-of-an-image': () => 'Nothing tells that it belonged to an image.',
  'not-in-inventory': () => 'An image maps it, and the list of snapshots does not hold it.',
  'image-exists': ({ imageId }) => `It names the image ${imageId}, which is still there.`,
  locked: () => 'Locked against deletion.',
  shared: ({ accounts }) => `Shared with ${listed(accounts)}.`,
  'fast-snapshot-restore': ({ zones }) => `Fast snapshot restore is on in ${listed(zones)}.`,
  'image-in-recycle-bin': ({ imageId }) => `Its image ${imageId} lies in the Recycle Bin and could come back.`,
  'rule-keeps-snapshots': ({ rule }) => `The rule "${rule}" keeps the snapshots of its images.`,
  'image-deregistered': ({ imageId }) => `Its image ${imageId} is deregistered in this plan, and nothing else maps it.`,
  'left-behind': ({ imageId }) => `An earlier run deregistered its image ${imageId}, and nothing maps it.`,
  'kept-by-rule': () => 'Kept by the rule of its image, which is gone (tag ami-janitor:kept).',
  'no-record': ({ imageId }) => `Its tags name the image ${imageId}, and no record of ami-janitor bears them out.`,
  'put-back': () => 'Someone restored it after ami-janitor deleted it.',
  'orphan-reported-only': ({ imageId }) => `Its image ${imageId} is gone; the policy only reports such snapshots.`,
  'orphan-unmarked': ({ imageId }) => `Its image ${imageId} is gone; seen so for the first time.`,
  'orphan-waiting': ({ imageId, orphanedAt, days, ofDays }) =>
    `Its image ${imageId} is gone, seen so since ${day(orphanedAt)}: ${count(days)} of ${counted(ofDays, 'day')} have passed.`,
  'orphan-past-grace': ({ imageId, orphanedAt, ofDays }) =>
    `Its image ${imageId} is gone, seen so since ${day(orphanedAt)}; the ${counted(ofDays, 'day')} of grace have passed.`,
};

const MANAGERS: Readonly<Record<Manager, string>> = {
  'aws-backup': 'AWS Backup',
  'data-lifecycle-manager': 'Data Lifecycle Manager',
  'fast-launch': 'Windows Fast Launch',
  marketplace: 'AWS Marketplace',
};

const UNANNOUNCED: Readonly<Record<Unannounced | 'never', string>> = {
  never: 'Its owner has not been told yet',
  'owner-changed': 'Its owner has changed, and the present one has not been told yet',
  'launched-since': 'It was launched after its owner was told, who must be told again',
  outdated: 'Its owner was told long before it was deprecated, and must be told again',
  'not-promised': 'Its owner was told that this would not come, and must be told first',
  'no-journal': 'That its owner was told can be recorded only in the journal, and there is none',
};

function rankSentence({ rank, size, group, keep }: ImageFacts['newest-of-group']): string {
  const name = newest(rank);
  const within = group === '' ? 'of its rule' : `in ${group}`;
  const stays = keep === 1 ? 'the newest stays' : `the newest ${count(keep)} stay`;
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} of ${count(size)} ${within}; ${stays}.`;
}

function unknownUsage({ status, error = 'AWS did not say why' }: ImageFacts['usage-unknown']): string {
  if (status === 'none') return 'there is no usage report on it yet.';
  if (status === 'pending') return 'the usage report on it is still being made.';
  return `the usage report on it could not be read: ${ended(error)}`;
}

function ended(sentence: string): string {
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}
