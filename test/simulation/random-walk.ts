import { frameOf } from '../../src/replication/replica/handshake.ts';
import type { Random } from '../../src/runtime/random.ts';
import { seededRandom } from '../../src/runtime/seeded-random.ts';
import { Cluster, usualTopology } from './cluster.ts';
import { pick, randomServing, randomWait, randomWrite } from './random-writes.ts';
import type { SettingTexts } from './simulated-server.ts';
import { serverPort } from './simulated-server.ts';

/** A walk that broke a rule: how to see it again, and what happened before. */
export class WalkFailure extends Error {
  override readonly name = 'WalkFailure';

  constructor(seed: number, steps: readonly string[], cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const last = steps.slice(-30).join('\n  ');
    super(`${reason}\nrepeat with: npm run simulate -- --seed ${seed}\nlast steps:\n  ${last}`, {
      cause,
    });
  }
}

const stepCount = 50;
/** How many connections are there to wait with. */
const waiterCount = 4;
/** However long the faults were, afterwards everybody gets there. */
const healingMs = 900_000;

/** Drives one cluster through random work and faults. Throws a `WalkFailure`. */
export class RandomWalk {
  readonly cluster: Cluster;
  readonly steps: string[] = [];
  readonly #seed: number;
  readonly #random: Random;
  /** Who takes the writes. */
  #leader = 'primary';
  /** Keys whose writes all replicas had acknowledged when their leader handed over. */
  readonly #promised = new Map<string, string>();
  #markers = 0;

