import type { Engine } from '../engine/engine.ts';
import { DataSetLoader, hashKeyField } from '../persistence/rdb/data-set-loader.ts';
import type { WalkReceiver } from '../persistence/rdb/file-save.ts';
import { writeKeyspace } from '../persistence/rdb/keyspace-writer.ts';
import { type AuxField, type RdbVersion, RdbWriter } from '../persistence/rdb/rdb-writer.ts';
import { SnapshotWriter } from '../persistence/rdb/snapshot-writer.ts';
import { lowestVersionOf } from '../persistence/rdb/value-writer.ts';
import type {
  LoadOptions,
  LoadStatus,
  SnapshotLoad,
  SnapshotOptions,
  SnapshotWalk,
} from '../replication/host.ts';
import type { SavedPosition } from '../replication/position.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import type { EncodingLimits } from '../store/encoding-limits.ts';
import { Keyspace } from '../store/keyspace.ts';
import { applyAccessSettings, followAccessSettings, savedUseOf } from './access-settings.ts';
import { encodingLimitsOf } from './encoding-limits.ts';
import type { SettingsStore } from './settings/store.ts';
import { redisVersion } from './version.ts';

/** What the data set needs of the server around it. */
export interface DataSetWorld {
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How much memory the data set takes at a time; for worlds of many small servers. */
  readonly slabBytes?: number;
  /** Called, before all else, when loading begins or ends. */
  readonly onLoading?: (isLoading: boolean) => void;
  /** Called when loading begins or ends. */
  readonly onLoadingChanged: () => void;
  /** Called when a primary's data set has taken the place of the old one. */
  readonly onReplaced: () => void;
  /** Called when a walk is over: another may begin. */
  readonly onWalked: () => void;
}

/** How a load stands, for INFO. */
export interface LoadProgress {
  readonly startedAtMs: number;
  readonly totalBytes: number | null;
  readonly loadedBytes: number;
  /** Whether the old data is served meanwhile. */
  readonly isAsync: boolean;
}

/** What to do with keys that a file has. */
export interface LoadRules {
  /** Keys whose time has come by then (Unix ms) are left out; null keeps them. */
  readonly dropExpiredAtMs: number | null;
  /** Hears of each key that is left out: `key[start, end)`. */
  readonly onExpired: (databaseIndex: number, key: Uint8Array, start: number, end: number) => void;
}

/** A load from the server's own file. */
export interface FileLoad extends SnapshotLoad {
  /** What the file has said about itself so far. */
  readonly facts: ReadonlyMap<string, string>;
  /** No more bytes come: says why the file is not whole. */
  finish(): string;
}

/** The data set of a server: how it begins, is written as a snapshot, and is replaced by one. */
export class DataSet {
  /** Sources of function libraries, kept for replicas although nothing here runs them. */
  functions: readonly Uint8Array[] = [];
  loading: LoadProgress | null = null;
  lastLoadKeysLoaded = 0;
  lastLoadKeysExpired = 0;
  snapshotCount = 0;
  readonly #world: DataSetWorld;
  readonly #limits: EncodingLimits;
  #engine: Engine | null = null;
  #writer: SnapshotWriter | null = null;

  constructor(world: DataSetWorld) {
    this.#world = world;
    this.#limits = encodingLimitsOf(world.settings);
  }

  /** An empty keyspace with the settings in force. */
  newKeyspace(): Keyspace {
    const { settings, random, clock, slabBytes } = this.#world;
    const keyspace = new Keyspace(settings.value('databases'), random, slabBytes, this.#limits);
    applyAccessSettings(settings, keyspace.access);
    keyspace.access.advance(clock.nowMs());
    return keyspace;
  }

  /** Must be called once before the first snapshot or load. */
  attach(engine: Engine): void {
    this.#engine = engine;
    followAccessSettings(this.#world.settings, () => engine.keyspace.access);
  }

  /** The snapshot that is being written, if any: there is one at a time. */
  get writer(): SnapshotWriter | null {
    return this.#writer;
  }

  /** Begins to write a snapshot for replicas; see `ReplicationHost.startSnapshot`. */
  startSnapshot(options: SnapshotOptions): SnapshotWalk {
    const functions = options.content === 'nothing' ? [] : this.functions;
    const { history, offset, streamDatabase } = options;
    return this.#startWalk(options, {
      version: this.#versionOf(options.rdbVersion, functions),
      // The stream crosses a network once: compressing costs more than it saves.
      compress: false,
      aux: [
        ...this.#facts({ id: history.id, offset, streamDatabase }),
        ...(options.sharesHash ? this.#hashFacts() : []),
      ],
      functions,
      withKeys: options.content === 'all',
    });
  }

  /** Begins to write the data set for its file. Requires: no other snapshot is being written. */
  startFileWalk(position: SavedPosition | null, receiver: WalkReceiver): SnapshotWalk {
    return this.#startWalk(receiver, {
      version: this.#versionOf(lowestRdbVersion, this.functions),
      compress: this.#world.settings.value('rdbcompression'),
      aux: [...this.#facts(position), ...this.#hashFacts()],
      functions: this.functions,
      withKeys: true,
    });
  }

