/** A whole server in one thread: simulated clock, connections that only remember. */

import { bytesOfLatin1 } from '../../src/base/bytes.ts';
import type { Session } from '../../src/engine/session.ts';
import { FakeConnection } from '../../src/engine/testing-engine.ts';
import type { Disk } from '../../src/runtime/disk.ts';
import type { Log, LogFields } from '../../src/runtime/log.ts';
import { seededRandom } from '../../src/runtime/seeded-random.ts';
import { type ComposedServer, composeServer } from '../../src/server/compose.ts';
import { SettingsStore } from '../../src/server/settings/store.ts';
import type { SettingName } from '../../src/server/settings/table.ts';
import { SimulatedClock } from '../simulation/simulated-clock.ts';

/** A log that keeps its lines: level, sentence, fields. */
export class KeptLog implements Log {
  readonly lines: string[] = [];

  debug(sentence: string, fields?: LogFields): void {
    this.#keep('debug', sentence, fields);
  }
  verbose(sentence: string, fields?: LogFields): void {
    this.#keep('verbose', sentence, fields);
  }
  notice(sentence: string, fields?: LogFields): void {
    this.#keep('notice', sentence, fields);
  }
  warning(sentence: string, fields?: LogFields): void {
    this.#keep('warning', sentence, fields);
  }

  #keep(level: string, sentence: string, fields: LogFields = {}): void {
    const words = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    this.lines.push([`${level}: ${sentence}`, ...words].join(' '));
  }
}

function unused(): never {
  throw new Error('not part of this world');
}

/** An empty disk that nobody writes to. */
const noDisk: Disk = {
  ...{ create: unused, read: unused, rename: unused, remove: unused },
  measure: (_name, done) => done(null, null),
  instant: { save: unused, read: unused, remove: unused },
};

/** One client of a `SimulatedServer`. */
export interface TestClient {
  readonly connection: FakeConnection;
  /** Null when it was not let in. */
  readonly session: Session | null;
  /** Gives the server bytes, and returns what was answered. */
  ask(text: string): string;
}

/** A server with clients; its sockets, disk and process are not there. */
export class SimulatedServer {
  readonly clock = new SimulatedClock();
  readonly settings = new SettingsStore();
  readonly log = new KeptLog();
  readonly server: ComposedServer;
  stopCount = 0;
  residentBytes = 50_000_000;
  readonly #connections: FakeConnection[] = [];

  /** `newDisk` makes a disk; without it there is an empty one that nobody may write to. */
  constructor(
    settings: Partial<Record<SettingName, string>> = {},
    newDisk: (clock: SimulatedClock) => Disk = () => noDisk,
  ) {
    for (const [name, text] of Object.entries(settings)) {
      this.settings.replace(name as SettingName, text);
    }
    this.server = composeServer({
      settings: this.settings,
      clock: this.clock,
      random: seededRandom(3),
      log: this.log,
      listener: { listen: unused },
      connector: { connect: () => () => {} },
      disk: newDisk(this.clock),
      process: {
        ...{ pid: 4711, operatingSystem: 'Test 1', architectureBits: 64, nodeVersion: '20.0.0' },
        ...{ executable: '/headwater', totalSystemBytes: 2 ** 34, heapBytes: () => 5_000_000 },
        residentBytes: () => this.residentBytes,
        cpuSeconds: () => ({ system: 1.5, user: 2.25 }),
      },
      configFile: null,
      rewriteConfig: () => null,
      sleep: unused,
      onRole: () => {},
      onStopped: () => {
        this.stopCount += 1;
      },
    });
  }

  /** Changes settings as CONFIG SET does. */
  set(...pairs: readonly (readonly [SettingName, string])[]): void {
    const result = this.settings.set(pairs);
    if (!result.ok) throw new Error(result.error);
    this.clock.advance(0);
  }

  connect(host = '127.0.0.1', port = 50_000 + this.#connections.length): TestClient {
    const connection = new FakeConnection(host, port);
    const { sessions } = this.server.clients;
    const known = new Set(sessions.all);
    this.#connections.push(connection);
    this.server.clients.accept(connection);
    const session = [...sessions.all].find((each) => !known.has(each)) ?? null;
    const ask = (text: string): string => {
      const before = connection.sent.length;
      const bytes = bytesOfLatin1(text);
      this.clock.turn(() => connection.listener?.onData(bytes, bytes.length));
      return connection.sent.slice(before);
    };
    return { connection, session, ask };
  }

  /** The sockets that were ended close, as they do a turn later. */
  closeSockets(): void {
    for (const connection of this.#connections) {
      if (!connection.isEnded && !connection.isDestroyed) continue;
      const { listener } = connection;
      connection.listener = null;
      listener?.onClose('');
    }
  }

  info(...sections: readonly string[]): string {
    return this.server.control.info(sections);
  }
}
