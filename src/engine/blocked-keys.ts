import { latin1Of } from '../base/bytes.ts';
import type { BlockingControl, KeyWait } from '../commands/context.ts';
import { errors } from '../protocol/errors.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import { Request } from '../protocol/request.ts';
import type { Clock, Timer } from '../runtime/clock.ts';
import type { Database } from '../store/database.ts';
import type { CommandRun } from './command-run.ts';
import { shapeCount, shapeOf } from './key-shape.ts';
import type { ReplyWait, Session, WaitEnd } from './session.ts';

/** A session that waits for keys, and the request that will be run again. */
export interface KeyWaiter {
  readonly session: Session;
  readonly request: Request;
  /** The request came under CLIENT REPLY OFF or SKIP. */
  readonly isMuted: boolean;
  readonly type: KeyWait['type'];
  readonly onTimeout: KeyWait['onTimeout'];
  readonly wakesOnDelete: boolean;
  readonly lines: Set<Line>;
  timer: Timer | null;
}

/** Who waits for one key, in the order in which they came. */
interface Line {
  readonly databaseIndex: number;
  readonly name: string;
  readonly key: Uint8Array;
  readonly waiters: Set<KeyWaiter>;
  /** It is among those that may serve. */
  isReady: boolean;
}

/** What blocking on keys needs of the engine around it. */
export interface BlockedKeysWorld {
  readonly clock: Clock;
  /** Holds the running session's requests back until `unblock`. */
  readonly block: (session: Session, wait: Omit<ReplyWait, 'kind' | 'isMuted'>) => void;
  readonly unblock: (session: Session, end: WaitEnd) => void;
  /** A key may serve: `candidates` are to be asked for when the running command is over. */
  readonly readied: () => void;
  /** Somebody begins to wait, or nobody waits any more: whether databases are observed may change. */
  readonly observe: () => void;
}

/**
 * Sessions that wait for keys. Every key that somebody waits for has a line; a key that may serve is
 * noted once, and when the command or transaction that made it is over, the commands of those who
 * wait are run again, one by one. A command that finds nothing again keeps its place.
 */
export class BlockedKeys implements BlockingControl {
  /** Keys that somebody waits for. */
  lineCount = 0;
  /** Sessions that also want to hear when a key is gone. */
  deleteWaiterCount = 0;
  /** Sessions whose wait has an end. */
  timedCount = 0;
  readonly #run: CommandRun;
  readonly #world: BlockedKeysWorld;
  readonly #lines = new Map<number, Map<string, Line>>();
  readonly #shapes = new Int32Array(shapeCount);
  readonly #ready: Line[] = [];
  #retried: KeyWaiter | null = null;

  constructor(run: CommandRun, world: BlockedKeysWorld) {
    this.#run = run;
    this.#world = world;
  }

  get allowed(): boolean {
    const { session } = this.#run;
    return session.kind === 'client' && !session.inTransaction;
  }

  get isRetry(): boolean {
    return this.#retried !== null;
  }

  /** Keys whose end somebody waits for. */
  get deleteLineCount(): number {
    let count = 0;
    for (const lines of this.#lines.values()) {
      for (const { waiters } of lines.values()) {
        if ([...waiters].some((waiter) => waiter.wakesOnDelete)) count += 1;
      }
    }
    return count;
  }