  constructor(seed: number) {
    this.#seed = seed;
    // The cluster's own chance must not depend on what the walk decides.
    this.#random = seededRandom(seed ^ 0x5eed);
    // All nodes must agree on this one: the bytes of a HyperLogLog are its value.
    const sparse = { 'hll-sparse-max-bytes': pick(this.#random, ['20', '3000']) };
    const settings = { ...this.#settings(), ...sparse };
    this.cluster = new Cluster({ seed, topology: usualTopology, settings });
  }

  run(): void {
    try {
      for (let i = 0; i < stepCount; i += 1) this.#step();
      this.#settle();
    } catch (error) {
      throw new WalkFailure(this.#seed, this.steps, error);
    }
  }

  #step(): void {
    const action = pick(this.#random, actions);
    this.#note(action.name);
    action.run(this);
    this.cluster.clock.advance(this.#below(300));
    this.cluster.checkPositions();
  }

  /** All faults end: then everybody must stream, and hold the same. */
  #settle(): void {
    const { cluster } = this;
    this.#note('faults end');
    cluster.heal();
    cluster.network.mood = { minDelayMs: 0.1, maxDelayMs: 3, maxPieceBytes: 16 * 1024 };
    cluster.runUntilInSync(healingMs);
    cluster.checkPositions();
    cluster.checkSameData();
  }

  write(): void {
    const count = 1 + this.#below(60);
    for (let i = 0; i < count; i += 1) {
      this.cluster.client(this.#leader).send(randomWrite(this.#random));
    }
  }

  writeMuch(): void {
    for (let i = 0; i < 30; i += 1) {
      const words = ['SET', `large${this.#below(20)}`, 'v'.repeat(this.#below(4_000))];
      this.cluster.client(this.#leader).send(words);
    }
  }

  transaction(): void {
    const client = this.cluster.client(this.#leader);
    client.send(['MULTI']);
    const count = this.#below(6);
    for (let i = 0; i < count; i += 1) client.send(randomWrite(this.#random));
    client.send(['EXEC']);
  }

  /** Some wait on the leader for what comes soon, or not. */
  waitAndServe(): void {
    const { cluster } = this;
    for (let i = 0; i < waiterCount; i += 1) {
      cluster.waiter(this.#leader, i).send(randomWait(this.#random));
    }
    cluster.clock.advance(this.#below(50));
    const count = this.#below(8);
    for (let i = 0; i < count; i += 1) {
      cluster.client(this.#leader).send(randomServing(this.#random));
    }
  }

  rest(): void {
    this.cluster.clock.advance(this.#below(2_000));
  }

  restLong(): void {
    this.cluster.clock.advance(this.#below(25_000));
  }

  cutOneWay(): void {
    const [from, to] = this.#pair();
    this.#note(`${from} → ${to}`);
    this.cluster.network.cut(from, to);
  }

  cutBothWays(): void {
    const [from, to] = this.#pair();
    this.#note(`${from} ↔ ${to}`);
    this.cluster.cut(from, to);
  }

  breakConnections(): void {
    const [from, to] = this.#pair();
    this.#note(`${from}, ${to}`);
    this.cluster.clock.turn(() => this.cluster.network.break(from, to));
  }

  heal(): void {
    this.cluster.heal();
  }

  changeMood(): void {
    const maxDelayMs = [1, 5, 50, 400][this.#below(4)] ?? 1;
    const maxPieceBytes = [1, 7, 100, 16_384][this.#below(4)] ?? 1;
    // Tiny pieces with long delays would only make the walk slow.
    const isSlow = maxDelayMs > 5 && maxPieceBytes < 1_000;
    this.cluster.network.mood = {
      minDelayMs: 0.1,
      maxDelayMs,
      maxPieceBytes: isSlow ? 5_000 : Math.max(maxPieceBytes, 20),
    };
  }

  restartReplica(): void {
    const name = pick(this.#random, this.#replicas());
    this.#note(name);
    this.cluster.closeClients(name);
    this.cluster.restart(name);
  }

  /** The leader dies for good and comes back empty, under the replica that knows most. */
  failOver(): void {
    const heirs = this.#replicas().filter((name) => {
      const { isReplica, backlog } = this.cluster.replication(name);
      return isReplica && backlog !== null && this.cluster.upstream.get(name) === this.#leader;
    });
    if (heirs.length === 0) return;
    const offsetOf = (name: string): number => this.cluster.replication(name).offset;
    const heir = heirs.reduce((best, name) => (offsetOf(name) > offsetOf(best) ? name : best));
    const old = this.#leader;
    this.#note(`${old} dies, ${heir} takes over`);
    this.#promised.clear();
    this.cluster.closeClients(old);
    this.cluster.restart(old);
    this.#lead(heir);
  }

  /** The leader hands over to a replica that acknowledged everything. */
  handOver(): void {
    const { cluster } = this;
    const followers = this.#replicas().filter(
      (name) => cluster.upstream.get(name) === this.#leader,
    );
    if (followers.length === 0) return;
    this.#markers += 1;
    const key = `marker${this.#markers}`;
    const value = `of ${this.#leader}`;
    if (cluster.ask(this.#leader, 'SET', key, value) !== 'OK') return;
    const acknowledged = cluster.ask(this.#leader, 'WAIT', String(followers.length), '1500');
    if (acknowledged !== String(followers.length)) return;
    const heir = pick(this.#random, followers);
    this.#note(`${this.#leader} → ${heir}`);
    this.#promised.set(key, value);
    this.#lead(heir);
    this.#checkPromises();
  }

  moveReplica(): void {
    const name = pick(this.#random, this.#replicas());
    const targets = this.cluster.names.filter(
      (each) => each !== name && !this.#isBelow(each, name),
    );
    const target = pick(this.#random, targets);
    this.#note(`${name} → ${target}`);
    this.cluster.order(name, target);
  }

  /** Somebody takes a snapshot and nothing else, as redis-cli --rdb does. */
  takeSnapshot(): void {
    const { network } = this.cluster;
    network.connectorOf('client').connect(
      { host: this.#leader, port: serverPort },
      (connection) => {
        connection.listen({ onData: () => {}, onDrain: () => {}, onClose: () => {} });
        connection.write(frameOf(['REPLCONF', 'capa', 'eof', 'rdb-only', '1']));
        connection.write(frameOf(['SYNC']));
      },
      () => {},
    );
  }

  changeSettings(): void {
    const name = pick(this.#random, this.cluster.names);
    const { settings } = this.cluster.server(name);
    for (const [setting, text] of Object.entries(this.#settings())) {
      settings.set([[setting, text]]);
    }
  }

  #lead(heir: string): void {
    const { cluster } = this;
    const old = this.#leader;
    this.#leader = heir;
    cluster.order(heir, null);
    cluster.order(old, heir);
    for (const name of this.#replicas()) {
      if (cluster.upstream.get(name) === old) cluster.order(name, heir);
    }
  }

  #checkPromises(): void {
    for (const [key, value] of this.#promised) {
      if (!this.#isKept(key, value)) throw new Error(`the acknowledged write of ${key} is lost`);
    }
  }

  #isKept(key: string, value: string): boolean {
    // Markers live in database 0, and nothing in a walk flushes or swaps it.
    const reply = this.cluster.ask(this.#leader, 'GET', key);
    return reply === value;
  }

  #replicas(): readonly string[] {
    return this.cluster.names.filter((name) => name !== this.#leader);
  }

  /** Whether `name` gets its data from `root`, directly or not. */
  #isBelow(name: string, root: string): boolean {
    for (let at: string | null = name; at !== null; at = this.cluster.upstream.get(at) ?? null) {
      if (at === root) return true;
    }
    return false;
  }

  #pair(): readonly [string, string] {
    const name = pick(this.#random, this.#replicas());
    const primary = this.cluster.upstream.get(name) ?? this.#leader;
    return this.#below(2) === 0 ? [name, primary] : [primary, name];
  }

  #settings(): SettingTexts {
    return {
      'repl-diskless-sync': pick(this.#random, ['yes', 'no']),
      'repl-diskless-sync-delay': pick(this.#random, ['0', '0', '1']),
      'repl-diskless-load': pick(this.#random, ['disabled', 'on-empty-db', 'swapdb']),
      'repl-backlog-size': pick(this.#random, ['16kb', '64kb', '1mb']),
      'repl-timeout': pick(this.#random, ['5', '10', '60']),
      'repl-ping-replica-period': pick(this.#random, ['1', '3']),
      'client-output-buffer-limit': pick(this.#random, [
        'replica 256mb 64mb 60',
        'replica 300kb 100kb 3',
      ]),
      ...this.#thresholds(),
    };
  }

  /** So low that values take every form; nodes need not agree on them. */
  #thresholds(): SettingTexts {
    return {
      'hash-max-listpack-entries': pick(this.#random, ['4', '8', '512']),
      'list-max-listpack-size': pick(this.#random, ['3', '-1']),
      'set-max-intset-entries': pick(this.#random, ['4', '512']),
      'set-max-listpack-entries': pick(this.#random, ['4', '128']),
      'zset-max-listpack-entries': pick(this.#random, ['4', '128']),
      'stream-node-max-entries': pick(this.#random, ['4', '100']),
    };
  }

  #below(bound: number): number {
    return this.#random.uint32() % bound;
  }

  #note(step: string): void {
    this.steps.push(`${this.cluster.clock.nowMs() % 10_000_000} ${step}`);
  }
}

interface Action {
  readonly name: string;
  readonly run: (walk: RandomWalk) => void;
}

function times(count: number, name: string, run: Action['run']): readonly Action[] {
  return Array.from({ length: count }, () => ({ name, run }));
}

/** What a step can be; more lines, more often. */
const actions: readonly Action[] = [
  ...times(12, 'write', (walk) => walk.write()),
  ...times(3, 'write much', (walk) => walk.writeMuch()),
  ...times(3, 'transaction', (walk) => walk.transaction()),
  ...times(3, 'wait and serve', (walk) => walk.waitAndServe()),
  ...times(4, 'rest', (walk) => walk.rest()),
  ...times(2, 'rest long', (walk) => walk.restLong()),
  ...times(2, 'cut one way', (walk) => walk.cutOneWay()),
  ...times(2, 'cut both ways', (walk) => walk.cutBothWays()),
  ...times(3, 'break', (walk) => walk.breakConnections()),
  ...times(4, 'heal', (walk) => walk.heal()),
  ...times(2, 'change mood', (walk) => walk.changeMood()),
  ...times(2, 'restart replica', (walk) => walk.restartReplica()),
  ...times(1, 'fail over', (walk) => walk.failOver()),
  ...times(2, 'hand over', (walk) => walk.handOver()),
  ...times(2, 'move replica', (walk) => walk.moveReplica()),
  ...times(1, 'take snapshot', (walk) => walk.takeSnapshot()),
  ...times(1, 'change settings', (walk) => walk.changeSettings()),
];
