import type { LogReader } from '../log.ts';
import type { History } from '../position.ts';
import type { ReplicaSession } from './replica-session.ts';

/** Where this server's stream stands. */
export interface StreamSource {
  readonly history: History;
  readonly offset: number;
  /** The database that the stream is in: what follows may not say it again. */
  readonly streamDatabase: number;
  /** The next effect names its database: a replica begins here. */
  forgetDatabase(): void;
  /** A reader whose first byte is the one after `offset`. */
  readerAt(offset: number): LogReader;
}

/** One snapshot on its way to a group of replicas. */
export interface SnapshotJob {
  /** The replica is gone, or has all it wanted. */
  leave(session: ReplicaSession): void;
  /** The replica's connection took what waited. */
  drained(session: ReplicaSession): void;
  /** A keepalive to those who see nothing of the snapshot yet. To be called each second. */
  tick(): void;
}

/** Who is told how a job goes. */
export interface JobListener {
  /** The data set was walked: another snapshot may begin. */
  onWalked(): void;
  /** Nobody needs the job any more. */
  onOver(): void;
  /** The replica must go. */
  onGiveUp(session: ReplicaSession, reason: string): void;
}

/**
 * The lowest version that the data needs: strings and expiries are in every version since 5, and
 * servers back to Redis 6.2 load 9. Higher ones would only shut peers out.
 */
export const snapshotRdbVersion = 9;
