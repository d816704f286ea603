/** An engine in an empty world, for the tests of this folder. */
import { bytesOfLatin1, latin1Of } from '../base/bytes.ts';
import type { CommandTable } from '../commands/lookup.ts';
import { createCommandTable } from '../commands/table.ts';
import { errors } from '../protocol/errors.ts';
import type { Clock, Timer } from '../runtime/clock.ts';
import type { Connection, ConnectionListener } from '../runtime/connection.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import { Keyspace } from '../store/keyspace.ts';
import type { ServerConditions } from './admission.ts';
import type { Controls } from './command-run.ts';
import type { EffectSink } from './effects.ts';
import { Engine } from './engine.ts';
import { Session } from './session.ts';
import { Sessions } from './sessions.ts';

/** Time that moves when it is told to. */
export class ManualClock implements Clock {
  now = 1_700_000_000_000;
  /** How far each look at the monotonic clock moves it. */
  lookUs = 0;
  #us = 0;
  #turnEnds: (() => void)[] = [];
  readonly #timers = new Set<{ readonly atMs: number; readonly task: () => void }>();

  /** How many tasks wait for their time. */
  get timerCount(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.now;
  }

  monotonicUs(): number {
    this.#us += this.lookUs;
    return this.#us;
  }

  after(delayMs: number, task: () => void): Timer {
    const timer = { atMs: this.now + delayMs, task };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  every(): Timer {
    throw new Error('the engine plans nothing');
  }

  endOfTurn(task: () => void): void {
    this.#turnEnds.push(task);
  }

  /** Lets time pass, and runs what is due then, the earliest first. */
  advance(ms: number): void {
    const endMs = this.now + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= endMs);
      const next = due.sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.now = next.atMs;
      this.#timers.delete(next);
      next.task();
    }
    this.now = endMs;
  }

  /** Runs what waits for the end of the turn. */
  endTurn(): void {
    for (const task of this.#turnEnds.splice(0)) task();
  }
}

/** A connection that keeps what was sent. */
export class FakeConnection implements Connection {
  readonly remoteAddress: string;
  readonly localAddress = '127.0.0.1:7000';
  readonly remoteHost: string;
  /** All that was sent, one character per byte. */
  sent = '';
  /** How many writes there were. */
  writeCount = 0;
  /** Whether writes are kept because the peer does not read. */
  isStuck = false;
  isEnded = false;
  isDestroyed = false;
  pendingBytes = 0;
  keepAliveSeconds = -1;
  listener: ConnectionListener | null = null;

  constructor(remoteHost = '127.0.0.1', port = 50_000) {
    this.remoteHost = remoteHost;
    this.remoteAddress = `${remoteHost}:${port}`;
  }

  listen(listener: ConnectionListener): void {
    this.listener = listener;
  }

  write(bytes: Uint8Array): boolean {
    if (this.isEnded || this.isDestroyed) return true;
    this.sent += latin1Of(bytes);
    this.writeCount += 1;
    if (!this.isStuck) return true;
    this.pendingBytes += bytes.length;
    return false;
  }

  pause(): void {}
  resume(): void {}

  end(): void {
    this.isEnded = true;
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  setNoDelay(): void {}

  setKeepAlive(seconds: number): void {
    this.keepAliveSeconds = seconds;
  }
}

/** Writes effects down as a person would: `0: SET k v`, and MULTI and EXEC around groups. */
export class EffectDiary implements EffectSink {
  wantsEffects = true;
  offset = 0;
  readonly lines: string[] = [];
  /** The same effects as they were encoded. */
  readonly frames: string[] = [];

  feed(databaseIndex: number, bytes: Uint8Array, start: number, end: number): void {
    const frame = latin1Of(bytes, start, end);
    this.offset += end - start;
    this.frames.push(frame);
    const words = frame.split('\r\n').filter((_, i) => i > 0 && i % 2 === 0);
    this.lines.push(`${databaseIndex}: ${words.join(' ')}`);
  }

  beginTransaction(): void {
    this.lines.push('MULTI');
  }

  endTransaction(): void {
    this.lines.push('EXEC');
  }
}

const nothingRefuses: ServerConditions = {
  passwordRequired: false,
  isReplica: false,
  replicaReadOnly: true,
  staleDataForbidden: false,
  loading: false,
  asyncLoading: false,
  tooFewReplicas: false,
  outOfMemory: false,
  savingFailed: false,
  debugAllowed: 'no',
};

/** Commands keep nothing of the engine that runs them: one table serves all. */
const commandTable = createCommandTable();

/** One client of a `TestEngine`. */
export interface TestClient {
  readonly session: Session;
  readonly connection: FakeConnection;
  /** Gives the engine bytes, as one piece, in memory that is spoilt afterwards. */
  receive(text: string): void;
  /** The same, and what was answered. */
  ask(text: string): string;
}

/** An engine with clients, whose world does nothing by itself. */
export class TestEngine {
  readonly clock = new ManualClock();
  readonly effects = new EffectDiary();
  readonly sessions = new Sessions();
  readonly conditions: ServerConditions = { ...nothingRefuses };
  /** What was told to the server around the engine. */
  readonly events: string[] = [];
  readonly keyspace: Keyspace;
  readonly engine: Engine;
  /** Needed by AUTH; '' is none. */
  password = '';
  /** All pieces of input arrive in this memory, as they do from sockets. */
  readonly #memory = new Uint8Array(1024 * 1024);

