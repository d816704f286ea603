import type { Request } from '../protocol/request.ts';
import type { Connection } from '../runtime/connection.ts';
import type { History, ReplicationOffset } from './position.ts';

/**
 * What replication needs of the server around it: the engine that executes, the data set that is
 * saved and loaded, and the client connections that become replicas.
 */
export interface ReplicationHost {
  /**
   * Executes a request of the primary's link, without a reply and without publishing effects: the
   * link forwards the bytes itself. A reply that is an error is logged and counted by the host.
   *
   * @returns whether the stream is at a boundary afterwards: false inside MULTI, until EXEC.
   */
  apply(request: Request): boolean;

  /** The database that the primary's stream is in. Kept across disconnections. */
  primaryDatabase: number;

  /** Forgets a transaction that the primary's stream had begun: the link broke inside it. */
  forgetPrimaryTransaction(): void;

  /** Whether no database has a key. */
  readonly dataIsEmpty: boolean;

  /** Whether nobody writes a snapshot: there is one at a time. `Replication.snapshotIsFree` tells. */
  readonly canStartSnapshot: boolean;

  /**
   * Begins to write the data set of this very moment as RDB. Requires: `canStartSnapshot`.
   * Callbacks come later, never from inside this call; after `cancel` none comes.
   */
  startSnapshot(options: SnapshotOptions): SnapshotWalk;

  /**
   * Begins to take a data set in. `current`: the old data is dropped now and clients are told
   * LOADING. `second`: the new data grows beside the old one, which is served when `servesOldData`,
   * and takes its place at `commit`.
   */
  beginLoad(options: LoadOptions): SnapshotLoad;

  /**
   * Makes a client's session a replica's: replies before it are sent, from now on only replication
   * writes to the connection. Its bytes still arrive as commands (REPLCONF ACK); its end and its
   * drains are reported through `Replication.sessionClosed` and `sessionDrained`.
   */
  takeOver(sessionId: number): Connection;

  /** Closes a session at once; `sessionClosed` follows. Harmless when it is gone. */
  closeSession(sessionId: number): void;

  /** The role changed: who is blocked gets UNBLOCKED, WAIT included, and the log its role letter. */
  roleChanged(role: 'primary' | 'replica'): void;
}

/** How a snapshot is to be written, and who takes it. */
export interface SnapshotOptions {
  readonly rdbVersion: number;
  /** For the aux fields `repl-id`, `repl-offset` and `repl-stream-db`. */
  readonly history: History;
  readonly offset: ReplicationOffset;
  readonly streamDatabase: number;
  /** Whether every receiver takes the hash key of our tables over (`sharedHashCapability`). */
  readonly sharesHash: boolean;
  /** `functions`: no keys. `nothing`: an RDB without content. */
  readonly content: 'all' | 'functions' | 'nothing';
  /** The next bytes, lent until the call returns. */
  onChunk(bytes: Uint8Array): void;
  onEnd(): void;
  onFailure(reason: string): void;
}

/** A snapshot under way. */
export interface SnapshotWalk {
  /** No further chunks until `resume`, but for the one being made. */
  pause(): void;
  resume(): void;
  /** Gives it up and lets go of all memory. Harmless after its end. */
  cancel(): void;
}

/** Where loaded data goes. */
export interface LoadOptions {
  readonly into: 'current' | 'second';
  /** Whether clients are served from the old data meanwhile (`async_loading`); only for `second`. */
  readonly servesOldData: boolean;
  /** Length of the snapshot for INFO; null when it is not known. */
  readonly totalBytes: number | null;
}

/** A data set that is being taken in. */
export interface SnapshotLoad {
  /** Takes `bytes[start, end)`; the memory is the caller's again afterwards. */
  feed(bytes: Uint8Array, start: number, end: number): LoadStatus;
  /** The snapshot is complete: the new data is the data. */
  commit(): void;
  /** Gives up. `current` leaves an empty data set, `second` the old one. */
  abort(): void;
}

/** How far a load is. */
export type LoadStatus =
  | { readonly status: 'more' }
  | {
      readonly status: 'done';
      /** How many of the bytes given belonged to the snapshot. */
      readonly consumed: number;
      /** The aux field `repl-stream-db`, 0 without one. */
      readonly streamDatabase: number;
    }
  | {
      readonly status: 'failed';
      readonly reason: string;
      /** Whether the same data would fail again: a type or version that is not known here. */
      readonly permanent: boolean;
    };

/** The client behind a command, as far as replication needs to know it. */
export interface Caller {
  readonly id: number;
  /** `host:port`, for the log. */
  readonly remoteAddress: string;
  /** The address without the port. */
  readonly remoteHost: string;
}
