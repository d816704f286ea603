import type { Command } from '../commands/command.ts';
import { flags } from '../commands/flags.ts';
import type { InstrumentsControl } from '../commands/instruments.ts';
import type { Request } from '../protocol/request.ts';
import type { Clock } from '../runtime/clock.ts';
import { CallTiming } from './call-timing.ts';
import { Monitors } from './monitors.ts';
import { secretWordsOf } from './secret-words.ts';
import type { Session } from './session.ts';
import { SlowLog } from './slow-log.ts';
import type { Statistics } from './statistics.ts';
import { Tracking } from './tracking.ts';

/** What instruments need of the engine around them. */
export interface InstrumentsWorld {
  readonly clock: Clock;
  readonly statistics: Statistics;
  readonly commands: readonly Command[];
  /** Sends bytes to a session: after its reply when its command runs, else in this turn. */
  readonly send: (session: Session, bytes: Uint8Array) => void;
  /** The session whose requests run; null while none do. */
  readonly current: () => Session | null;
  /** A session that is still there, by its id. */
  readonly sessionOf: (id: number) => Session | undefined;
}

/** What looks at the commands that run: the slow log, latency, monitors, and tracking of keys. */
export class Instruments implements InstrumentsControl {
  readonly slowLog = new SlowLog();
  readonly timing: CallTiming;
  readonly monitors: Monitors;
  readonly tracking: Tracking;
  /** Whether anybody wants to hear of each command, timed or not. */
  isOn = false;
  readonly #world: InstrumentsWorld;

  constructor(world: InstrumentsWorld) {
    this.#world = world;
    this.timing = new CallTiming(world.commands);
    const changed = (): void => {
      this.isOn = this.monitors.count > 0 || this.tracking.isOn;
    };
    this.monitors = new Monitors({ ...world, changed });
    this.tracking = new Tracking({ ...world, changed });
  }

  /** A command has run; asked only while `isOn`. */
  ran(session: Session, command: Command, request: Request): void {
    const { monitors, tracking } = this;
    if (monitors.count > 0 && (command.flagBits & unshown) === 0) {
      monitors.show(session, request, secretWordsOf(command.fullName, request));
    }
    if (tracking.isOn) tracking.ran(session, command, request);
  }

  /** A timed command has ended. */
  timed(session: Session, command: Command, request: Request, tookUs: number): void {
    this.timing.ended(command, tookUs, this.#world.statistics);
    this.#noteSlow(session, command, request, tookUs);
  }

  /**
   * A quick call has turned out to be long: its reply is. All that is known is when its batch began,
   * in milliseconds.
   */
  wasLong(session: Session, command: Command, request: Request, sinceMs: number): void {
    const tookMs = this.#world.clock.nowMs() - sinceMs;
    if (tookMs > 0) this.#noteSlow(session, command, request, tookMs * 1000);
  }

  /** A session is gone, or begins anew. */
  forget(session: Session): void {
    this.monitors.forget(session);
    this.tracking.forget(session);
  }

  #noteSlow(session: Session, command: Command, request: Request, tookUs: number): void {
    const { slowLog, timing } = this;
    const { thresholdUs } = slowLog;
    const isSlow = thresholdUs >= 0 && tookUs >= thresholdUs;
    if (!isSlow && timing.events.thresholdMs === 0) return;
    const nowMs = this.#world.clock.nowMs();
    timing.note(command, tookUs, nowMs);
    if (!isSlow || (command.flagBits & flags.skipSlowlog) !== 0) return;
    slowLog.note(session, request, secretWordsOf(command.fullName, request), { tookUs, nowMs });
  }
}

/** Commands that monitors are not shown. */
const unshown = flags.admin | flags.skipMonitor;