  /** Whether a key may serve somebody. */
  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  blockOnKeys(wait: KeyWait): void {
    if (!this.allowed) throw new Error('a command blocks where nothing may');
    const waiter = this.#retried ?? this.#enter(wait);
    this.#world.block(waiter.session, {
      answer: (end, reply) => {
        this.#leave(waiter);
        answer(waiter, end, reply);
      },
      cancel: () => this.#leave(waiter),
    });
  }

  readyKey(word: number): void {
    if (this.lineCount === 0) return;
    const { bytes, starts, ends } = this.#run.request;
    this.ready(this.#run.database, bytes, starts[word], ends[word]);
  }

  readyKeyIn(database: Database, key: Uint8Array): void {
    this.ready(database, key, 0, key.length);
  }

  /** The key `bytes[start, end)` may serve now. */
  ready(database: Database, bytes: Uint8Array, start: number, end: number): void {
    const line = this.#find(database, bytes, start, end);
    if (line !== undefined) this.#markReady(line);
  }

  /** A key was changed: those who want to know are told when it is gone, or another thing. */
  touch(database: Database, bytes: Uint8Array, start: number, end: number): void {
    const line = this.#find(database, bytes, start, end);
    if (line === undefined || line.isReady) return;
    const record = database.find(bytes, start, end);
    const type = record === 0 ? null : database.typeOf(record);
    for (const { wakesOnDelete, type: wanted } of line.waiters) {
      if (wakesOnDelete && type !== wanted) this.#markReady(line);
    }
  }

  /** All keys of a database were replaced by others, or are gone: SWAPDB, FLUSHALL, a full sync. */
  databaseReplaced(database: Database): void {
    for (const line of this.#lines.get(database.index)?.values() ?? []) this.#markReady(line);
  }

  /** Those whose turn it is, in order; each is given to `retry` before the next is asked for. */
  *candidates(): Generator<KeyWaiter, void, void> {
    for (let line = this.#ready.shift(); line !== undefined; line = this.#ready.shift()) {
      // It may become ready again while it serves: then it stands in the next round.
      line.isReady = false;
      for (const waiter of [...line.waiters]) {
        if (line.waiters.has(waiter) && this.#mayServe(line, waiter)) yield waiter;
      }
    }
  }

  /** Runs a waiter's command again. It leaves its lines unless it goes on waiting. */
  retry(waiter: KeyWaiter, execute: () => void): void {
    waiter.session.enter({ name: 'running' });
    this.#retried = waiter;
    try {
      execute();
    } finally {
      this.#retried = null;
      if (waiter.session.state.name !== 'blocked') this.#leave(waiter);
    }
  }

  #mayServe({ databaseIndex, key }: Line, { type, wakesOnDelete }: KeyWaiter): boolean {
    if (wakesOnDelete) return true;
    const database = this.#run.keyspace.databases[databaseIndex];
    const record = database.find(key, 0, key.length);
    if (record === 0 || this.#run.isDue(database, record)) return false;
    return type === 'any' || database.typeOf(record) === type;
  }

  #enter(wait: KeyWait): KeyWaiter {
    const { session, reply } = this.#run;
    const request = copyOf(wait.request ?? this.#run.request);
    const waiter: KeyWaiter = {
      session,
      request,
      isMuted: reply.muted,
      type: wait.type,
      onTimeout: wait.onTimeout,
      wakesOnDelete: wait.wakeOnDelete === true,
      lines: new Set(),
      timer: null,
    };
    if (waiter.wakesOnDelete) this.deleteWaiterCount += 1;
    for (const word of wait.words) this.#join(waiter, request.word(word));
    if (wait.timeoutMs > 0) {
      this.timedCount += 1;
      this.#startTimer(waiter, wait.timeoutMs);
    }
    return waiter;
  }

  #join(waiter: KeyWaiter, key: Uint8Array): void {
    const { index } = this.#run.database;
    const name = latin1Of(key);
    const lines = this.#lines.get(index) ?? new Map<string, Line>();
    this.#lines.set(index, lines);
    let line = lines.get(name);
    if (line === undefined) {
      line = { databaseIndex: index, name, key, waiters: new Set(), isReady: false };
      lines.set(name, line);
      this.#shapes[shapeOf(key, 0, key.length)] += 1;
      this.lineCount += 1;
      if (this.lineCount === 1) this.#world.observe();
    }
    line.waiters.add(waiter);
    waiter.lines.add(line);
  }

  #leave(waiter: KeyWaiter): void {
    if (waiter.timer !== null) {
      waiter.timer.cancel();
      waiter.timer = null;
      this.timedCount -= 1;
    }
    if (waiter.wakesOnDelete && waiter.lines.size > 0) this.deleteWaiterCount -= 1;
    for (const line of waiter.lines) {
      line.waiters.delete(waiter);
      if (line.waiters.size > 0) continue;
      this.#lines.get(line.databaseIndex)?.delete(line.name);
      this.#shapes[shapeOf(line.key, 0, line.key.length)] -= 1;
      this.lineCount -= 1;
      if (this.lineCount === 0) this.#world.observe();
    }
    waiter.lines.clear();
  }

  #startTimer(waiter: KeyWaiter, leftMs: number): void {
    const delayMs = Math.min(leftMs, delayMsMax);
    waiter.timer = this.#world.clock.after(delayMs, () => {
      if (leftMs > delayMs) this.#startTimer(waiter, leftMs - delayMs);
      else this.#world.unblock(waiter.session, 'timeout');
    });
  }

  #find(database: Database, bytes: Uint8Array, start: number, end: number): Line | undefined {
    if (this.#shapes[shapeOf(bytes, start, end)] === 0) return undefined;
    return this.#lines.get(database.index)?.get(latin1Of(bytes, start, end));
  }

  #markReady(line: Line): void {
    if (line.isReady) return;
    line.isReady = true;
    this.#ready.push(line);
    this.#world.readied();
  }
}

function answer({ onTimeout }: KeyWaiter, end: WaitEnd, reply: ReplyWriter): void {
  if (end === 'error') reply.error(errors.unblockedByClient.text);
  else if (end === 'role-changed') reply.error(errors.unblockedByRoleChange.text);
  else if (onTimeout === 'nil') reply.nil();
  else reply.nilArray();
}

function copyOf(request: Request): Request {
  return Request.of(...Array.from({ length: request.count }, (_, i) => request.copyOf(i)));
}

/** Timers of machines run no longer than about 24 days. */
const delayMsMax = 2 ** 31 - 1;
