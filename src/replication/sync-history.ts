import type { RefusalReason } from './psync.ts';

/** A sync that was asked of us, and how it was decided. */
export interface SyncRecord {
  readonly atMs: number;
  readonly replica: string;
  readonly kind: 'full' | 'partial';
  /** Why not partial; null for a partial sync. */
  readonly reason: RefusalReason | null;
  /** Bytes of the backlog that a partial sync needed. */
  readonly bytes: number;
}

/** How many syncs are remembered. */
const recordsMax = 128;

/** Counts the syncs that replicas asked for, and remembers the last ones with their reasons. */
export class SyncHistory {
  fullCount = 0;
  partialCount = 0;
  refusedCount = 0;
  #records: SyncRecord[] = [];

  /** The last syncs, oldest first. */
  get records(): readonly SyncRecord[] {
    return this.#records;
  }

  add(record: SyncRecord): void {
    if (record.kind === 'partial') this.partialCount += 1;
    else this.fullCount += 1;
    // To ask for everything is no refusal.
    if (record.reason !== null && record.reason !== 'asked-for') this.refusedCount += 1;
    this.#records.push(record);
    if (this.#records.length > recordsMax) this.#records.shift();
  }

  /** CONFIG RESETSTAT. */
  reset(): void {
    this.fullCount = 0;
    this.partialCount = 0;
    this.refusedCount = 0;
  }
}
