import { type Notification, type NotificationItem, savingOf, type Writing } from './notifications.ts';

/**
 * What stands beside the images of a message, in whole sentences: what they save, why it comes to this recipient, how to
 * keep them and how to have back what is gone.
 */
export function introduction(notification: Notification, writing: Writing, hasButtons: boolean): string[] {
  const { items, isDryRun, reportUrl } = notification;
  const { link } = writing;
  const saving = savingOf(items);
  return [
    ...(saving === '' ? [] : [`Once gone, they save ${saving}.`]),
    whyYou(notification, writing),
    ...(isDryRun ? ['This is a dry run: nothing is done to them.'] : whatToDo(notification, writing, hasButtons)),
    ...(reportUrl === undefined ? [] : [`The report: ${link(reportUrl)}`]),
  ];
}

function whyYou({ audience, items, ownerTag }: Notification, { value }: Writing): string {
  const tag = `the tag ${value(ownerTag, 128)}`;
  const owner = items[0]?.notice.owner;
  switch (audience) {
    case 'owner':
      return owner === undefined
        ? `For whom it concerns: ${tag} is missing.`
        : `Why you: ${tag} is ${value(owner, 80)}.`;
    case 'owners':
      return `Why you: ${tag} leads to you, by several values.`;
    case 'fallback':
      return `Why you: ${tag} is missing, or leads to nobody else.`;
    case 'everybody':
      return `Whose they are says ${tag}.`;
  }
}

function whatToDo(notification: Notification, { value }: Writing, hasButtons: boolean): string[] {
  const { items, undo } = notification;
  const notices = items.filter(({ kind }) => kind === 'notice');
  const isDone = (how: 'keep' | 'restore') =>
    items.some(({ kind, notice }) => kind === 'action' && notice.undo === how);
  const tag = value('ami-janitor:keep');
  const toTag = `set its tag ${tag} to ${value('true')} or a date`;
  const goes = notices.some(({ kind, notice }) => kind === 'notice' && notice.deregisterAt !== undefined);
  return [
    ...(notices.length === 0
      ? []
      : [
          `${isDone('keep') || isDone('restore') ? 'What is still there stays' : 'They stay'} if something begins to use them.`,
          `To keep one, ${hasButtons ? 'press a button, or ' : ''}${toTag}.`,
        ]),
    ...(goes && undo === 'recycle-bin'
      ? [`Once gone, ${value('ami-janitor restore')} brings one back while the Recycle Bin holds it.`]
      : []),
    ...(isDone('keep') ? [`To have a disabled one back, ${toTag}: the next run enables it.`] : []),
    ...(isDone('restore')
      ? [
          `To have back what is gone, while the Recycle Bin holds it: ${restoring(notification)
            .map((one) => value(one))
            .join(', ')}.`,
        ]
      : []),
  ];
}

const MOST_COMMANDS = 3;

/** The commands that bring back what the runs removed. */
function restoring({ items, isOrganization = false }: Notification): string[] {
  const command = ({ notice: { region }, notice }: NotificationItem) =>
    !('undo' in notice) || notice.undo !== 'restore'
      ? []
      : [`ami-janitor restore ${notice.runId ?? 'RUN_ID'} ${isOrganization ? '--organization' : `--region ${region}`}`];
  return [...new Set(items.flatMap(command))].slice(0, MOST_COMMANDS);
}

const MOST_CRITICAL = 10;

/**
 * Of those whom a message speaks to, the images that are in use with critical findings, under a title; none where they
 * have none. It says so beside what else there is to say, and is no message of its own.
 */
export function criticalLines(
  { critical = [], items }: Notification,
  nameOf: (name: string) => string,
): readonly string[] {
  const owners = new Set(items.map(({ notice }) => notice.owner));
  const theirs = critical.filter(({ owner }) => owners.has(owner));
  if (theirs.length === 0) return [];
  const lines = theirs
    .slice(0, MOST_CRITICAL)
    .map(({ name, imageId, region, fix }) => `- ${nameOf(name)} (${imageId}, ${region}): ${fix}`);
  const more = theirs.length - lines.length;
  return [
    'In use, with critical findings of Amazon Inspector; replace them:',
    ...lines,
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}
