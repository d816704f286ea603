import { bytesOf, latin1Of } from '../../src/base/bytes.ts';
import { CommandError } from '../../src/protocol/errors.ts';
import { ReplyWriter } from '../../src/protocol/reply-writer.ts';
import { Request } from '../../src/protocol/request.ts';
import { RequestParser } from '../../src/protocol/request-parser.ts';
import type {
  LoadOptions,
  LoadStatus,
  ReplicationHost,
  SnapshotLoad,
  SnapshotOptions,
  SnapshotWalk,
} from '../../src/replication/host.ts';
import { frameOf } from '../../src/replication/replica/handshake.ts';
import { Replication } from '../../src/replication/replication.ts';
import type { ReplicationSettings } from '../../src/replication/settings.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Connection } from '../../src/runtime/connection.ts';
import { seededRandom } from '../../src/runtime/seeded-random.ts';
import { SimulatedClock } from '../simulation/simulated-clock.ts';
import { SimulatedDisk } from '../simulation/simulated-disk.ts';
import { SimulatedNetwork } from '../simulation/simulated-network.ts';

/** Redis' defaults, but for the delay before a full sync. */
export const defaultSettings: ReplicationSettings = {
  port: 6379,
  replicaAnnounceIp: '',
  replicaAnnouncePort: 0,
  primaryPassword: '',
  primaryUser: '',
  replTimeoutSeconds: 60,
  replPingReplicaPeriodSeconds: 10,
  replBacklogBytes: 1024 * 1024,
  replBacklogTtlSeconds: 3600,
  replDisklessSync: true,
  replDisklessSyncDelaySeconds: 0,
  replDisklessSyncMaxReplicas: 0,
  replDisklessLoad: 'disabled',
  replDisableTcpNoDelay: false,
  tcpKeepAliveSeconds: 300,
  replicaPriority: 100,
  replicaReadOnly: true,
  replicaAnnounced: true,
  minReplicasToWrite: 0,
  minReplicasMaxLagSeconds: 10,
  replicaOutputLimit: { hardBytes: 256 << 20, softBytes: 64 << 20, softSeconds: 60 },
};

/** Settings that a test changes while they are in use. */
export type TestSettings = {
  -readonly [Name in keyof ReplicationSettings]: ReplicationSettings[Name];
};

/** A data set that knows SET alone: `database:key` → value. */
type Data = Map<string, string>;

/**
 * A server that can do nothing but replicate: real links, sessions and syncs over a toy data set, so
 * that tests of replication need no engine.
 */
export class ReplicationNode implements ReplicationHost {
  readonly name: string;
  readonly settings: TestSettings;
  readonly replication: Replication;
  readonly disk: SimulatedDisk;
  readonly lines: string[] = [];
  readonly roles: string[] = [];
  data: Data = new Map();
  primaryDatabase = 0;
  /** The next snapshots are taken to be of a type that is not known here. */
  refusesSnapshots = false;
  /** The next snapshots fail after their first chunk. */
  snapshotsFail = false;
  /** Bytes of a chunk, and how long the walk takes for each. */
  chunkBytes = 200;
  chunkDelayMs = 1;
  canStartSnapshot = true;
  readonly loads: string[] = [];
  snapshotCount = 0;
  readonly #clock: Clock;
  readonly #connections = new Map<number, Connection>();
  #transaction: Request[] | null = null;
  #nextId = 1;

  constructor(world: ReplicationWorldOfTests, name: string, changes: Partial<TestSettings>) {
    this.name = name;
    this.#clock = world.clock;
    this.settings = { ...defaultSettings, ...changes };
    this.disk = new SimulatedDisk(world.clock, world.random);
    const note = (line: string): void => void this.lines.push(line);
    this.replication = new Replication({
      host: this,
      settings: this.settings,
      clock: world.clock,
      random: world.random,
      connector: world.network.connectorOf(name),
      disk: this.disk,
      log: { debug: note, verbose: note, notice: note, warning: note },
    });
    const address = { kind: 'tcp', host: name, port: this.settings.port, backlog: 1 } as const;
    world.network.listenerOf(name).listen(
      address,
      (connection) => this.#accept(connection),
      () => {},
      () => {},
    );
  }

