import type { Manager, Unannounced } from '../model/reasons.ts';
import { day } from '../text/dates.ts';
import { count, counted, listed, newest } from '../text/format.ts';
import { elsewhereSentence } from './cross-account-sentences.ts';
import { referencesText } from './references.ts';
import type { ReportReason, ReportReference } from './shape.ts';

/** Why an owner still has to be told. */
const UNANNOUNCED: Readonly<Record<Unannounced | 'never', string>> = {
  never: 'Its owner has not been told yet',
  'owner-changed': 'Its owner has changed, and the present one has not been told yet',
  'launched-since': 'It was launched after its owner was told, who must be told again',
  outdated: 'Its owner was told long before it was deprecated, and must be told again',
  'not-promised': 'Its owner was told that this would not come, and must be told first',
  'no-journal': 'That its owner was told can be recorded only in the journal, and there is none',
};

/** One plain sentence for one reason of one image. Its text may hold anyone's words: writers neutralise it. */
export function reasonSentence(reason: ReportReason, references: readonly ReportReference[] = []): string {
  switch (reason.code) {
    case 'no-rule':
      return 'No rule selects it.';
    case 'no-action-in-rule':
      return 'Its rule asks for no action.';
    case 'protected-tag':
      return `Protected by the policy: its tag ${reason.key}=${reason.value} matches ${reason.pattern}.`;
    case 'protected-image':
      return 'Protected by the policy, which names it.';
    case 'keep-tag':
      return reason.until === undefined
        ? 'Kept by its tag ami-janitor:keep.'
        : `Kept until ${day(reason.until)} by its tag ami-janitor:keep.`;
    case 'keep-tag-unreadable':
      return `Its tag ami-janitor:keep says "${reason.value}", which is neither true nor a date.`;
    case 'managed':
      return `Managed by ${managerName(reason.by)}.`;
    case 'deregistration-protection':
      return `Protected against deregistration (${reason.value}).`;
    case 'public':
      return 'Public: every AWS account may launch it.';
    case 'not-own':
      return `Belongs to ${reason.owner}, not to this account.`;
    case 'state':
      return `Its state is ${reason.state}.`;
    case 'referenced':
      return references.length === 0
        ? `Referenced by ${count(reason.references)}.`
        : `Referenced by ${count(reason.references)}: ${referencesText(references)}.`;
    case 'source-unreadable':
      return `The source ${reason.source} could not be read, so its use cannot be ruled out.`;
    case 'shared':
      return `Shared with ${listed([...reason.accounts, ...reason.organizations])}.`;
    case 'used-elsewhere':
    case 'consumer-unread':
    case 'usage-unknown':
    case 'usage-report-too-early':
      return elsewhereSentence(reason);
    case 'newest-of-group':
      return `${capital(newest(reason.rank))} of ${count(reason.size)} ${inGroup(reason.group)}; ${kept(reason.keep)}.`;
    case 'younger-than':
      return `${count(reason.ageDays)} of ${counted(reason.days, 'day')} old.`;
    case 'launched-within':
      return `Launched ${counted(reason.daysAgo, 'day')} ago; a launch within ${counted(reason.days, 'day')} keeps it.`;
    case 'creation-date-unknown':
      return 'Its creation date is unknown.';
    case 'copy-of-kept':
      return `A copy of ${reason.sourceImageId} in ${reason.sourceRegion}, which is kept.`;
    case 'copy-source-unknown':
      return `A copy of ${reason.sourceImageId} in ${reason.sourceRegion}; whether that is kept cannot be told.`;
    case 'group-unknown':
      return `Its rule counts by ${reason.groupBy}, and its own group cannot be told.`;
    case 'not-expired':
      return `Expires on ${day(reason.expiresAt)} by its tag ${reason.tag}.`;
    case 'expiry-missing':
      return `Has no tag ${reason.tag}, so no day on which it expires.`;
    case 'expiry-unreadable':
      return `Its tag ${reason.tag} says "${reason.value}", which is not a date.`;
    case 'waiting': {
      const launched = reason.launchedAt === undefined ? '' : `, launched again on ${day(reason.launchedAt)}`;
      return `Due, and deprecated by ami-janitor on ${day(reason.deprecatedAt)}${launched}: ${count(reason.days)} of ${counted(reason.ofDays, 'day')} have passed.`;
    }
    case 'nothing-further':
      return 'Due, and all that its rule asks for is done.';
    case 'deprecated-at-unreadable':
      return `Its tag ami-janitor:deprecated-at says "${reason.value}", which is not a date in the past.`;
    case 'deregister-after-unreadable':
      return `Its tag ami-janitor:deregister-after says "${reason.value}", which is not a date.`;
    case 'no-record':
      return 'Its tags say that ami-janitor deprecated it, and nothing proves it: without a journal, AWS must date the deprecation alike.';
    case 'put-back':
      return `${reason.after === 'disable' ? 'Enabled' : 'Restored'} by someone after ami-janitor ${reason.after === 'disable' ? 'disabled' : 'began to deregister'} it${reason.takenAt === undefined ? '' : ` on ${day(reason.takenAt)}`}: its waits and its notice begin anew.`;
    case 'reinstating':
      return `An earlier run began to reinstate it on ${day(reason.since)}; the next run resumes it.`;
    case 'disabled-by-others':
      return 'Disabled, and not by ami-janitor: only a rule that selects by state may go on with it.';
    case 'not-announced':
      return reason.value === undefined
        ? `${UNANNOUNCED[reason.because ?? 'never']}; its rule asks for ${counted(reason.noticeDays, 'day')} of notice.`
        : `Its tag ami-janitor:announced-at says "${reason.value}", which does not tell when its owner was told.`;
    case 'notice-running':
      return `Its owner was told on ${day(reason.announcedAt)}: ${count(reason.days)} of ${counted(reason.ofDays, 'day')} of notice have passed.`;
    case 'unreferenced': {
      const others = reason.otherAccounts ?? 0;
      const elsewhere = others === 0 ? '' : `, nor in ${counted(others, 'other account')}`;
      return `Nothing references it in the ${counted(reason.sources, 'source')} read${elsewhere}.`;
    }
    case 'beyond-newest':
      return `${capital(newest(reason.rank))} of ${count(reason.size)} ${inGroup(reason.group)}; ${kept(reason.keep)}.`;
    case 'older-than':
      return `${counted(reason.ageDays, 'day')} old, past the ${count(reason.days)} that would keep it.`;
    case 'not-launched-within':
      return reason.daysAgo === undefined
        ? `No launch is known within the last ${counted(reason.days, 'day')}.`
        : `Last launched ${counted(reason.daysAgo, 'day')} ago, past the ${count(reason.days)} that would keep it.`;
    case 'expired':
      return `Expired on ${day(reason.expiredAt)}, ${counted(reason.days, 'day')} ago, by its tag ${reason.tag}.`;
    case 'nothing-keeps-it':
      return 'Nothing in its rule keeps it.';
    case 'deprecated-for':
      return reason.launchedAt === undefined
        ? `Deprecated by ami-janitor on ${day(reason.deprecatedAt)}, ${counted(reason.days, 'day')} ago; its rule waits ${count(reason.ofDays)}.`
        : `Deprecated by ami-janitor on ${day(reason.deprecatedAt)} and last launched on ${day(reason.launchedAt)}, ${counted(reason.days, 'day')} ago; its rule waits ${count(reason.ofDays)}.`;
    case 'deprecated-by-other':
      return `Already deprecated by someone else on ${day(reason.deprecationTime)}; that date stays.`;
  }
}

/** Who manages an image or snapshot, by their own name. */
export function managerName(manager: Manager): string {
  switch (manager) {
    case 'aws-backup':
      return 'AWS Backup';
    case 'data-lifecycle-manager':
      return 'Data Lifecycle Manager';
    case 'marketplace':
      return 'AWS Marketplace';
  }
}

function inGroup(group: string): string {
  return group === '' ? 'of its rule' : `in ${group}`;
}

function kept(keep: number): string {
  return keep === 1 ? 'the newest stays' : `the newest ${count(keep)} stay`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
