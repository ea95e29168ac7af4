/** Who builds images, of what, and where for. */

export interface Family {
  readonly name: string;
  readonly owner: string;
  readonly architectures: readonly ('x86_64' | 'arm64')[];
  readonly rootGiB: number;
  /** A second volume, where images of the family have one. */
  readonly dataGiB?: number;
}

/** A mail address, a team and a channel: owners are written as people write them. */
const OWNERS = ['webapp-team@example.com', 'platform', '#data-eng'] as const;
export const ENVIRONMENTS = ['prod', 'staging', 'dev', 'sandbox'] as const;

const BASES: readonly Family[] = [
  { name: 'webapp', owner: OWNERS[0], architectures: ['x86_64', 'arm64'], rootGiB: 20 },
  { name: 'api', owner: OWNERS[0], architectures: ['x86_64', 'arm64'], rootGiB: 20 },
  { name: 'worker', owner: OWNERS[0], architectures: ['arm64'], rootGiB: 30 },
  { name: 'bastion', owner: OWNERS[1], architectures: ['arm64'], rootGiB: 8 },
  { name: 'eks-node', owner: OWNERS[1], architectures: ['x86_64', 'arm64'], rootGiB: 40, dataGiB: 60 },
  { name: 'ci-runner', owner: OWNERS[1], architectures: ['x86_64'], rootGiB: 60, dataGiB: 100 },
  { name: 'jenkins', owner: OWNERS[1], architectures: ['x86_64'], rootGiB: 50, dataGiB: 200 },
  { name: 'data-pipeline', owner: OWNERS[2], architectures: ['x86_64', 'arm64'], rootGiB: 40, dataGiB: 120 },
  { name: 'ml-inference', owner: OWNERS[2], architectures: ['x86_64'], rootGiB: 100 },
  { name: 'windows-desktop', owner: OWNERS[2], architectures: ['x86_64'], rootGiB: 80 },
];

const IMAGES_A_FAMILY = 200;

/** Enough families for so many images: the ten above, then numbered ones of their kind. */
export function familiesFor(images: number): readonly Family[] {
  const count = Math.max(BASES.length, Math.ceil(images / IMAGES_A_FAMILY));
  return Array.from({ length: count }, (_, index) => {
    const base = BASES[index % BASES.length];
    if (base === undefined) throw new Error('No families');
    const round = Math.floor(index / BASES.length);
    return round === 0 ? base : { ...base, name: `${base.name}-${round + 1}` };
  });
}