  /** Writes the data set for its file before it returns. */
  writeNow(position: SavedPosition | null, write: (bytes: Uint8Array) => void): void {
    const { settings } = this.#world;
    const writer = new RdbWriter({
      version: this.#versionOf(lowestRdbVersion, this.functions),
      checksum: settings.value('rdbchecksum'),
      compress: settings.value('rdbcompression'),
      chunkBytes: 256 * 1024,
      sink: (chunk, length) => write(chunk.subarray(0, length)),
    });
    const use = savedUseOf(settings);
    const aux = [...this.#facts(position), ...this.#hashFacts()];
    const head = { aux, functions: this.functions, use };
    writeKeyspace(this.#engineOrFail().keyspace, head, writer);
  }

  /** Begins to take a data set in; see `ReplicationHost.beginLoad`. */
  beginLoad(options: LoadOptions): SnapshotLoad {
    const load = this.#beginLoad(options, keepAll);
    return {
      ...load,
      commit: () => {
        load.commit();
        this.#world.onReplaced();
      },
    };
  }

  /** Nothing is served from now on: the data set lies in a file. Undone by `loadingOver`. */
  expectLoad(): void {
    const startedAtMs = this.#world.clock.nowMs();
    this.#setLoading({ startedAtMs, totalBytes: null, loadedBytes: 0, isAsync: false });
  }

  /** There was nothing to load. */
  loadingOver(): void {
    this.#setLoading(null);
  }

  /** Begins to take the server's own file in. */
  beginFileLoad(totalBytes: number, rules: LoadRules): FileLoad {
    return this.#beginLoad({ into: 'current', servesOldData: false, totalBytes }, rules);
  }

  /**
   * Takes a whole file in before it returns. `read` hands over the bytes, as `InstantDisk.read`. The
   * old data stays when that fails, but for what a `merge` has replaced.
   */
  loadNow(
    how: { readonly flush: boolean; readonly merge: boolean; readonly dropsExpired: boolean },
    read: (take: (bytes: Uint8Array) => boolean) => string | null,
  ): string | null {
    const engine = this.#engineOrFail();
    const keyspace = how.flush ? this.newKeyspace() : engine.keyspace;
    const loader = new DataSetLoader(keyspace, {
      verifyChecksum: this.#world.settings.value('rdbchecksum'),
      dropExpiredAtMs: how.dropsExpired ? this.#world.clock.nowMs() : null,
      replacesKeys: how.merge,
    });
    let isDone = false;
    const error = read((bytes) => {
      const status = loader.feed(bytes, 0, bytes.length);
      isDone = status === 'done';
      return status === 'more';
    });
    if (error !== null) return error;
    if (!isDone) return loader.finish();
    if (how.flush) engine.replaceKeyspace(keyspace);
    this.functions = loader.functions;
    return null;
  }

  #startWalk(
    receiver: WalkReceiver,
    what: {
      readonly version: RdbVersion;
      readonly compress: boolean;
      readonly aux: readonly AuxField[];
      readonly functions: readonly Uint8Array[];
      readonly withKeys: boolean;
    },
  ): SnapshotWalk {
    const { settings, clock } = this.#world;
    this.snapshotCount += 1;
    const writer: SnapshotWriter = new SnapshotWriter({
      keyspace: this.#engineOrFail().keyspace,
      clock,
      checksum: settings.value('rdbchecksum'),
      use: savedUseOf(settings),
      ...what,
      onChunk: (bytes) => receiver.onChunk(bytes),
      onEnd: () => {
        this.#walked(writer);
        receiver.onEnd();
      },
      onFailure: (reason) => {
        this.#walked(writer);
        receiver.onFailure(reason);
      },
    });
    this.#writer = writer;
    return {
      pause: () => writer.pause(),
      resume: () => writer.resume(),
      cancel: () => {
        writer.cancel();
        this.#walked(writer);
      },
    };
  }

  #walked(writer: SnapshotWriter): void {
    if (this.#writer !== writer) return;
    this.#writer = null;
    // Not at once: whoever ends a walk is in the middle of something.
    this.#world.clock.endOfTurn(() => this.#world.onWalked());
  }

  #beginLoad(options: LoadOptions, rules: LoadRules): FileLoad {
    const { settings, log } = this.#world;
    const engine = this.#engineOrFail();
    const keyspace = this.newKeyspace();
    if (options.into === 'current') {
      this.functions = [];
      engine.replaceKeyspace(keyspace);
    }
    const loader = new DataSetLoader(keyspace, {
      verifyChecksum: settings.value('rdbchecksum'),
      ...rules,
    });
    this.#noteProgress(options, 0);
    return {
      facts: loader.facts,
      feed: (bytes, start, end) => {
        const status = loader.feed(bytes, start, end);
        this.#noteProgress(options, loader.consumedBytes);
        return loadStatusOf(loader, status, start);
      },
      finish: () => loader.finish(),
      commit: () => {
        this.functions = loader.functions;
        this.lastLoadKeysLoaded = loader.keysLoaded;
        this.lastLoadKeysExpired = loader.keysExpired;
        if (options.into === 'second') engine.replaceKeyspace(keyspace);
        this.#setLoading(null);
        log.notice(
          `Done loading RDB, keys loaded: ${loader.keysLoaded}, keys expired: ${loader.keysExpired}.`,
        );
      },
      abort: () => {
        if (options.into === 'current') engine.replaceKeyspace(this.newKeyspace());
        this.#setLoading(null);
      },
    };
  }

