import { nextStates as replicaMoves } from '../../src/replication/primary/replica-state.ts';
import { nextStates as linkMoves } from '../../src/replication/replica/link-state.ts';
import { seededRandom } from '../../src/runtime/seeded-random.ts';
import { SimulatedClient } from './simulated-client.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import type { SettingTexts, SharedWorld } from './simulated-server.ts';
import { SimulatedServer, serverPort } from './simulated-server.ts';

/** Who follows whom: a name, and the name of its primary or null. */
export type Topology = readonly (readonly [name: string, primary: string | null])[];

/** How a cluster begins. */
export interface ClusterOptions {
  readonly seed: number;
  readonly topology?: Topology;
  readonly settings?: SettingTexts;
}

/** A primary, two replicas, and a sub-replica of the first. */
export const usualTopology: Topology = [
  ['primary', null],
  ['replica-1', 'primary'],
  ['replica-2', 'primary'],
  ['sub-replica', 'replica-1'],
];

/** Real servers on one simulated clock and network, from a seed. */
export class Cluster implements SharedWorld {
  readonly clock = new SimulatedClock();
  readonly random;
  readonly network: SimulatedNetwork;
  /** Who should follow whom, as the last orders were. */
  readonly upstream = new Map<string, string | null>();
  readonly statesSeen = new Set<string>();
  readonly #settings: SettingTexts;
  readonly #servers = new Map<string, SimulatedServer>();
  readonly #clients = new Map<string, SimulatedClient>();
  /** Digests that were seen at a position: `id:offset` → digest and who had it. */
  readonly #digests = new Map<string, { readonly digest: string; readonly name: string }>();
  #written = 0;

  constructor(options: ClusterOptions) {
    this.random = seededRandom(options.seed);
    this.network = new SimulatedNetwork(this.clock, this.random);
    this.#settings = options.settings ?? {};
    for (const [name, primary] of options.topology ?? usualTopology) this.start(name, primary);
  }

  get names(): readonly string[] {
    return [...this.#servers.keys()];
  }

  server(name: string): SimulatedServer {
    const server = this.#servers.get(name);
    if (server === undefined) throw new Error(`there is no ${name}`);
    return server;
  }

  replication(name: string): SimulatedServer['composed']['replication'] {
    return this.server(name).composed.replication;
  }

  /** The client whose requests are the work. */
  client(name: string): SimulatedClient {
    return this.#clientOf(name, 'work');
  }

  /** One of the clients that wait there for something, by number. */
  waiter(name: string, number: number): SimulatedClient {
    return this.#clientOf(name, `waiting ${number}`);
  }

  /** Ends what clients have open with `name`. */
  closeClients(name: string): void {
    for (const [key, client] of this.#clients) {
      if (key.startsWith(`${name} `)) client.close();
    }
  }

  onMove(machine: 'link' | 'replica', from: string, to: string): void {
    this.statesSeen.add(`${machine} ${from}`);
    this.statesSeen.add(`${machine} ${to}`);
  }

  /** Starts a server, empty, as a primary or as a replica. */
  start(name: string, primary: string | null): void {
    this.upstream.set(name, primary);
    const follows = primary === null ? {} : { replicaof: `${primary} ${serverPort}` };
    this.clock.turn(() => {
      const server = new SimulatedServer(name, this, { ...this.#settings, ...follows });
      this.#servers.set(name, server);
    });
  }

  /** The process of `name` dies and begins anew without data. */
  restart(name: string): void {
    const upstream = this.upstream.get(name) ?? null;
    this.clock.turn(() => this.server(name).kill());
    this.start(name, upstream);
  }

  /** `name` follows another primary from now on, or becomes one. */
  order(name: string, primary: string | null): void {
    this.upstream.set(name, primary);
    const { replication } = this.server(name).composed;
    this.clock.turn(() => {
      if (primary === null) replication.promote();
      else replication.follow(primary, serverPort);
    });
  }

  /** Writes `bytes` of values to the primary, or to `name`, through a client. */
  write({ bytes, to = 'primary' }: { readonly bytes: number; readonly to?: string }): void {
    let left = bytes;
    while (left > 0) {
      const length = Math.min(left, 100);
      this.#written += 1;
      this.client(to).send(['SET', `key${this.#written % 50}`, 'x'.repeat(length)]);
      left -= length;
    }
    this.clock.advance(50);
  }

  /** A request to `name` and its reply, in simulated time. It sees database 0. */
  ask(name: string, ...words: readonly string[]): string | null {
    let reply: string | null | undefined;
    this.#clientOf(name, 'control').send(words, (text) => {
      reply = text;
    });
    this.clock.until(`a reply of ${name} to ${words[0]}`, () => reply !== undefined);
    return reply ?? null;
  }

  /** Nothing gets from one to the other, either way. */
  cut(left: string, right: string): void {
    this.network.cut(left, right);
    this.network.cut(right, left);
  }

  heal(): void {
    this.network.heal();
  }

  /** How often `name` had to take a snapshot. */
  fullSyncs(name: string): number {
    const { lines } = this.server(name);
    return lines.filter((line) => line.includes('Finished with success')).length;
  }

  /** Whether every replica streams, follows whom it should, and has all that its primary has. */
  allInSync(): boolean {
    for (const name of this.names) {
      const upstream = this.upstream.get(name) ?? null;
      const { isReplica, isLinkUp, offset, primaryAddress, history } = this.replication(name);
      if (upstream === null) {
        if (isReplica) return false;
        continue;
      }
      if (!isReplica || !isLinkUp || primaryAddress?.host !== upstream) return false;
      const primary = this.replication(upstream);
      if (offset !== primary.offset || history.id !== primary.history.id) return false;
    }
    return true;
  }

  runUntilInSync(withinMs = 300_000): void {
    this.clock.until('all replicas are in sync', () => this.allInSync(), withinMs);
  }

  /** The same history at the same offset is the same data, whoever has it, now or then. */
  checkPositions(): void {
    for (const name of this.names) {
      const { composed } = this.server(name);
      const { replication, dataSet } = composed;
      // Without a stream, writes do not move the offset; while loading, the data belongs nowhere.
      if (replication.backlog === null || dataSet.loading !== null) continue;
      const position = `${replication.history.id}:${replication.offset}`;
      const digest = this.server(name).digest();
      const seen = this.#digests.get(position);
      if (seen === undefined) this.#digests.set(position, { digest, name });
      else if (seen.digest !== digest) {
        throw new Error(`${name} differs from ${seen.name} at the same position ${position}`);
      }
    }
  }

  #clientOf(name: string, purpose: string): SimulatedClient {
    const key = `${name} ${purpose}`;
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const client = new SimulatedClient(this.network, name, serverPort);
    this.#clients.set(key, client);
    return client;
  }

  /** Every node holds the same data. */
  checkSameData(): void {
    const digests = this.names.map((name) => this.server(name).digest());
    const odd = digests.findIndex((digest) => digest !== digests[0]);
    if (odd !== -1) throw new Error(`${this.names[odd]} does not hold what ${this.names[0]} holds`);
  }
}

/** All states of the machines that a cluster runs through. */
export const allStates: readonly string[] = [
  ...Object.keys(linkMoves).map((name) => `link ${name}`),
  ...Object.keys(replicaMoves).map((name) => `replica ${name}`),
];
