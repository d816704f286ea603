import type { Clock, Timer } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

/**
 * How a server stops:
 *
 *   serving → waitingForReplicas → stopping
 *      ↑            │ aborted
 *      └────────────┘
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
  /** Ends everything. Nothing of this server runs afterwards. */
  stop(): void;
}

/** Waits for replicas that lag, then stops (protocol facts, "SHUTDOWN and lagging replicas"). */
export class Shutdown {
  state: ShutdownState = { name: 'serving' };
  readonly #world: ShutdownWorld;
  #timer: Timer | null = null;

  constructor(world: ShutdownWorld) {
    this.#world = world;
  }

  /** Begins. `now` does not wait for replicas. A second call does not wait either. */
  begin(now: boolean): void {
    const { clock, log } = this.#world;
    if (this.state.name === 'stopping') return;
    const lagging = this.#world.laggingReplicas();
    const isSecond = this.state.name === 'waitingForReplicas';
    const timeoutMs = this.#world.timeoutMs();
    if (now || isSecond || lagging.length === 0 || timeoutMs === 0) {
      this.#stop();
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
    this.#timer = clock.every(checkMs, () => this.#check(deadlineMs));
  }

  /** Takes it back. False when none is under way. */
  abort(): boolean {
    if (this.state.name !== 'waitingForReplicas') return false;
    this.#timer?.cancel();
    this.#timer = null;
    this.state = { name: 'serving' };
    this.#world.resumeWrites();
    this.#world.log.warning('Shutdown manually aborted.');
    return true;
  }

  #check(deadlineMs: number): void {
    if (this.#world.laggingReplicas().length > 0 && this.#world.clock.nowMs() < deadlineMs) return;
    this.#stop();
  }

  #stop(): void {
    const { log } = this.#world;
    this.#timer?.cancel();
    this.state = { name: 'stopping' };
    const lagging = this.#world.laggingReplicas();
    const count = this.#world.replicaCount();
    for (const replica of lagging) log.notice(`Lagging replica ${replica} at shutdown.`);
    if (count > 0)
      log.notice(`${count - lagging.length} of ${count} replicas are in sync when shutting down.`);
    log.warning('Headwater is now ready to exit, bye bye...');
    this.#world.stop();
  }
}

const checkMs = 20;
