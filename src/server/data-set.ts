import type { Engine } from '../engine/engine.ts';
import { DataSetLoader, hashKeyField } from '../persistence/rdb/data-set-loader.ts';
import { type AuxField, type RdbVersion, RdbWriter } from '../persistence/rdb/rdb-writer.ts';
import { SnapshotWriter } from '../persistence/rdb/snapshot-writer.ts';
import type {
  LoadOptions,
  LoadStatus,
  SnapshotLoad,
  SnapshotOptions,
} from '../replication/host.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import { Keyspace } from '../store/keyspace.ts';
import type { SettingsStore } from './settings/store.ts';
import { redisVersion } from './version.ts';

/** What the data set needs of the server around it. */
export interface DataSetWorld {
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Called when loading begins or ends. */
  readonly onLoadingChanged: () => void;
}

/** How a load stands, for INFO. */
export interface LoadProgress {
  readonly startedAtMs: number;
  readonly totalBytes: number | null;
  readonly loadedBytes: number;
  /** Whether the old data is served meanwhile. */
  readonly isAsync: boolean;
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
  #engine: Engine | null = null;
  #writer: SnapshotWriter | null = null;

  constructor(world: DataSetWorld) {
    this.#world = world;
  }

  /** An empty keyspace with the settings in force. */
  newKeyspace(): Keyspace {
    const { settings, random, clock } = this.#world;
    const keyspace = new Keyspace(settings.value('databases'), random);
    keyspace.access.mode = settings.value('maxmemory-policy').includes('lfu') ? 'lfu' : 'lru';
    keyspace.access.logFactor = settings.value('lfu-log-factor');
    keyspace.access.decayMinutes = settings.value('lfu-decay-time');
    keyspace.access.advance(clock.nowMs());
    return keyspace;
  }

  /** Must be called once before the first snapshot or load. */
  attach(engine: Engine): void {
    this.#engine = engine;
  }

  /** The snapshot that is being written, if any. */
  get writer(): SnapshotWriter | null {
    return this.#writer;
  }

  /** Begins to write a snapshot for replicas; see `ReplicationHost.startSnapshot`. */
  startSnapshot(options: SnapshotOptions): SnapshotWriter {
    const { settings, clock } = this.#world;
    const ended = (): void => {
      this.#writer = null;
    };
    const functions = options.content === 'nothing' ? [] : this.functions;
    this.snapshotCount += 1;
    const writer = new SnapshotWriter({
      keyspace: this.#engineOrFail().keyspace,
      clock,
      version: versionOf(
        functions.length > 0 ? Math.max(10, options.rdbVersion) : options.rdbVersion,
      ),
      checksum: settings.value('rdbchecksum'),
      // The stream crosses a network once: compressing costs more than it saves.
      compress: false,
      aux: this.#facts(options),
      functions,
      withKeys: options.content === 'all',
      onChunk: options.onChunk,
      onEnd: () => {
        ended();
        options.onEnd();
      },
      onFailure: (reason) => {
        ended();
        options.onFailure(reason);
      },
    });
    this.#writer = writer;
    return writer;
  }

  /** A snapshot was given up. */
  forgetWriter(writer: SnapshotWriter): void {
    if (this.#writer === writer) this.#writer = null;
  }

  /** Begins to take a data set in; see `ReplicationHost.beginLoad`. */
  beginLoad(options: LoadOptions): SnapshotLoad {
    const { settings, clock, log } = this.#world;
    const engine = this.#engineOrFail();
    const keyspace = this.newKeyspace();
    if (options.into === 'current') {
      this.functions = [];
      engine.replaceKeyspace(keyspace);
    }
    const loader = new DataSetLoader(keyspace, {
      verifyChecksum: settings.value('rdbchecksum'),
      dropExpiredAtMs: null,
    });
    const startedAtMs = clock.nowMs();
    let loadedBytes = 0;
    const progress = (): LoadProgress => ({
      startedAtMs,
      totalBytes: options.totalBytes,
      loadedBytes,
      isAsync: options.servesOldData,
    });
    this.#setLoading(progress());
    return {
      feed: (bytes, start, end) => {
        const status = loader.feed(bytes, start, end);
        loadedBytes = loader.consumedBytes;
        this.loading = progress();
        return loadStatusOf(loader, status, start);
      },
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

  /** DEBUG RELOAD: through RDB bytes and back, in one go. Returns an error text, or null. */
  reload(): string | null {
    const engine = this.#engineOrFail();
    const chunks: Uint8Array[] = [];
    const old = engine.keyspace;
    if (old.snapshot !== null) return 'ERR a snapshot is being written for a replica';
    const writer = new RdbWriter({
      version: 11,
      checksum: true,
      compress: this.#world.settings.value('rdbcompression'),
      chunkBytes: 64 * 1024,
      sink: (chunk, length) => chunks.push(chunk.subarray(0, length)),
    });
    writeAll(old, writer, this.functions);
    const fresh = this.newKeyspace();
    const loader = new DataSetLoader(fresh, { verifyChecksum: true, dropExpiredAtMs: null });
    for (const chunk of chunks) loader.feed(chunk, 0, chunk.length);
    if (loader.failure !== null)
      return `ERR Error trying to load the RDB dump: ${loader.failureText}`;
    engine.replaceKeyspace(fresh);
    return null;
  }

  #setLoading(progress: LoadProgress | null): void {
    const wasLoading = this.loading !== null;
    this.loading = progress;
    if (wasLoading !== (progress !== null)) this.#world.onLoadingChanged();
  }

  #facts(options: SnapshotOptions): readonly AuxField[] {
    const { clock } = this.#world;
    const { keyspace } = this.#engineOrFail();
    return [
      ['redis-ver', redisVersion],
      ['redis-bits', '64'],
      ['ctime', String(Math.floor(clock.nowMs() / 1000))],
      ['used-mem', String(keyspace.usedBytes)],
      ['repl-stream-db', String(Math.max(0, options.streamDatabase))],
      ['repl-id', options.history.id],
      ['repl-offset', String(options.offset)],
      ['aof-base', '0'],
      ...(options.sharesHash ? [[hashKeyField, keyspace.hashKey] as const] : []),
    ];
  }

  #engineOrFail(): Engine {
    if (this.#engine === null) throw new Error('the data set is used before it was attached');
    return this.#engine;
  }
}

function versionOf(version: number): RdbVersion {
  if (version === 9 || version === 10 || version === 11 || version === 12) return version;
  throw new Error(`RDB version ${version} cannot be written`);
}

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

function writeAll(keyspace: Keyspace, writer: RdbWriter, functions: readonly Uint8Array[]): void {
  const { records } = keyspace;
  writer.writeHeader([['redis-ver', redisVersion]]);
  for (const source of functions) writer.writeFunctionLibrary(source);
  for (const database of keyspace.databases) {
    if (database.size === 0) continue;
    writer.selectDatabase(database.index, database.size, database.expiryCount);
    database.forEachRecord((ref) => {
      records.locateKey(ref);
      records.locateValue(ref);
      const { keyBytes, keyStart, keyEnd, valueBytes, valueStart, valueEnd } = records;
      const expiresAtMs = records.expiresAtMs(ref);
      writer.writeStringEntry(
        keyBytes,
        keyStart,
        keyEnd,
        valueBytes,
        valueStart,
        valueEnd,
        expiresAtMs,
      );
    });
  }
  writer.end();
}
