import { assert } from '../base/assert.ts';
import { latin1Of } from '../base/bytes.ts';
import type { Command } from '../commands/command.ts';
import { flags } from '../commands/flags.ts';
import type { TrackingControl, TrackingState, TrackingWishes } from '../commands/instruments.ts';
import { keyPositionsOf } from '../commands/key-specs.ts';
import { ReplyWriter, type RespVersion } from '../protocol/reply-writer.ts';
import type { Request } from '../protocol/request.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Session } from './session.ts';
import { TrackingPrefixes } from './tracking-prefixes.ts';
import { TrackingTable } from './tracking-table.ts';

/** What tracking needs of the engine around it. */
export interface TrackingWorld {
  readonly clock: Clock;
  /** Sends bytes to a session: after its reply when its command runs, else in this turn. */
  readonly send: (session: Session, bytes: Uint8Array) => void;
  /** The session whose requests run; null while none do. */
  readonly current: () => Session | null;
  /** Called after the first client that tracks has come or the last has gone. */
  readonly changed: () => void;
  /** The session that messages are redirected to, if it is still there. */
  readonly sessionOf: (id: number) => Session | undefined;
}

/**
 * Client-side caching: remembers which keys clients have read, and tells them when those change. It
 * costs nothing while no client asks for it.
 */
export class Tracking implements TrackingControl {
  /** Whether any client tracks keys. */
  isOn = false;
  readonly table = new TrackingTable();
  readonly prefixes = new TrackingPrefixes();
  #keysMax = 1_000_000;
  readonly #world: TrackingWorld;
  readonly #sessions = new Map<number, Session>();
  readonly #encoder = new ReplyWriter();

  constructor(world: TrackingWorld) {
    this.#world = world;
  }

  /** How many clients track keys. */
  get clientCount(): number {
    return this.#sessions.size;
  }

  /** `tracking-table-max-keys`; 0: no limit. */
  set keysMax(keysMax: number) {
    this.#keysMax = keysMax;
    this.#trim();
  }

  get state(): TrackingState | null {
    return this.#current().tracking;
  }

  enable(wishes: TrackingWishes): void {
    const session = this.#current();
    const { isBroadcast, wishedPrefixes, ...rest } = wishes;
    const known = session.tracking?.prefixes ?? [];
    const wanted = isBroadcast && wishedPrefixes.length === 0 ? [''] : wishedPrefixes;
    const prefixes = isBroadcast ? [...new Set([...known, ...wanted])] : null;
    for (const prefix of prefixes ?? []) this.prefixes.add(session, prefix);
    session.tracking = { ...rest, prefixes, isRedirectionBroken: false, caching: null };
    this.#sessions.set(session.id, session);
    this.#changed();
  }

