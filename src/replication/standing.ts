import type { Random } from '../runtime/random.ts';
import type { ReplicationFeed } from './feed.ts';
import type { ReplicationHost } from './host.ts';
import type { LogReader, ReplicationLog } from './log.ts';
import type { History, Position, ReplicationId, SavedPosition } from './position.ts';
import { newHistory, newReplicationId, shiftHistory } from './position.ts';
import type { StreamSource } from './primary/snapshot-source.ts';
import type { LinkOwner } from './replica/link-owner.ts';

/** What a standing is made of. */
export interface StandingParts {
  readonly host: ReplicationHost;
  readonly random: Random;
  readonly log: ReplicationLog;
  readonly feed: ReplicationFeed;
  /** The sub-replicas must sync anew: what they have is no longer what we have. */
  readonly cutReplicas: (reason: string) => void;
  readonly countInput: (bytes: number) => void;
}

/**
 * Where this server stands: its history, how far it is, and whether it may go on from there. The
 * link to a primary moves it, replicas begin from it.
 */
export class Standing implements LinkOwner, StreamSource {
  readonly #parts: StandingParts;
  #history: History;
  /** False when the data does not belong to our position: nobody has to let us go on. */
  #mayContinue = true;

  constructor(parts: StandingParts) {
    this.#parts = parts;
    this.#history = newHistory(parts.random);
  }

  get history(): History {
    return this.#history;
  }

  get offset(): number {
    return this.#parts.log.offset;
  }

  get position(): Position | null {
    return this.#mayContinue ? { id: this.#history.id, offset: this.offset } : null;
  }

  /** Where the data stands, to be saved with it; null when nobody could go on from there. */
  get savedPosition(): SavedPosition | null {
    const { feed, log } = this.#parts;
    const isKnown = feed.originates ? log.active : this.#mayContinue;
    if (!isKnown) return null;
    return { id: this.#history.id, offset: this.offset, streamDatabase: this.streamDatabase };
  }

  /** A primary's stream is in its last effect's database, a replica's in its primary's. */
  get streamDatabase(): number {
    const { feed, host } = this.#parts;
    return feed.originates ? Math.max(feed.database, 0) : host.primaryDatabase;
  }

  hasHistory(id: ReplicationId): boolean {
    return id === this.#history.id;
  }

  forgetDatabase(): void {
    this.#parts.feed.forgetDatabase();
  }

  readerAt(offset: number): LogReader {
    return this.#parts.log.readerAt(offset);
  }

  forward(bytes: Uint8Array, start: number, end: number): void {
    this.#parts.feed.forward(bytes, start, end);
  }

  countInput(bytes: number): void {
    this.#parts.countInput(bytes);
  }

  replaceData(): void {
    this.#mayContinue = false;
    this.#parts.cutReplicas('the data is replaced by a full sync');
    this.#parts.log.free();
  }

  adoptSnapshot(target: Position | null, streamDatabase: number): void {
    const { host, log, random } = this.#parts;
    // A primary that tells no position cannot let us go on later either.
    this.#history = target === null ? newHistory(random) : { id: target.id, previous: null };
    this.#mayContinue = target !== null;
    log.restartAt(target?.offset ?? 0);
    host.primaryDatabase = streamDatabase;
  }

  continueHistory(id: ReplicationId | null): void {
    this.#parts.log.create();
    if (id === null || id === this.#history.id) return;
    this.#history = shiftHistory(this.#history, this.offset, id);
    this.#parts.cutReplicas('the history has another id now');
  }

  forgetPosition(): void {
    this.#mayContinue = false;
  }

  /** Promotion: others may follow us from where they are, under the old id. */
  shift(): void {
    this.#history = shiftHistory(this.#history, this.offset, newReplicationId(this.#parts.random));
    this.#mayContinue = true;
    this.#parts.cutReplicas('the history has another id now');
  }

  /**
   * The data was loaded from the file that we saved at `saved`. A replica goes on from there; a
   * primary begins another history, which replicas that were there and no further may go on with.
   */
  restore(saved: SavedPosition): void {
    const { feed, log, random } = this.#parts;
    if (!feed.originates) {
      this.adoptSnapshot(saved, saved.streamDatabase);
      return;
    }
    const past = { id: saved.id, previous: null };
    this.#history = shiftHistory(past, saved.offset, newReplicationId(random));
    log.restartAt(saved.offset);
  }

  /** A new history without a past, with or without a backlog to begin it. */
  startHistory(withBacklog: boolean): void {
    this.#history = newHistory(this.#parts.random);
    if (withBacklog) this.#parts.log.create();
    else this.#parts.log.free();
  }

  /** DEBUG CHANGE-REPL-ID: the same stream under another name; replicas notice at their next sync. */
  renameHistory(): void {
    this.#history = newHistory(this.#parts.random);
  }
}
