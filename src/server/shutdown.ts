import type { Clock, Timer } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { ShutdownOptions } from './settings/list-kinds.ts';

/**
 * How a server stops:
 *
 *   serving → waitingForReplicas → stopping
 *      ↑  ↑         │ aborted, or the data cannot be saved
 *      │  └─────────┘
 *      └── the data cannot be saved
 */
export type ShutdownState =
  | { readonly name: 'serving' }
  | { readonly name: 'waitingForReplicas'; readonly deadlineMs: number }
  | { readonly name: 'stopping' };

/** What a shutdown asks of the server. */
export interface ShutdownWorld {
  readonly clock: Clock;
  readonly log: Log;
  /** Replicas that have not acknowledged everything. */
  laggingReplicas(): readonly string[];
  replicaCount(): number;
  askForAcknowledgements(): void;
  /** Holds writes back until the given Unix ms. */
  pauseWrites(untilMs: number): void;
  resumeWrites(): void;
  /** `shutdown-timeout` in ms. */
  timeoutMs(): number;
  /** Saves the data, where that is asked for, before it returns. Returns false when it failed. */
  save(mode: ShutdownOptions['save']): boolean;
  /** It was taken back, or it failed: whoever waits for the end hears of it. */
  calledOff(): void;
  /** Ends everything. Nothing of this server runs afterwards. */
  stop(): void;
}

/**
 * Waits for replicas that lag, saves the data, then stops (protocol facts, "SHUTDOWN and lagging
 * replicas").
 */
export class Shutdown {
  state: ShutdownState = { name: 'serving' };
  readonly #world: ShutdownWorld;
  #timer: Timer | null = null;

  constructor(world: ShutdownWorld) {
    this.#world = world;
  }

  /** Begins. A second call does not wait for replicas either. */
  begin(mode: ShutdownOptions): void {
    const { clock, log } = this.#world;
    if (this.state.name === 'stopping') return;
    const lagging = this.#world.laggingReplicas();
    const isSecond = this.state.name === 'waitingForReplicas';
    const timeoutMs = this.#world.timeoutMs();
    if (mode.now || isSecond || lagging.length === 0 || timeoutMs === 0) {
      this.#stop(mode);
      return;
    }
    const deadlineMs = clock.nowMs() + timeoutMs;
    this.state = { name: 'waitingForReplicas', deadlineMs };
    log.notice(
      `${lagging.length} of ${this.#world.replicaCount()} replicas are lagging when shutting down. ` +
        'Waiting for replicas before shutting down.',
    );
    this.#world.pauseWrites(deadlineMs);
    this.#world.askForAcknowledgements();
    this.#timer = clock.every(checkMs, () => this.#check(mode, deadlineMs));
  }

  /** Takes it back. False when none is under way. */
  abort(): boolean {
    if (this.state.name !== 'waitingForReplicas') return false;
    this.#callOff();
    this.#world.log.warning('Shutdown manually aborted.');
    return true;
  }

  #check(mode: ShutdownOptions, deadlineMs: number): void {
    if (this.#world.laggingReplicas().length > 0 && this.#world.clock.nowMs() < deadlineMs) return;
    this.#stop(mode);
  }

  #stop(mode: ShutdownOptions): void {
    const { log } = this.#world;
    this.#timer?.cancel();
    this.#reportReplicas();
    if (!this.#world.save(mode.save)) {
      if (!mode.force) {
        log.warning("Error trying to save the DB, can't exit.");
        log.warning('Errors trying to shut down the server. Check the logs for more information.');
        this.#callOff();
        return;
      }
      log.warning('Error trying to save the DB. Exit anyway.');
    }
    this.state = { name: 'stopping' };
    log.warning('Headwater is now ready to exit, bye bye...');
    this.#world.stop();
  }

  #reportReplicas(): void {
    const { log } = this.#world;
    const lagging = this.#world.laggingReplicas();
    const count = this.#world.replicaCount();
    for (const replica of lagging) log.notice(`Lagging replica ${replica} at shutdown.`);
    if (count > 0)
      log.notice(`${count - lagging.length} of ${count} replicas are in sync when shutting down.`);
  }

  #callOff(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const wasWaiting = this.state.name === 'waitingForReplicas';
    this.state = { name: 'serving' };
    if (wasWaiting) this.#world.resumeWrites();
    this.#world.calledOff();
  }
}

const checkMs = 20;
