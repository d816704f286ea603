import type { Command } from '../commands/command.ts';
import type { CommandTable } from '../commands/lookup.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KeyWaiter } from './blocked-keys.ts';
import type { CommandRun } from './command-run.ts';
import type { Outlet } from './outlet.ts';
import type { Session } from './session.ts';

/** What serving needs of the engine around it. */
export interface ServingWorld {
  readonly table: CommandTable;
  readonly clock: Clock;
  readonly run: CommandRun;
  readonly reply: ReplyWriter;
  readonly outlet: Outlet;
  /** Whether nobody may be served: a pause, or data that are being loaded. */
  readonly isHeld: () => boolean;
  /** Runs what a session has sent while it waited. */
  readonly resume: (session: Session) => void;
  /** The session whose requests run, null for none; `become` sets it. */
  readonly current: () => Session | null;
  readonly become: (session: Session | null) => void;
  readonly execute: (session: Session, command: Command) => void;
  /** A session will get no further reply. */
  readonly ended: (session: Session) => void;
}

/** Runs the commands of sessions that wait for keys again, when a key may serve them. */
export class Serving {
  readonly #world: ServingWorld;

  constructor(world: ServingWorld) {
    this.#world = world;
  }

  /** Serves after a change that no session's request has made. */
  afterOtherChange(): void {
    const { run, clock, current } = this.#world;
    if (!run.blocking.hasReady) return;
    if (current() === null) {
      run.nowMs = clock.nowMs();
      this.serve();
    } else {
      clock.endOfTurn(() => this.afterOtherChange());
    }
  }

  /** Serves everybody who can be; what must be put off stays noted. */
  serve(): void {
    const { run, isHeld, current, become } = this.#world;
    if (isHeld()) return;
    const before = current();
    const { request } = run;
    for (const waiter of run.blocking.candidates()) this.#serveOne(waiter);
    become(before);
    run.request = request;
    run.hasAftermath = false;
  }

  #serveOne(waiter: KeyWaiter): void {
    const { table, run, reply, outlet, become, execute } = this.#world;
    const { session, request } = waiter;
    const command = table.find(request);
    if (command === null) throw new Error('a command that waited is unknown');
    become(session);
    run.request = request;
    reply.version = session.protocol;
    reply.muted = waiter.isMuted;
    run.blocking.retry(waiter, () => execute(session, command));
    reply.muted = false;
    run.pubSub.replyEnded();
    outlet.send(session, reply);
    if (session.state.name === 'running') this.#world.resume(session);
    else if (session.state.name === 'closing') this.#world.ended(session);
  }
}
