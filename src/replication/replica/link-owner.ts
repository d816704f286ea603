import type { Position, ReplicationId } from '../position.ts';

/** Whose link it is: who keeps the history, the offset and the backlog. */
export interface LinkOwner {
  /** Where we stand, to go on from there; null when there is nothing to go on from. */
  readonly position: Position | null;
  /** Offset of what is applied. */
  readonly offset: number;
  /** Whether the data here belongs to the history `id`. */
  hasHistory(id: ReplicationId): boolean;
  /** The data is about to be replaced: sub-replicas, backlog and position go with it. */
  replaceData(): void;
  /** A snapshot is the data now. */
  adoptSnapshot(target: Position | null, streamDatabase: number): void;
  /** The primary lets us go on; `id` is the history's new name, or null. */
  continueHistory(id: ReplicationId | null): void;
  /** What we have does not fit the primary's stream: ask for everything next time. */
  forgetPosition(): void;
  /** Bytes of the stream that are applied. */
  forward(bytes: Uint8Array, start: number, end: number): void;
  /** Bytes that came over the link, for the statistics. */
  countInput(bytes: number): void;
}