  constructor(seed = 1, table: CommandTable = commandTable) {
    const random = seededRandom(seed);
    this.keyspace = new Keyspace(16, random);
    this.engine = new Engine({
      table,
      keyspace: this.keyspace,
      clock: this.clock,
      random,
      sink: this.effects,
      conditions: this.conditions,
      sessionOf: (id) => this.sessions.get(id),
      events: {
        endSession: (session) => {
          this.events.push(`end ${session.id}`);
          session.connection?.end();
        },
        outputKept: (session) => this.events.push(`output kept ${session.id}`),
        foreignProtocol: (session) => this.events.push(`foreign protocol ${session.id}`),
        blankLine: (session) => this.events.push(`blank line ${session.id}`),
      },
    });
    this.engine.attach(controlsOf(this));
  }

  /** Changes what admission looks at. */
  set(conditions: Partial<ServerConditions>): void {
    Object.assign(this.conditions, conditions);
    this.engine.conditionsChanged();
  }

  connect(kind: Session['kind'] = 'client', host = '127.0.0.1'): TestClient {
    const id = this.sessions.nextId();
    const connection = new FakeConnection(host, 50_000 + id);
    const session = new Session({
      id,
      kind,
      connection,
      nowMs: this.clock.now,
      authenticated: this.password === '',
      maxBulkBytes: 512 * 1024 * 1024,
    });
    this.sessions.add(session);
    const receive = (text: string): void => {
      if (session.state.name === 'closing') return;
      this.#memory.set(bytesOfLatin1(text));
      this.engine.receive(session, this.#memory, text.length);
      this.#memory.fill(0xaa, 0, text.length);
    };
    const ask = (text: string): string => {
      const before = connection.sent.length;
      receive(text);
      return connection.sent.slice(before);
    };
    return { session, connection, receive, ask };
  }

  /** Ends every wait and every pause, until nobody waits. */
  settle(): void {
    for (let turn = 0; turn < 10_000; turn += 1) {
      this.engine.waits.unpause('client');
      for (const session of this.sessions.all) this.engine.waits.unblock(session, 'timeout');
      this.clock.endTurn();
      const isQuiet = this.sessions.blockedCount === 0 && this.engine.waits.pauses.mode === null;
      if (isQuiet) return;
    }
    throw new Error('the sessions go on waiting');
  }
}

/** A request as a client sends it: words without spaces. */
export function frameOf(line: string): string {
  const words = line.split(' ');
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

function controlsOf(world: TestEngine): Controls {
  return {
    settings: {
      matching: () => [],
      set: () => null,
      rewrite: () => null,
      get passwordRequired() {
        return world.password !== '';
      },
      authenticate: (user, password) => user === 'default' && latin1Of(password) === world.password,
      databaseCount: 16,
      maxBulkBytes: 512 * 1024 * 1024,
      usesLfu: false,
    },
    clients: {
      get count() {
        return world.sessions.count;
      },
      list: (filter) => world.sessions.matching(filter, world.clock.now),
      kill: unused,
      pause: (mode, untilMs) => world.engine.waits.pause('client', mode, untilMs),
      unpause: () => world.engine.waits.unpause('client'),
      unblock: (id, how) => {
        const session = world.sessions.get(id);
        return session !== undefined && world.engine.waits.unblock(session, how);
      },
    },
    replication: {
      isReplica: false,
      roleView: unused,
      follow: unused,
      promote: unused,
      replconf: unused,
      sync: unused,
      acknowledgedBy: () => 0,
      wait: (context) => {
        const session = world.sessions.get(context.session.id);
        if (session === undefined) return;
        world.engine.block(session, {
          answer: (end, reply) => {
            if (end === 'error') reply.error(errors.unblockedByClient.text);
            else reply.integer(end === 'ready' ? 1 : 0);
          },
          cancel: () => world.events.push(`cancelled ${session.id}`),
        });
      },
    },
    server: serverControlOf(world),
    values: { dump: unused, restore: unused, replaceWithNothing: unused },
  };
}

function serverControlOf(world: TestEngine): Controls['server'] {
  return {
    info: unused,
    memory: unused,
    resetStatistics: unused,
    shutdown: unused,
    sleep: unused,
    setActiveExpiry: unused,
    reload: unused,
    save: unused,
    backgroundSave: unused,
    lastSaveAtMs: world.clock.now,
    dataFlushed: () => {},
    logLine: unused,
    nowUs: () => world.clock.now * 1000,
    changeReplicationId: unused,
    debugSwitch: unused,
    startedAtMs: world.clock.now,
  };
}

function unused(): never {
  throw new Error('not part of this world');
}