  disable(): void {
    this.forget(this.#current());
  }

  /** A session tracks no longer, or is gone. What it has read is forgotten as it changes. */
  forget(session: Session): void {
    for (const prefix of session.tracking?.prefixes ?? []) this.prefixes.remove(session, prefix);
    session.tracking = null;
    if (this.#sessions.delete(session.id)) this.#changed();
  }

  /** A command has run: its keys are remembered when its session is to hear of them. */
  ran(session: Session, command: Command, request: Request): void {
    const { tracking } = session;
    if (tracking === null) return;
    if (tracking.prefixes === null && isCached(tracking)) {
      const { flagBits } = command;
      const isRead = (flagBits & flags.readOnly) !== 0 && (flagBits & flags.pubsub) === 0;
      if (isRead) this.#remember(session, command, request);
    }
    // CLIENT CACHING holds for the next command, or for the transaction that begins with it.
    const isOver = session.transaction === null && !command.fullName.startsWith('client|');
    if (isOver) tracking.caching = null;
  }

  /** A key was changed, by the command of `by` or (null) because its time had come. */
  touch(bytes: Uint8Array, start: number, end: number, by: Session | null): void {
    if (this.prefixes.count > 0 && this.prefixes.touch(latin1Of(bytes, start, end), by)) {
      this.#world.clock.endOfTurn(() => this.#broadcast());
    }
    if (this.table.keyCount === 0) return;
    const clients = this.table.take(bytes, start, end);
    this.#invalidate(bytes.subarray(start, end), clients);
  }

  /** All keys of a database are gone: whatever clients have of any database is suspect. */
  flushed(): void {
    if (!this.isOn) return;
    this.table.clear();
    for (const session of [...this.#sessions.values()]) this.#tell(session, null);
  }

  #remember(session: Session, command: Command, request: Request): void {
    for (const { word } of keyPositionsOf(command.keySpecs, request)) {
      this.table.remember(request.bytes, request.starts[word], request.ends[word], session.id);
    }
    this.#trim();
  }

  /** Too many keys are remembered: those read longest ago count as changed. */
  #trim(): void {
    if (this.#keysMax === 0) return;
    while (this.table.keyCount > this.#keysMax) {
      const oldest = this.table.takeOldest();
      if (oldest === null) return;
      this.#invalidate(oldest.key, oldest.clients);
    }
  }

  #invalidate(key: Uint8Array, clients: Iterable<number>): void {
    for (const id of clients) {
      const session = this.#sessions.get(id);
      if (session?.tracking == null || session.tracking.prefixes !== null) continue;
      if (session.tracking.ignoresOwn && session === this.#world.current()) continue;
      this.#tell(session, [key]);
    }
  }

  #broadcast(): void {
    this.prefixes.report((session, keys) => this.#tell(session, keys));
  }

  /** `keys`: those to forget; null for all. */
  #tell(session: Session, keys: readonly Uint8Array[] | null): void {
    const { tracking } = session;
    if (tracking === null) return;
    const isRedirected = tracking.redirection !== 0;
    const receiver = isRedirected ? this.#world.sessionOf(tracking.redirection) : session;
    if (receiver === undefined) {
      tracking.isRedirectionBroken = true;
      if (session.protocol === 3) this.#world.send(session, this.#broken(tracking.redirection));
    } else if (receiver.protocol === 3) {
      this.#world.send(receiver, this.#message(3, keys));
    } else if (isRedirected && receiver.isSubscriber) {
      this.#world.send(receiver, this.#message(2, keys));
    }
  }

  #message(version: RespVersion, keys: readonly Uint8Array[] | null): Uint8Array {
    const encoder = this.#encoder;
    encoder.version = version;
    if (version === 3) {
      encoder.push(2);
      encoder.bulkLatin1('invalidate');
    } else {
      encoder.array(3);
      encoder.bulkLatin1('message');
      encoder.bulkLatin1('__redis__:invalidate');
    }
    if (keys === null) {
      encoder.nil();
    } else {
      encoder.array(keys.length);
      for (const key of keys) encoder.bulk(key);
    }
    return this.#encoded();
  }

  #broken(redirection: number): Uint8Array {
    const encoder = this.#encoder;
    encoder.version = 3;
    encoder.push(2);
    encoder.bulkLatin1('tracking-redir-broken');
    encoder.integer(redirection);
    return this.#encoded();
  }

  #encoded(): Uint8Array {
    const bytes = this.#encoder.bytes.slice(0, this.#encoder.length);
    this.#encoder.clear();
    return bytes;
  }

  #current(): Session {
    const session = this.#world.current();
    assert(session !== null, 'tracking is asked for by a command');
    return session;
  }

  #changed(): void {
    this.isOn = this.#sessions.size > 0;
    // Nobody is left to be told.
    if (!this.isOn) this.table.clear();
    this.#world.changed();
  }
}

/** Whether the keys of a command are remembered, given what the client chose. */
function isCached({ choice, caching }: TrackingState): boolean {
  if (choice === 'opt-in') return caching === 'yes';
  return choice !== 'opt-out' || caching !== 'no';
}
