import type { History } from './position.ts';

/** What a replica asks for: to go on at `nextByte` of the history `id`. */
export interface PsyncRequest {
  /** As it was sent; `?` from a replica that knows no history. */
  readonly id: string;
  readonly nextByte: number;
}

/** Which bytes of the stream are still here: `[firstByte, firstByte + length)`. */
export interface BacklogWindow {
  readonly firstByte: number;
  readonly length: number;
}

/** Why a replica needs a full sync. The words go to the log, the counters and the sync history. */
export type RefusalReason =
  | 'asked-for'
  | 'unknown-history'
  | 'diverged'
  | 'no-backlog'
  | 'dropped-from-backlog'
  | 'ahead-of-us';

/** Whether a replica may go on where it stopped. */
export type PsyncDecision =
  | { readonly kind: 'partial'; readonly nextByte: number; readonly bytes: number }
  | { readonly kind: 'full'; readonly reason: RefusalReason };

/**
 * Decides on `PSYNC id nextByte`: a partial sync needs a history that is ours, or was ours up to the
 * byte asked for, and a backlog that still holds that byte. To ask for the byte that will be written
 * next is fine: then nothing was missed.
 */
export function decidePsync(
  request: PsyncRequest,
  history: History,
  backlog: BacklogWindow | null,
): PsyncDecision {
  const { nextByte } = request;
  if (request.id === '?') return { kind: 'full', reason: 'asked-for' };

  const id = request.id.toLowerCase();
  if (id !== history.id) {
    const { previous } = history;
    if (previous === null || id !== previous.id) return { kind: 'full', reason: 'unknown-history' };
    if (nextByte > previous.offset + 1) return { kind: 'full', reason: 'diverged' };
  }

  if (backlog === null) return { kind: 'full', reason: 'no-backlog' };
  const end = backlog.firstByte + backlog.length;
  if (nextByte < backlog.firstByte) return { kind: 'full', reason: 'dropped-from-backlog' };
  if (nextByte > end) return { kind: 'full', reason: 'ahead-of-us' };
  return { kind: 'partial', nextByte, bytes: end - nextByte };
}
