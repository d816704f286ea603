import type { ActiveExpiry } from '../engine/active-expiry.ts';
import type { Engine } from '../engine/engine.ts';
import type { Replication } from '../replication/replication.ts';
import type { Clock, Timer } from '../runtime/clock.ts';
import type { Clients } from './clients.ts';
import type { DataSet } from './data-set.ts';
import { Rates } from './rates.ts';
import type { Saves } from './saves.ts';
import type { SettingsStore } from './settings/store.ts';

/** What upkeep works on. */
export interface UpkeepParts {
  readonly clock: Clock;
  readonly engine: Engine;
  readonly clients: Clients;
  readonly replication: Replication;
  readonly dataSet: DataSet;
  readonly saves: Saves;
  readonly settings: SettingsStore;
  readonly expiry: ActiveExpiry;
  /** Looks anew at what decides which commands are admitted. */
  readonly refreshConditions: () => void;
}

/** Everything that a server does `hz` times a second, in slices that stall nobody. */
export class Upkeep {
  readonly rates = new Rates();
  readonly expiry: ActiveExpiry;
  peakUsedBytes = 0;
  readonly #parts: UpkeepParts;
  #timer: Timer | null = null;
  #isFreeing = false;
  #isExpiring = false;
  #streamIsPaused = false;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
    this.expiry = parts.expiry;
  }

  start(): void {
    const periodMs = Math.max(periodMsMin, Math.floor(1000 / this.#parts.settings.value('hz')));
    this.#timer = this.#parts.clock.every(periodMs, () => this.#tick());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #tick(): void {
    const { clock, engine, clients, replication } = this.#parts;
    const nowMs = clock.nowMs();
    engine.keyspace.access.advance(nowMs);
    engine.waits.tick(nowMs);
    clients.tick(nowMs);
    this.#pauseStream();
    this.#parts.refreshConditions();
    this.#expire();
    this.freeFlushed();
    this.#parts.saves.tick();
    this.peakUsedBytes = Math.max(this.peakUsedBytes, engine.keyspace.usedBytes);
    const { statistics } = engine;
    const sync = replication.statistics();
    this.rates.sample(nowMs, {
      commands: statistics.commandsProcessed,
      input: statistics.inputBytes,
      output: statistics.outputBytes,
      replicationInput: sync.inputBytes,
      replicationOutput: sync.outputBytes,
    });
  }

  /** Frees the memory of flushed databases, a few segments in each turn. */
  freeFlushed(): void {
    const { clock, engine } = this.#parts;
    if (this.#isFreeing || !engine.keyspace.hasDetached) return;
    this.#isFreeing = true;
    const slice = (): void => {
      if (engine.keyspace.freeSome(segmentsPerSlice)) {
        clock.endOfTurn(slice);
      } else {
        this.#isFreeing = false;
      }
    };
    slice();
  }

  /** One pass over keys that are due; what does not fit a slice goes on a little later. */
  #expire(): void {
    if (this.#isExpiring) return;
    const { clock, engine } = this.#parts;
    const { deletes, suspended } = engine.run.expiry;
    if (!deletes || suspended || this.#parts.dataSet.loading !== null) return;
    const before = engine.statistics.expireCyclesCutShort;
    const startedUs = clock.monotonicUs();
    this.expiry.cycle(engine.keyspace, expirySliceUs);
    this.#note('expire-cycle', startedUs);
    if (engine.statistics.expireCyclesCutShort === before) return;
    this.#isExpiring = true;
    clock.after(expiryPauseMs, () => {
      this.#isExpiring = false;
      this.#expire();
    });
  }

  /** Notes how long something held everybody up. */
  #note(event: string, sinceUs: number): void {
    const { clock, engine } = this.#parts;
    const { events } = engine.instruments.timing;
    if (events.thresholdMs === 0) return;
    events.note(event, (clock.monotonicUs() - sinceUs) / 1000, clock.nowMs());
  }

  /** A pause holds our primary's stream back, too. */
  #pauseStream(): void {
    const { engine, replication } = this.#parts;
    const isPaused = engine.waits.pauses.mode !== null;
    if (isPaused === this.#streamIsPaused) return;
    this.#streamIsPaused = isPaused;
    if (isPaused) replication.pauseStream();
    else replication.resumeStream();
  }
}

const periodMsMin = 2;
/** A segment has up to 820 records: two take about a third of a millisecond. */
const segmentsPerSlice = 2;
const expirySliceUs = 1000;
/** A quarter of the time at most goes into expiry. */
const expiryPauseMs = 3;
