import { type Address, addressOf } from '../../model/address.ts';
import { fault } from './schema-parts.ts';

/** The parts of a policy in which people and channels of Slack stand. */
interface Addressed {
  readonly notify?:
    | { readonly slack?: { readonly token?: string | undefined; readonly channel?: string | undefined } | undefined }
    | undefined;
  readonly owners?:
    | {
        readonly fallback?: string | undefined;
        readonly aliases?: Readonly<Record<string, string>> | undefined;
        readonly platformGroup?: string | readonly string[] | undefined;
      }
    | undefined;
}

const CONVERSATIONS = 'a channel (#name or C…), a person (@name, U… or a mail address)';

/** What is wrong with the addresses of a policy that tells people by Slack; nobody would be told, or could press. */
export function addressFaults({ notify, owners = {} }: Addressed): ReturnType<typeof fault>[] {
  const { slack } = notify ?? {};
  if (slack?.token === undefined) return [];
  const { fallback, aliases = {}, platformGroup = [] } = owners;
  const groups = typeof platformGroup === 'string' ? [platformGroup] : platformGroup;
  return [
    ...faultsOf(slack.channel, ['notify', 'slack', 'channel'], isChannel, 'must be a channel: #name or C…'),
    ...faultsOf(fallback, ['owners', 'fallback'], isConversation, `must be ${CONVERSATIONS}`),
    ...Object.entries(aliases).flatMap(([name, address]) =>
      faultsOf(address, ['owners', 'aliases', name], isConversation, `must be ${CONVERSATIONS}`),
    ),
    ...groups.flatMap((address, index) =>
      faultsOf(
        address,
        ['owners', 'platformGroup', ...(typeof platformGroup === 'string' ? [] : [index])],
        () => true,
        `must be ${CONVERSATIONS} or a user group (S…)`,
      ),
    ),
  ];
}

function faultsOf(
  written: string | undefined,
  path: (string | number)[],
  fits: (address: Address) => boolean,
  message: string,
): ReturnType<typeof fault>[] {
  if (written === undefined) return [];
  const address = addressOf(written);
  return address !== undefined && fits(address) ? [] : [fault(message, path)];
}

function isChannel({ kind }: Address): boolean {
  return kind === 'channel-id' || kind === 'channel-name';
}

/** A user group has no conversation. */
function isConversation({ kind }: Address): boolean {
  return kind !== 'group-id';
}
