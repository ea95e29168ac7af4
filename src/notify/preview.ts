import { addresseeOf, addressOf } from '../model/address.ts';
import type { Policy } from '../model/policy.ts';
import type { About } from './delivery.ts';
import type { Audience, Notification, NotificationItem } from './notifications.ts';
import { byOwner } from './notify-owners.ts';

/** What one recipient would hear. */
export interface Preview {
  readonly recipient: string;
  readonly notification: Notification;
}

/**
 * What everybody would hear, to whom it would go by the policy: aliases and fallback count as in delivery, and all that one
 * recipient hears stands together. Whether Slack knows them is not asked.
 */
export function previewOf(policy: Policy, items: readonly NotificationItem[], about: About): Preview[] {
  const { slack } = policy.notify ?? {};
  const preview = (recipient: string, audience: Audience, own: readonly NotificationItem[]): Preview => ({
    recipient,
    notification: { ...about, items: own, audience },
  });
  const owned = byOwner(items);
  if (slack?.token === undefined) {
    const audience = slack === undefined ? 'owner' : 'everybody';
    return owned.map(({ owner = 'whom it concerns (no owner)', items: own }) => preview(owner, audience, own));
  }
  const fallback = keyOf(policy.owners.fallback) === undefined ? slack.channel : policy.owners.fallback;
  const bundles = Map.groupBy(owned, ({ owner }) => {
    const key = owner === undefined ? undefined : keyOf(addresseeOf(owner, policy.owners.aliases));
    return key === undefined || key === keyOf(fallback) ? '' : key;
  });
  const forFallback = bundles.get('') ?? [];
  bundles.delete('');
  return [
    ...[...bundles.values()].map((list) =>
      preview(
        addresseeOf(list[0]?.owner ?? '', policy.owners.aliases),
        list.length === 1 ? 'owner' : 'owners',
        list.flatMap(({ items: own }) => own),
      ),
    ),
    ...(forFallback.length === 0
      ? []
      : [
          preview(
            fallback ?? 'the platform channel',
            'fallback',
            forFallback.flatMap(({ items: own }) => own),
          ),
        ]),
  ];
}

/** The same for all ways to write one address; nothing for what has no conversation. */
function keyOf(written: string | undefined): string | undefined {
  const address = addressOf(written ?? '');
  return address === undefined || address.kind === 'group-id' ? undefined : JSON.stringify(address);
}
