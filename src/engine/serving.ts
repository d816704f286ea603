import type { Command } from '../commands/command.ts';
import type { CommandTable } from '../commands/lookup.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KeyWaiter } from './blocked-keys.ts';
import type { CommandRun } from './command-run.ts';
import type { Outlet } from './outlet.ts';
import type { Session } from './session.ts';
import type { Waits } from './waits.ts';

/** What serving needs of the engine around it. */
export interface ServingWorld {
  readonly table: CommandTable;
  readonly clock: Clock;
  readonly run: CommandRun;
  readonly reply: ReplyWriter;
  readonly outlet: Outlet;
  readonly waits: Waits;
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

  /** Serves everybody who can be. While a pause is in force the keys stay noted until it ends. */
  serve(): void {
    const { run, waits, current, become } = this.#world;
    if (waits.pauses.mode !== null) return;
    const before = current();
    const { request } = run;
    for (const waiter of run.blocking.candidates()) this.#serveOne(waiter);
    become(before);
    run.request = request;
    run.hasAftermath = false;
  }

  #serveOne(waiter: KeyWaiter): void {
    const { table, run, reply, outlet, waits, become, execute, ended } = this.#world;
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
    if (session.state.name === 'running') waits.continueLater(session);
    else if (session.state.name === 'closing') ended(session);
  }
}
