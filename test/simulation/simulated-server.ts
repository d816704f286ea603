import type { Clock, Timer } from '../../src/runtime/clock.ts';
import type { Log, LogFields } from '../../src/runtime/log.ts';
import type { Random } from '../../src/runtime/random.ts';
import { type ComposedServer, composeServer } from '../../src/server/compose.ts';
import { SettingsStore } from '../../src/server/settings/store.ts';
import type { SettingName } from '../../src/server/settings/table.ts';
import { quickDigest } from './quick-digest.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { SimulatedNetwork } from './simulated-network.ts';

/** The world that all servers of a cluster share. */
export interface SharedWorld {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly network: SimulatedNetwork;
  /** Each move of a state machine: `link handshaking → requestingSync`. */
  onMove(machine: 'link' | 'replica', from: string, to: string): void;
}

/** Every server listens here; hosts differ by name. */
export const serverPort = 6379;

/** Settings as texts, as in a configuration file. */
export type SettingTexts = Partial<Record<SettingName, string>>;

const usual: SettingTexts = {
  port: String(serverPort),
  databases: '4',
  'protected-mode': 'no',
  'repl-diskless-sync-delay': '0',
};

/** One run of a real server's composition, in the simulated world. */
export class SimulatedServer {
  readonly name: string;
  readonly lines: string[] = [];
  readonly composed: ComposedServer;
  readonly settings = new SettingsStore();
  readonly disk: SimulatedDisk;
  readonly #world: SharedWorld;
  readonly #clock: MortalClock;

  constructor(name: string, world: SharedWorld, changes: SettingTexts) {
    this.name = name;
    this.#world = world;
    this.#clock = new MortalClock(world.clock);
    this.disk = new SimulatedDisk(this.#clock, world.random);
    for (const [setting, text] of Object.entries({ ...usual, ...changes })) {
      this.settings.replace(setting as SettingName, text);
    }
    this.composed = composeServer({
      settings: this.settings,
      clock: this.#clock,
      random: world.random,
      log: this.#log(),
      listener: world.network.listenerOf(name),
      connector: world.network.connectorOf(name),
      disk: this.disk,
      process: facts,
      configFile: null,
      rewriteConfig: () => null,
      sleep: () => {},
      slabBytes: 1024 * 1024,
      onRole: () => {},
      onStopped: () => {},
    });
    const { control } = this.composed;
    const address = { kind: 'tcp', host: name, port: serverPort, backlog: 1 } as const;
    control.listen(address, () => {});
    control.start();
  }

  /** The process dies: nothing of it runs any more, and its connections break. */
  kill(): void {
    this.#clock.stop();
    this.#world.network.kill(this.name);
  }

  /** The data of all databases. */
  digest(): string {
    return quickDigest(this.composed.engine.keyspace);
  }

  /** Whether the log has a line that contains `fragment`. */
  logged(fragment: string): boolean {
    return this.lines.some((line) => line.includes(fragment));
  }

  #log(): Log {
    const note = (sentence: string, fields: LogFields = {}): void => {
      this.lines.push(sentence);
      if (sentence === 'link state changed') this.#moved('link', fields);
      if (sentence === 'replica state changed') this.#moved('replica', fields);
    };
    return { debug: note, verbose: note, notice: note, warning: note };
  }

  #moved(machine: 'link' | 'replica', { from, to }: LogFields): void {
    this.#world.onMove(machine, String(from), String(to));
  }
}

/** The cluster's clock as one process has it: its tasks end with the process. */
class MortalClock implements Clock {
  readonly #clock: SimulatedClock;
  #isStopped = false;

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  stop(): void {
    this.#isStopped = true;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  monotonicUs(): number {
    return this.#clock.monotonicUs();
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#clock.after(delayMs, () => this.#run(task));
  }

  every(periodMs: number, task: () => void): Timer {
    const timer = this.#clock.every(periodMs, () => {
      if (this.#isStopped) timer.cancel();
      else task();
    });
    return timer;
  }

  endOfTurn(task: () => void): void {
    this.#clock.endOfTurn(() => this.#run(task));
  }

  #run(task: () => void): void {
    if (!this.#isStopped) task();
  }
}

const facts = {
  pid: 1,
  operatingSystem: 'simulated',
  architectureBits: 64,
  nodeVersion: '0',
  executable: '',
  residentBytes: () => 0,
  heapBytes: () => 0,
  totalSystemBytes: 0,
  cpuSeconds: () => ({ system: 0, user: 0 }),
};
