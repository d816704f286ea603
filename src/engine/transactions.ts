import { assert } from '../base/assert.ts';
import type { Command } from '../commands/command.ts';
import type { TransactionsControl } from '../commands/context.ts';
import { errors, execAborted } from '../protocol/errors.ts';
import type { CommandRun } from './command-run.ts';
import type { Session } from './session.ts';
import { QueuedCommands, type Transaction } from './transaction.ts';
import type { Watches } from './watches.ts';

/** MULTI, EXEC and WATCH, for the session whose command runs. */
export class Transactions implements TransactionsControl {
  readonly #run: CommandRun;
  readonly #watches: Watches;
  readonly #execute: (session: Session, command: Command) => void;

  /** `execute` runs one command of a transaction; it was admitted with the EXEC. */
  constructor(run: CommandRun, execute: (session: Session, command: Command) => void) {
    this.#run = run;
    this.#watches = run.watches;
    this.#execute = execute;
  }

  begin(): void {
    const { session, reply } = this.#run;
    if (session.transaction !== null) throw errors.nestedMulti;
    session.transaction = { name: 'queueing', queued: new QueuedCommands() };
    reply.ok();
  }

  /** Keeps a command, the request that is read, until EXEC. */
  queue(transaction: Transaction, command: Command): void {
    assert(transaction.name === 'queueing', 'a queued command is not queued again');
    const { request, reply } = this.#run;
    transaction.queued.add(command, request);
    reply.simple('QUEUED');
  }

  execute(): void {
    const { session, reply } = this.#run;
    const { transaction } = session;
    if (transaction?.name !== 'queueing') throw errors.execWithoutMulti;
    const isStale = this.#isStale(session);
    this.forget(session);
    if (transaction.queued.isSpoilt) throw errors.execAborted;
    if (isStale) reply.nilArray();
    else this.#runAll(session, transaction.queued);
  }

  discard(): void {
    const { session, reply } = this.#run;
    if (session.transaction === null) throw errors.discardWithoutMulti;
    this.forget(session);
    reply.ok();
  }

  watch(): void {
    const { session, request, reply, database } = this.#run;
    if (session.transaction !== null) throw errors.watchInsideMulti;
    // A watch that has seen a change sees no more than that.
    if (session.watch === null || !session.watch.isTouched) {
      for (let word = 1; word < request.count; word += 1) {
        this.#watches.add(session, database, request.copyOf(word));
      }
    }
    reply.ok();
  }

  unwatch(): void {
    this.#watches.end(this.#run.session);
  }

  reset(): void {
    this.forget(this.#run.session);
  }

  /** Ends a session's transaction and watch: DISCARD, RESET, the end of the session. */
  forget(session: Session): void {
    session.transaction = null;
    this.#watches.end(session);
  }

  /** A command was refused: the transaction that it was meant for will not run. */
  spoil({ transaction }: Session): void {
    if (transaction?.name === 'queueing') transaction.queued.isSpoilt = true;
  }

  /** The EXEC of a transaction was refused for `text`: the whole error. Returns the reply to it. */
  abort(session: Session, text: string): string {
    this.forget(session);
    return execAborted(text).text;
  }

  #isStale({ watch }: Session): boolean {
    if (watch === null) return false;
    const { databases } = this.#run.keyspace;
    return watch.isTouched || this.#watches.hasExpired(watch, databases);
  }

  /** Nothing comes between the commands, and their effects go out as one group. */
  #runAll(session: Session, queued: QueuedCommands): void {
    const run = this.#run;
    const { request, reply } = run;
    reply.array(queued.requests.count);
    session.transaction = { name: 'executing' };
    run.beginGroup();
    let next = 0;
    try {
      for (const each of queued.requests.requests()) {
        run.request = each;
        this.#execute(session, queued.commands[next]);
        next += 1;
      }
    } finally {
      session.transaction = null;
      run.request = request;
      run.endGroup(session);
      run.pubSub.replyEnded();
    }
  }
}