  #noteProgress({ totalBytes, servesOldData }: LoadOptions, loadedBytes: number): void {
    const startedAtMs = this.loading?.startedAtMs ?? this.#world.clock.nowMs();
    this.#setLoading({ startedAtMs, totalBytes, loadedBytes, isAsync: servesOldData });
  }

  #setLoading(progress: LoadProgress | null): void {
    const wasLoading = this.loading !== null;
    this.loading = progress;
    const isLoading = progress !== null;
    if (wasLoading === isLoading) return;
    this.#world.onLoading?.(isLoading);
    this.#world.onLoadingChanged();
  }

  /** `position` null: nobody may go on from here, so the file does not say where the stream was. */
  #facts(position: SavedPosition | null): readonly AuxField[] {
    const { clock } = this.#world;
    const { keyspace } = this.#engineOrFail();
    const stream: readonly AuxField[] =
      position === null
        ? []
        : [
            ['repl-stream-db', String(Math.max(0, position.streamDatabase))],
            ['repl-id', position.id],
            ['repl-offset', String(position.offset)],
          ];
    return [
      ['redis-ver', redisVersion],
      ['redis-bits', '64'],
      ['ctime', String(Math.floor(clock.nowMs() / 1000))],
      ['used-mem', String(keyspace.usedBytes)],
      ...stream,
      ['aof-base', '0'],
    ];
  }

  /** Lets the reader keep our order of keys, so that it takes them in where they lie side by side. */
  #hashFacts(): readonly AuxField[] {
    return [[hashKeyField, this.#engineOrFail().keyspace.hashKey]];
  }

  /** The lowest version that is wanted and can carry the functions and values there are. */
  #versionOf(wanted: number, functions: readonly Uint8Array[]): RdbVersion {
    const { records } = this.#engineOrFail().keyspace;
    const forFunctions = functions.length > 0 ? functionsRdbVersion : wanted;
    const version = Math.max(wanted, forFunctions, lowestVersionOf(records));
    if (version === 9 || version === 10 || version === 11 || version === 12) return version;
    throw new Error(`RDB version ${version} cannot be written`);
  }

  #engineOrFail(): Engine {
    if (this.#engine === null) throw new Error('the data set is used before it was attached');
    return this.#engine;
  }
}

/** Strings and expiries are in every version since 5, and servers back to Redis 5 load 9. */
const lowestRdbVersion = 9;
const functionsRdbVersion = 10;

const keepAll: LoadRules = { dropExpiredAtMs: null, onExpired: () => {} };

function loadStatusOf(
  loader: DataSetLoader,
  status: 'more' | 'done' | 'failed',
  start: number,
): LoadStatus {
  if (status === 'more') return { status };
  if (status === 'done') {
    const streamDatabase = Number(loader.facts.get('repl-stream-db') ?? 0);
    return { status, consumed: loader.endIndex - start, streamDatabase };
  }
  const reason = loader.failure?.reason;
  const permanent =
    reason === 'unsupported-type' ||
    reason === 'unsupported-version' ||
    reason === 'unknown-opcode';
  return { status, reason: loader.failureText, permanent };
}