  get dataIsEmpty(): boolean {
    return this.data.size === 0;
  }

  /** A client's write, as the engine would publish it. */
  set(key: string, value: string, database = 0): void {
    this.data.set(`${database}:${key}`, value);
    const frame = frameOf(['SET', key, value]);
    this.replication.feed.feed(database, frame, 0, frame.length);
  }

  apply(request: Request): boolean {
    if (request.is(0, 'multi')) {
      this.#transaction = [];
      return false;
    }
    if (this.#transaction !== null && !request.is(0, 'exec')) {
      this.#transaction.push(Request.of(...wordsOf(request)));
      return false;
    }
    for (const each of this.#transaction ?? []) this.#execute(each);
    this.#transaction = null;
    this.#execute(request);
    return true;
  }

  forgetPrimaryTransaction(): void {
    this.#transaction = null;
  }

  startSnapshot(options: SnapshotOptions): SnapshotWalk {
    this.snapshotCount += 1;
    const text = JSON.stringify([options.streamDatabase, [...this.data]]);
    const bytes = bytesOf(`${String(text.length).padStart(8, '0')}${text}`);
    const walk = { at: 0, isPaused: false, isPlanned: false, isOver: false };
    const plan = (): void => {
      if (walk.isPaused || walk.isPlanned || walk.isOver) return;
      walk.isPlanned = true;
      this.#clock.after(this.chunkDelayMs, next);
    };
    const next = (): void => {
      walk.isPlanned = false;
      if (walk.isPaused || walk.isOver) return;
      if (walk.at >= bytes.length || (walk.at > 0 && this.snapshotsFail)) {
        walk.isOver = true;
        if (this.snapshotsFail) options.onFailure('out of memory');
        else options.onEnd();
        return;
      }
      const chunk = bytes.slice(walk.at, walk.at + this.chunkBytes);
      walk.at += chunk.length;
      options.onChunk(chunk);
      plan();
    };
    plan();
    return {
      pause: () => {
        walk.isPaused = true;
      },
      resume: () => {
        walk.isPaused = false;
        plan();
      },
      cancel: () => {
        walk.isOver = true;
      },
    };
  }

  beginLoad(options: LoadOptions): SnapshotLoad {
    this.loads.push(`${options.into}${options.servesOldData ? ' serving' : ''}`);
    const old = this.data;
    if (options.into === 'current') this.data = new Map();
    const load = { parts: [] as string[], bytes: 0, loaded: null as Data | null };
    return {
      feed: (bytes, start, end): LoadStatus => {
        if (this.refusesSnapshots) {
          return { status: 'failed', reason: "type hash of key 'h'", permanent: true };
        }
        const before = load.bytes;
        load.parts.push(latin1Of(bytes, start, end));
        load.bytes += end - start;
        if (load.bytes < 8) return { status: 'more' };
        if ((load.parts[0]?.length ?? 0) < 8) load.parts = [load.parts.join('')];
        const length = 8 + Number(load.parts[0]?.slice(0, 8));
        if (load.bytes < length) return { status: 'more' };
        const [streamDatabase, entries] = JSON.parse(load.parts.join('').slice(8, length));
        load.loaded = new Map(entries);
        return { status: 'done', consumed: length - before, streamDatabase };
      },
      commit: () => {
        if (load.loaded !== null) this.data = load.loaded;
      },
      abort: () => {
        if (options.into === 'second') this.data = old;
      },
    };
  }

  takeOver(sessionId: number): Connection {
    const connection = this.#connections.get(sessionId);
    if (connection === undefined) throw new Error(`no session ${sessionId}`);
    return connection;
  }

  closeSession(sessionId: number): void {
    this.#connections.get(sessionId)?.destroy();
  }

  roleChanged(role: 'primary' | 'replica'): void {
    this.roles.push(role);
  }

  /** Whether the log has a line that contains `fragment`. */
  logged(fragment: string): boolean {
    return this.lines.some((line) => line.includes(fragment));
  }

  /** One field of INFO replication. */
  info(name: string): string {
    const field = this.replication.infoFields().find(([each]) => each === name);
    return field === undefined ? '' : String(field[1]);
  }

  #execute(request: Request): void {
    if (request.is(0, 'select')) this.primaryDatabase = Number(request.text(1));
    else if (request.is(0, 'set')) {
      this.data.set(`${this.primaryDatabase}:${request.text(1)}`, request.text(2));
    }
  }

