import type { AccountUse } from '../model/cross-account-usage.ts';
import { day } from '../text/dates.ts';
import { count, counted, listed } from '../text/format.ts';
import type { ReportReason } from './shape.ts';

type ElsewhereReason = Extract<
  ReportReason,
  { readonly code: 'used-elsewhere' | 'consumer-unread' | 'usage-unknown' | 'usage-report-too-early' }
>;

/** One plain sentence for what is known, or not known, of an image's use in other accounts. */
export function elsewhereSentence(reason: ElsewhereReason): string {
  switch (reason.code) {
    case 'used-elsewhere':
      return `Used in ${counted(reason.accounts, 'other account')} by AWS's usage report of ${day(reason.reportedAt)}: ${listed(reason.uses.map(useText))}.`;
    case 'consumer-unread': {
      const others = reason.more === 0 ? '' : ` and ${count(reason.more)} more`;
      return `May be used in account ${reason.accountId}${others}, which could not be read: ${ended(reason.why)}`;
    }
    case 'usage-unknown':
      return `Shared beyond the accounts that were read, and ${unknownUsage(reason)}`;
    case 'usage-report-too-early':
      return `Shared beyond the accounts that were read; AWS's usage report of ${day(reason.createdAt)} counts no use, but only one of ${day(reason.countsFrom)} or later can rule it out.`;
  }
}

function useText({ accountId, resourceType, count: uses }: AccountUse): string {
  return `${accountId} (${resourceType} ${count(uses)})`;
}

function unknownUsage(reason: Extract<ElsewhereReason, { readonly code: 'usage-unknown' }>): string {
  switch (reason.status) {
    case 'none':
      return 'there is no usage report on it yet.';
    case 'pending':
      return 'the usage report on it is still being made.';
    case 'unreadable':
      return `the usage report on it could not be read: ${ended(reason.error ?? 'AWS did not say why')}`;
  }
}

function ended(sentence: string): string {
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}
