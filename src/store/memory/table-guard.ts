import type { ByteTable } from './byte-table.ts';

/**
 * What a table asks of the snapshot that is open over it. Records of a segment that is captured and
 * not yet released are pinned: neither freed nor changed in place.
 */
export interface TableGuard {
  /** The number of the snapshot; a segment with a lower epoch was not visited. */
  readonly epoch: number;
  /** Notes a segment's records before it changes; returns the capture's number. */
  capture(table: ByteTable, segment: number): number;
  /** Whether the capture's records are still needed. */
  isPending(capture: number): boolean;
  /** Frees the record when the capture is released. */
  freeLater(capture: number, ref: number): void;
}

/**
 * Stands where no snapshot has been yet. A field that is null for ever is taken for constant, and the
 * first snapshot would throw away the compiled code of every command that reads it.
 */
export const noGuard: TableGuard = {
  epoch: 0,
  capture: () => 0,
  isPending: () => false,
  freeLater: () => {},
};
