import { type Account, RECYCLABLE } from '../model/account.ts';
import { NO_JOURNAL } from '../model/journal.ts';
import { SOURCES } from '../model/sources.ts';
import { recordingSchema } from './schema.ts';

const NOT_TOLD = { status: 'unreadable', error: 'the recording does not tell of it' } as const;

/** A recording's account, or why the text is none. */
export type ParsedRecording =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly problem: string };

/** Reads the text of a recording. A source that it does not tell of was not read, so it counts as unreadable. */
export function parseRecording(json: string): ParsedRecording {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { ok: false, problem: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = recordingSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, problem: `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not a recording'}` };
  }
  const { recordingVersion: _, imageReferences, snapshotReferences, dangling, sources, ...members } = parsed.data;
  const { elsewhere, ...rest } = members;
  const told = new Set(sources.map(({ name }) => name));
  const others = SOURCES.filter((name) => !told.has(name));
  return {
    ok: true,
    account: {
      ...rest,
      ...(elsewhere && { crossAccountUsage: elsewhere }),
      references: {
        images: imageReferences,
        snapshots: snapshotReferences,
        dangling,
        sources: [...sources, ...others.map((name) => ({ name, references: 0, calls: 0, ...NOT_TOLD }))],
      },
      retentionRules: rest.retentionRules ?? new Map(RECYCLABLE.map((kind) => [kind, NOT_TOLD])),
      tierings: rest.tierings ?? new Map(),
      ancestry: rest.ancestry ?? new Map(),
      journal: rest.journal ?? NO_JOURNAL,
    },
  };
}
