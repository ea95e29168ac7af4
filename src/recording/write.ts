import type { Account } from '../model/account.ts';

/** The version of the file's shape; a reader refuses any other. */
export const RECORDING_VERSION = 1;

/** An account as the text of a recording: JSON, one image, snapshot or entry a line, so that it diffs well. */
export function recordingText(account: Account): string {
  const { references } = account;
  const parts = {
    images: account.images,
    snapshots: account.snapshots,
    inventory: account.inventory,
    sources: references.sources,
    imageReferences: [...references.images],
    snapshotReferences: [...references.snapshots],
    dangling: references.dangling,
    sharing: [...account.sharing],
    snapshotDetails: [...account.snapshotDetails],
    recycleBin: [...account.recycleBin],
  };
  const head = `"recordingVersion": ${RECORDING_VERSION},\n"target": ${JSON.stringify(account.target)},\n"observedAt": ${JSON.stringify(account.observedAt)}`;
  const lists = Object.entries(parts).map(
    ([name, list]) => `${JSON.stringify(name)}: [${list.map((entry) => `\n${JSON.stringify(entry)}`).join(',')}\n]`,
  );
  return `{\n${[head, ...lists].join(',\n')}\n}\n`;
}