  #accept(connection: Connection): void {
    const id = this.#nextId;
    this.#nextId += 1;
    const parser = new RequestParser();
    const request = new Request();
    this.#connections.set(id, connection);
    connection.listen({
      onData: (bytes, length) => {
        this.replication.noteActivity(id);
        parser.feed(bytes, length);
        for (;;) {
          const found = parser.next(request);
          if (found === 'need-more' || typeof found === 'object') return;
          if (found === 'request') this.#serve(id, connection, request);
        }
      },
      onDrain: () => this.replication.sessionDrained(id),
      onClose: () => {
        this.#connections.delete(id);
        this.replication.sessionClosed(id);
      },
    });
  }

  #serve(id: number, connection: Connection, request: Request): void {
    const reply = new ReplyWriter();
    const remote = { remoteAddress: connection.remoteAddress, remoteHost: connection.remoteHost };
    const caller = { id, ...remote };
    try {
      if (request.is(0, 'replconf')) this.replication.replconf(caller, request, reply);
      else if (request.is(0, 'psync') || request.is(0, 'sync')) {
        this.replication.sync(caller, request, false);
      } else if (request.is(0, 'ping')) reply.simple('PONG');
      else if (request.is(0, 'auth')) this.#authenticate(request, reply);
      else reply.error('ERR unknown command');
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      reply.error(error.text);
    }
    if (reply.length > 0) connection.write(reply.bytes.slice(0, reply.length));
  }

  #authenticate(request: Request, reply: ReplyWriter): void {
    if (request.text(request.count - 1) === 'secret') reply.ok();
    else reply.error('WRONGPASS no');
  }
}

function wordsOf(request: Request): readonly Uint8Array[] {
  return Array.from({ length: request.count }, (_, i) => request.copyOf(i));
}

/** One clock and one network for some nodes. */
export class ReplicationWorldOfTests {
  readonly clock = new SimulatedClock();
  readonly random = seededRandom(7);
  readonly network = new SimulatedNetwork(this.clock, this.random);

  /** Starts a node; with `primary`, as its replica. */
  start(
    name: string,
    primary: ReplicationNode | null = null,
    changes: Partial<TestSettings> = {},
  ): ReplicationNode {
    const node = new ReplicationNode(this, name, changes);
    const address = primary === null ? null : { host: primary.name, port: primary.settings.port };
    this.clock.turn(() => node.replication.start(address));
    return node;
  }

  /** Runs `task` as a turn of its own. */
  turn(task: () => void): void {
    this.clock.turn(task);
  }

  /** Waits until `replica` streams and has all that `primary` has. */
  untilEqual(primary: ReplicationNode, replica: ReplicationNode): void {
    this.clock.until(`${replica.name} equals ${primary.name}`, () => {
      const { isReplica, isLinkUp, offset } = replica.replication;
      return (
        isReplica &&
        isLinkUp &&
        offset === primary.replication.offset &&
        equalData(primary, replica)
      );
    });
  }
}

/** Whether two nodes hold the same keys with the same values. */
export function equalData(left: ReplicationNode, right: ReplicationNode): boolean {
  if (left.data.size !== right.data.size) return false;
  for (const [key, value] of left.data) if (right.data.get(key) !== value) return false;
  return true;
}
