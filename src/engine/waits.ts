import { codeOf } from '../protocol/errors.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Outlet } from './outlet.ts';
import { type PauseMode, type PausePurpose, Pauses } from './pause.ts';
import type { ReplyWait, Session, WaitEnd } from './session.ts';
import type { Statistics } from './statistics.ts';

/** What waits need of the engine around them. */
export interface WaitsWorld {
  readonly clock: Clock;
  readonly outlet: Outlet;
  /** For answers outside of a session's turn, which must not mix with the one under way. */
  readonly lateReply: ReplyWriter;
  readonly statistics: Statistics;
  /** Runs the requests that a session has sent meanwhile. */
  readonly drain: (session: Session) => void;
  /** A session will get no further reply. */
  readonly ended: (session: Session) => void;
  /** A pause has begun or ended. */
  readonly pauseChanged: (isPaused: boolean) => void;
}

/** Sessions that wait: for the end of a pause, or for something that a reply reports. */
export class Waits {
  readonly pauses = new Pauses();
  readonly #world: WaitsWorld;
  readonly #held = new Set<Session>();

  constructor(world: WaitsWorld) {
    this.#world = world;
  }

  /** The request that a session has just sent runs when the pause is over. */
  hold(session: Session): void {
    session.enter({ name: 'blocked', waiting: { kind: 'pause' } });
    this.#held.add(session);
  }

  /** Holds a session's requests back until `unblock`. */
  block(session: Session, wait: Omit<ReplyWait, 'kind'>): void {
    session.enter({ name: 'blocked', waiting: { kind: 'reply', ...wait } });
  }

  /**
   * Ends a session's wait with its answer; further requests of it run. A change of role also ends the
   * session, as in Redis: its client shall look for the new primary. False: it waits for nothing.
   */
  unblock(session: Session, end: WaitEnd): boolean {
    const { state } = session;
    if (state.name !== 'blocked' || state.waiting.kind !== 'reply') return false;
    const { lateReply, outlet, statistics } = this.#world;
    const errorsBefore = lateReply.errorCount;
    lateReply.version = session.protocol;
    lateReply.muted = state.waiting.isMuted;
    state.waiting.answer(end, lateReply);
    lateReply.muted = false;
    if (lateReply.errorCount !== errorsBefore) statistics.countError(codeOf(lateReply.lastError));
    const isOver = end === 'role-changed';
    session.enter({ name: isOver ? 'closing' : 'running' });
    outlet.send(session, lateReply);
    if (isOver) this.#world.ended(session);
    else this.continueLater(session);
    return true;
  }

  /** Runs what a session has sent meanwhile. Not at once: another one's requests may be running. */
  continueLater(session: Session): void {
    this.#world.clock.endOfTurn(() => {
      if (session.state.name === 'running') this.#world.drain(session);
    });
  }

  /** Holds commands back; see `Pauses`. */
  pause(purpose: PausePurpose, mode: PauseMode, untilMs: number): void {
    this.pauses.begin(purpose, mode, untilMs);
    this.#pauseChanged();
  }

  /** Ends a pause before its time. */
  unpause(purpose: PausePurpose): void {
    this.pauses.end(purpose);
    this.#pauseChanged();
  }

  /** Called now and then: ends pauses that ran out. */
  tick(nowMs: number): void {
    if (this.pauses.expire(nowMs)) this.#pauseChanged();
  }

  /** A session is gone. */
  forget(session: Session): void {
    this.#held.delete(session);
    const { state } = session;
    if (state.name === 'blocked' && state.waiting.kind === 'reply') state.waiting.cancel();
  }

  #pauseChanged(): void {
    this.#world.pauseChanged(this.pauses.mode !== null);
    const released = [...this.#held];
    this.#held.clear();
    for (const session of released) {
      if (session.state.name !== 'blocked') continue;
      session.enter({ name: 'running' });
      this.continueLater(session);
    }
  }
}

/** Whether a pause holds the session's next request back. */
export function isHeld({ state }: Session): boolean {
  return state.name === 'blocked' && state.waiting.kind === 'pause';
}
