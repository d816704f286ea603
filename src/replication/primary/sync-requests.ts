import { bytesOfLatin1 } from '../../base/bytes.ts';
import { parseSafeInteger } from '../../base/number-text.ts';
import { errors } from '../../protocol/errors.ts';
import type { Request } from '../../protocol/request.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { ReplicationLog } from '../log.ts';
import type { PsyncDecision, PsyncRequest, RefusalReason } from '../psync.ts';
import { decidePsync } from '../psync.ts';
import { steadyMs } from '../steady-time.ts';
import type { SyncHistory } from '../sync-history.ts';
import type { ReplicaSession } from './replica-session.ts';
import type { Replicas } from './replicas.ts';
import type { StreamSource } from './snapshot-source.ts';

/** What answering PSYNC and SYNC needs. */
export interface SyncParts {
  readonly replicas: Replicas;
  readonly log: ReplicationLog;
  readonly source: StreamSource;
  readonly records: SyncHistory;
  readonly lines: Log;
  readonly clock: Clock;
  /** The first replica comes and there is no backlog: a history begins that it can come back to. */
  readonly startHistory: () => void;
}

/**
 * Turns a session into a replica's, with a partial sync or a full one. Throws a `CommandError` when
 * it stays a client's. Requires: we are a primary, or our own link is up.
 */
export function answerSync(
  session: ReplicaSession,
  request: Request,
  hasPendingOutput: boolean,
  parts: SyncParts,
): void {
  const { introduction } = session;
  if (hasPendingOutput) throw errors.syncWithPendingOutput;
  if (introduction.content !== 'all' && !introduction.understandsEofMark) {
    throw errors.filterNeedsEofMark;
  }
  parts.lines.notice(`Replica ${session.address} asks for synchronization`);
  introduction.isPrePsync = !request.is(0, 'psync');
  const asked = introduction.isPrePsync ? { id: '?', nextByte: -1 } : psyncRequestOf(request);
  const decision = decidePsync(asked, parts.source.history, parts.log.window);
  parts.records.add({
    atMs: parts.clock.nowMs(),
    replica: session.address,
    kind: decision.kind,
    reason: decision.kind === 'full' ? decision.reason : null,
    bytes: decision.kind === 'partial' ? decision.bytes : 0,
  });
  parts.replicas.attach(session);
  if (decision.kind === 'partial') continueFor(session, decision, parts);
  else sendSnapshotTo(session, asked, decision.reason, parts);
}

function psyncRequestOf(request: Request): PsyncRequest {
  const nextByte = parseSafeInteger(request.bytes, request.starts[2], request.ends[2]);
  if (Number.isNaN(nextByte)) throw errors.notAnInteger;
  return { id: request.text(1), nextByte };
}

function continueFor(
  session: ReplicaSession,
  decision: Extract<PsyncDecision, { kind: 'partial' }>,
  { log, source, lines, replicas }: SyncParts,
): void {
  const id = session.introduction.understandsPsync2 ? ` ${source.history.id}` : '';
  session.send(bytesOfLatin1(`+CONTINUE${id}\r\n`));
  session.readFrom(log.readerAt(decision.nextByte - 1));
  session.handle({ kind: 'partialAccepted' });
  replicas.countGood();
  lines.notice(
    `Partial resynchronization request from ${session.address} accepted. ` +
      `Sending ${decision.bytes} bytes of backlog starting from offset ${decision.nextByte}.`,
  );
}

function sendSnapshotTo(
  session: ReplicaSession,
  asked: PsyncRequest,
  reason: RefusalReason,
  { log, lines, clock, replicas, startHistory }: SyncParts,
): void {
  lines.notice(refusalOf(session, asked, reason));
  if (!log.active) startHistory();
  session.handle({ kind: 'fullSyncNeeded', nowMs: steadyMs(clock) });
  replicas.fullSyncs.request(session);
}

function refusalOf(session: ReplicaSession, asked: PsyncRequest, reason: RefusalReason): string {
  switch (reason) {
    case 'asked-for':
      return `Full resync requested by replica ${session.address}`;
    case 'unknown-history':
      return (
        'Partial resynchronization not accepted: Replication ID mismatch ' +
        `(Replica asked for '${asked.id}')`
      );
    case 'diverged':
      return (
        'Partial resynchronization not accepted: Requested offset for second ID was ' +
        `${asked.nextByte}, which is beyond its end`
      );
    default:
      return (
        `Unable to partial resync with replica ${session.address} for lack of backlog ` +
        `(Replica request was: ${asked.nextByte}; ${reason}).`
      );
  }
}
