import { EffectBuffer, type EffectSink } from '../engine/effects.ts';
import { Request } from '../protocol/request.ts';
import { parseReplicationId, type SavedPosition } from '../replication/position.ts';
import type { Replication } from '../replication/replication.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Disk, FileReader } from '../runtime/disk.ts';
import type { Log } from '../runtime/log.ts';
import type { DataSet, FileLoad } from './data-set.ts';
import type { Saves } from './saves.ts';

/** What loading at start works on. */
export interface StartupLoadParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly disk: Disk;
  readonly dataSet: DataSet;
  readonly replication: Replication;
  readonly sink: EffectSink;
  readonly saves: Saves;
  /** Hears how it ended: null, or why the file cannot be loaded. */
  readonly done: (failure: string | null) => void;
}

/**
 * Takes in the file that the server was saved to, while clients are told LOADING. What the file says
 * about the stream lets us, or our replicas, go on with a partial sync.
 */
export class StartupLoad {
  readonly #parts: StartupLoadParts;
  readonly #effects = new EffectBuffer(new Request());
  #load: FileLoad | null = null;
  #reader: FileReader | null = null;
  #isRestored = false;
  #isOver = false;
  #startedUs = 0;
  #reportedUs = 0;

  constructor(parts: StartupLoadParts) {
    this.#parts = parts;
  }

  /** Begins. Requires: `Replication.prepare` was called. */
  start(): void {
    const { clock, disk, dataSet, saves } = this.#parts;
    this.#startedUs = clock.monotonicUs();
    this.#reportedUs = this.#startedUs;
    dataSet.expectLoad();
    disk.measure(saves.fileName, (error, bytes) => {
      if (this.#isOver) return;
      if (error !== null) this.#fail(error);
      else if (bytes === null) this.#nothing();
      else this.#read(bytes);
    });
  }

  /** The server stops: nothing follows. Harmless after the end. */
  cancel(): void {
    this.#isOver = true;
    this.#reader?.close();
  }

  #nothing(): void {
    this.#isOver = true;
    this.#parts.dataSet.loadingOver();
    this.#parts.done(null);
  }

  #read(totalBytes: number): void {
    const { clock, disk, dataSet, replication, saves } = this.#parts;
    this.#load = dataSet.beginFileLoad(totalBytes, {
      // A replica's keys are its primary's to delete.
      dropExpiredAtMs: replication.isReplica ? null : clock.nowMs(),
      onExpired: (database, key, start, end) => this.#propagate(database, key, start, end),
    });
    this.#reader = disk.read(saves.fileName, {
      onData: (bytes) => this.#take(bytes, totalBytes),
      onEnd: () => {
        if (!this.#isOver) this.#fail(this.#load?.finish() ?? 'nothing was read');
      },
      onFailure: (error) => this.#fail(error),
    });
  }

  #take(bytes: Uint8Array, totalBytes: number): void {
    const load = this.#load;
    if (this.#isOver || load === null) return;
    const status = load.feed(bytes, 0, bytes.length);
    if (status.status === 'failed') this.#fail(status.reason);
    else if (status.status === 'done') this.#finish(load);
    else this.#report(totalBytes);
  }

  #finish(load: FileLoad): void {
    const { clock, log } = this.#parts;
    this.#isOver = true;
    this.#reader?.close();
    this.#restore();
    load.commit();
    this.#parts.saves.dataLoaded();
    const seconds = (clock.monotonicUs() - this.#startedUs) / 1e6;
    log.notice(`DB loaded from disk: ${seconds.toFixed(3)} seconds`);
    this.#parts.done(null);
  }

  #fail(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reader?.close();
    this.#parts.done(reason);
  }

  /** Replicas that come back have such a key: they must hear of its end. */
  #propagate(database: number, key: Uint8Array, start: number, end: number): void {
    const { sink } = this.#parts;
    this.#restore();
    if (!sink.wantsEffects) return;
    this.#effects.begin(database, 2).text('DEL').bytes(key, start, end);
    this.#effects.deliver(sink);
  }

  /** What a file says about the stream comes before its keys. */
  #restore(): void {
    if (this.#isRestored) return;
    this.#isRestored = true;
    const saved = positionIn(this.#load?.facts ?? new Map());
    if (saved !== null) this.#parts.replication.restore(saved);
  }

  #report(totalBytes: number): void {
    const { clock, log, dataSet } = this.#parts;
    const nowUs = clock.monotonicUs();
    if (nowUs - this.#reportedUs < reportEveryUs) return;
    this.#reportedUs = nowUs;
    const loadedBytes = dataSet.loading?.loadedBytes ?? 0;
    const part = loadedBytes / Math.max(1, totalBytes);
    const leftSeconds = ((nowUs - this.#startedUs) / 1e6) * (1 / Math.max(part, 1e-6) - 1);
    log.notice(
      `Loading DB in memory: ${Math.floor(part * 100)}% of ${totalBytes} bytes, ` +
        `about ${Math.ceil(leftSeconds)} seconds left`,
    );
  }
}

/** Where the stream was when the file was saved; null when the file does not say. */
function positionIn(facts: ReadonlyMap<string, string>): SavedPosition | null {
  const id = parseReplicationId(facts.get('repl-id') ?? '');
  const offset = wholeNumber(facts.get('repl-offset'));
  const streamDatabase = wholeNumber(facts.get('repl-stream-db'));
  if (id === null || offset === null || streamDatabase === null) return null;
  return { id, offset, streamDatabase };
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

const reportEveryUs = 5_000_000;
