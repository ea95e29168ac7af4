import type { Image, Tag } from '@aws-sdk/client-ec2';
import { type AccountState, emptyAccount } from '../state.ts';
import type { Random } from './random.ts';

export const DAY_MILLISECONDS = 86_400_000;

/** An account while it is being made up: what is there, and which images something uses already. */
export class Draft {
  readonly state: AccountState;
  readonly random: Random;
  readonly now: Date;
  /** Ordinary images, newest first. */
  readonly ordinary: Image[] = [];
  readonly #used = new Set<string>();
  readonly #named = new Set<string>();
  /** Ordinary images that nothing was given yet, newest first. */
  #left: Image[] | undefined;

  constructor(now: Date, random: Random, accountId?: string, region?: string) {
    this.state = emptyAccount(accountId, region);
    // As the deployment makes them: what the janitor removes can be brought back.
    const tags = tagsOf({ 'ami-janitor:recycle': 'true' });
    this.state.recycleBin.rules.push(
      { resource: 'image', retentionDays: 30, tags },
      { resource: 'snapshot', retentionDays: 30, tags },
    );
    this.random = random;
    this.now = now;
  }

  daysAgo(days: number): Date {
    return new Date(this.now.getTime() - days * DAY_MILLISECONDS);
  }

  isoDaysAgo(days: number): string {
    return this.daysAgo(days).toISOString();
  }

  id(prefix: string): string {
    return `${prefix}-0${this.random.hex(16)}`;
  }

  markUsed(imageId: string): void {
    this.#used.add(imageId);
  }

  isUsed(imageId: string): boolean {
    return this.#used.has(imageId);
  }

  /** Some version of a template names it, be it one that nobody launches any more. */
  markNamed(imageId: string): void {
    this.#named.add(imageId);
  }

  /** The oldest ordinary image that nothing uses, best one that no old template version names; from now on it counts as used. */
  takeOldest(): Image & { ImageId: string } {
    if (this.#left === undefined) {
      const isNamed = (image: Image) => this.#named.has(image.ImageId ?? '');
      this.#left = [...this.ordinary.filter(isNamed), ...this.ordinary.filter((image) => !isNamed(image))];
    }
    for (let image = this.#left.pop(); image !== undefined; image = this.#left.pop()) {
      const imageId = image.ImageId;
      if (imageId === undefined || this.#used.has(imageId)) continue;
      this.#used.add(imageId);
      return Object.assign(image, { ImageId: imageId });
    }
    throw new Error('The account is too small for all that it is to show.');
  }

  /** The id of such an image, for something that references it. */
  takeOldestId(): string {
    return this.takeOldest().ImageId;
  }
}

/** Tags in the SDK's shape. */
export function tagsOf(record: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(record).map(([Key, Value]) => ({ Key, Value }));
}
