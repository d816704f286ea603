import type { Command } from '../commands/command.ts';
import { flags } from '../commands/flags.ts';
import type { CommandTable } from '../commands/lookup.ts';
import { type CommandError, codeOf, wrongArity } from '../protocol/errors.ts';
import { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Request } from '../protocol/request.ts';
import type { ParseResult } from '../protocol/request-parser.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Keyspace } from '../store/keyspace.ts';
import { admit, isOpen, isWrite, type ServerConditions } from './admission.ts';
import { Batch, batchMax } from './batch.ts';
import { CommandRun, type Controls } from './command-run.ts';
import type { EngineEvents, EngineOptions } from './engine-options.ts';
import { Instruments } from './instruments.ts';
import { internalSession } from './internal-session.ts';
import { Outlet } from './outlet.ts';
import { PubSub } from './pub-sub.ts';
import { replyTextOf } from './reply-text.ts';
import { Serving } from './serving.ts';
import type { ReplyWait, Session } from './session.ts';
import { Statistics } from './statistics.ts';
import { isHeld, Waits } from './waits.ts';

/**
 * Runs commands: finds them, asks admission, executes, publishes effects. Everything between the
 * first byte of a request and the last of its reply happens in one call, for one session at a time.
 */
export class Engine {
  readonly table: CommandTable;
  readonly statistics: Statistics;
  readonly conditions: ServerConditions;
  readonly run: CommandRun;
  readonly waits: Waits;
  readonly instruments: Instruments;
  readonly #clock: Clock;
  readonly #events: EngineEvents;
  readonly #batch: Batch;
  #request: Request;
  readonly #outlet: Outlet;
  readonly #reply = new ReplyWriter();
  readonly #serving: Serving;
  #controls: Controls | null = null;
  #isOpen = true;
  /** The session whose requests run: what is sent to it goes among its replies. */
  #current: Session | null = null;
  /** When the timed call ended that nothing came after: the next begins then. 0 when something did. */
  #timedUntilUs = 0;
  /** Error replies that statistics know of: those of a transaction's commands are not EXEC's, too. */
  #errorsSeen = 0;

  constructor(options: EngineOptions) {
    this.table = options.table;
    this.conditions = options.conditions;
    this.#batch = new Batch(options.table);
    this.#request = this.#batch.requests[0];
    this.statistics = new Statistics(options.table.commands.length);
    this.#clock = options.clock;
    this.#events = options.events;
    this.#outlet = new Outlet(this.statistics, options.events.outputKept);
    this.waits = new Waits({
      clock: options.clock,
      outlet: this.#outlet,
      lateReply: new ReplyWriter(),
      statistics: this.statistics,
      drain: (session) => this.#drainAgain(session),
      ended: options.events.endSession,
      pauseChanged: (isPaused) => {
        this.run.expiry.suspended = isPaused;
        if (!isPaused) this.#serveLater();
      },
    });
    const pubSub = new PubSub({
      clock: options.clock,
      current: () => this.#current,
      reply: this.#reply,
      outlet: this.#outlet,
      setAside: () => {
        this.run.hasAftermath = true;
      },
    });
    this.instruments = new Instruments({
      ...{ clock: options.clock, statistics: this.statistics, commands: options.table.commands },
      send: (session, bytes) => pubSub.sendAside(session, bytes),
      current: () => this.#current,
      sessionOf: options.sessionOf,
    });
    this.run = new CommandRun({
      request: this.#request,
      reply: this.#reply,
      random: options.random,
      session: internalSession(options.clock.nowMs()),
      keyspace: options.keyspace,
      statistics: this.statistics,
      sink: options.sink,
      controls: () => this.#controlsOrFail(),
      pubSub,
      instruments: this.instruments,
      waiting: {
        clock: options.clock,
        block: (session, wait) => this.block(session, wait),
        unblock: (session, end) => this.waits.unblock(session, end),
        readied: () => {
          this.run.hasAftermath = true;
          if (this.#current === null) this.#serveLater();
        },
      },
      execute: (session, command) => this.#execute(session, command),
    });
    this.#serving = this.#newServing(options);
  }

  #newServing({ table, clock, events }: EngineOptions): Serving {
    return new Serving({
      ...{ table, clock, run: this.run, reply: this.#reply, outlet: this.#outlet },
      isHeld: () => this.waits.pauses.mode !== null || this.conditions.loading,
      resume: (session) => this.waits.continueLater(session),
      current: () => this.#current,
      become: (session) => {
        this.#current = session;
      },
      execute: (session, command) => this.#execute(session, command),
      ended: events.endSession,
    });
  }

  get keyspace(): Keyspace {
    return this.run.keyspace;
  }

  /** Another data set takes the old one's place. */
  replaceKeyspace(keyspace: Keyspace): void {
    this.run.keys.replaceKeyspace(keyspace);
  }

  /** Serves those who wait for keys, after a change that no session's request has made. */
  serveBlocked(): void {
    this.#serving.afterOtherChange();
  }

  /** Must be called once before the first command. */
  attach(controls: Controls): void {
    this.#controls = controls;
    this.conditionsChanged();
  }

  /** Must be called after any of the conditions changed. */
  conditionsChanged(): void {
    this.#isOpen = isOpen(this.conditions);
    this.run.keys.isLoading = this.conditions.loading;
    this.#serveLater();
  }

  /** Bytes of a session arrived: runs the requests that are complete, sends one reply for all. */
  receive(session: Session, bytes: Uint8Array, length: number): void {
    this.statistics.inputBytes += length;
    session.parser.feed(bytes, length);
    this.#drain(session);
  }

  /** Sends what was replied so far; for a session that leaves the request-reply pattern. */
  flush(session: Session): void {
    this.#outlet.send(session, this.#reply);
  }

  /**
   * Runs one request of our primary's stream: never answered, never refused.
   *
   * @returns the error that it would have been answered with, null when all went well.
   */
  apply(session: Session, request: Request): string | null {
    const reply = this.#reply;
    const current = this.#current;
    this.#current = session;
    reply.muted = true;
    reply.errorCount = 0;
    this.run.request = request;
    this.run.nowMs = this.#clock.nowMs();
    const command = this.table.find(request);
    if (command === null) reply.error(this.table.unknown(request).text);
    else if (!command.acceptsCount(request.count)) reply.error(wrongArity(command.fullName).text);
    else this.#execute(session, command);
    reply.muted = false;
    this.#timedUntilUs = 0;
    this.run.request = this.#request;
    this.#current = current;
    return reply.errorCount > 0 ? reply.lastError : null;
  }

  /** Holds a session's requests back until `unblock`. Requires: its command is running. */
  block(session: Session, wait: Omit<ReplyWait, 'kind' | 'isMuted'>): void {
    this.waits.block(session, { ...wait, isMuted: this.#reply.muted });
  }

  /** A session is gone. */
  forget(session: Session): void {
    this.run.transactions.forget(session);
    this.run.pubSub.forget(session);
    this.instruments.forget(session);
    this.waits.forget(session);
    session.closeAfterReply();
  }

  #serveLater(): void {
    if (this.run.blocking.hasReady) this.#clock.endOfTurn(() => this.serveBlocked());
  }

  #drainAgain(session: Session): void {
    session.parser.feed(nothing, 0);
    this.#drain(session);
  }

  #drain(session: Session): void {
    this.#current = session;
    const nowMs = this.#clock.nowMs();
    session.lastActiveAtMs = nowMs;
    this.run.nowMs = nowMs;
    let result: ParseResult = 'request';
    while (result === 'request' && session.state.name === 'running') {
      let count = 0;
      while (count < batchMax) {
        result = session.parser.next(this.#batch.requests[count]);
        if (result === 'request') count += 1;
        else if (result === 'blank') this.#events.blankLine(session);
        else break;
        // What follows AUTH is read by other rules.
        if (!session.authenticated) break;
      }
      if (result === 'blank') result = 'request';
      this.#runBatch(session, count);
    }
    if (session.state.name !== 'running') {
      session.parser.suspend();
    } else {
      session.parser.release();
      if (typeof result === 'object') {
        this.#refuse(`ERR ${result.error}`);
        session.closeAfterReply();
      }
    }
    this.#current = null;
    this.#outlet.send(session, this.#reply);
    if (session.state.name === 'closing') this.#events.endSession(session);
  }

  /** Runs requests that were read ahead. A session that stops running gets the rest back. */
  #runBatch(session: Session, count: number): void {
    const batch = this.#batch;
    const { requests, commands } = batch;
    batch.prepare(this.keyspace, session.databaseIndex, count);
    for (let i = 0; i < count; i += 1) {
      this.#request = requests[i];
      this.run.request = this.#request;
      this.#runRequest(session, commands[i]);
      if (this.#reply.length > flushBytes) this.#sendLong(session, commands[i]);
      if (session.state.name !== 'running') {
        // A request that a pause holds back has not run yet: it will be the next again.
        const next = isHeld(session) ? i : i + 1;
        if (next < count) session.parser.unread(requests[next]);
        break;
      }
    }
    batch.end(this.keyspace, count);
    this.#timedUntilUs = 0;
  }

  /** What is answered at such length may have taken long, even if it was not timed. */
  #sendLong(session: Session, command: Command | null): void {
    if (command !== null) {
      this.instruments.wasLong(session, command, this.#request, this.run.nowMs);
    }
    this.#timedUntilUs = 0;
    this.#outlet.send(session, this.#reply);
  }

  #runRequest(session: Session, command: Command | null): void {
    this.#reply.version = session.protocol;
    if (session.replyMode !== 'on') this.#reply.muted = session.replyMode !== 'skip-next';
    // Nothing but the stream may reach a replica.
    if (session.kind === 'replica') this.#reply.muted = true;
    if (command === null) this.#refuseUnknown(session);
    else this.#runCommand(session, command);
    if (session.replyMode !== 'on' && !isHeld(session)) session.quietReplyOver();
    this.#reply.muted = false;
    if (this.run.hasAftermath) this.#settle(session);
  }

  /** A request is done: what it brought about beside its reply follows. */
  #settle(session: Session): void {
    this.run.hasAftermath = false;
    this.#timedUntilUs = 0;
    this.run.pubSub.replyEnded();
    // What a session is served with comes after the reply that made it possible.
    if (!this.run.blocking.hasReady) return;
    this.#outlet.send(session, this.#reply);
    this.#serving.serve();
  }

  #runCommand(session: Session, command: Command): void {
    const refusal = this.#refusalOf(command, session);
    if (refusal !== null) {
      this.#reject(session, command, refusal.text);
    } else if (this.waits.pauses.mode !== null && this.#mustWait(command, session)) {
      this.waits.hold(session);
    } else if (session.transaction !== null && (command.flagBits & flags.unqueued) === 0) {
      session.lastCommand = command.fullName;
      this.run.transactions.queue(session.transaction, command);
    } else {
      session.lastCommand = command.fullName;
      this.#execute(session, command);
    }
  }

  #refusalOf(command: Command, session: Session): CommandError | null {
    if (!command.acceptsCount(this.#request.count)) return wrongArity(command.fullName);
    const isPlain = session.authenticated && session.kind === 'client';
    if (
      isPlain &&
      session.transaction === null &&
      session.subscriptions === null &&
      this.#isOpen &&
      (command.flagBits & flags.protected) === 0
    )
      return null;
    return admit(command, session, this.conditions);
  }

  #reject(session: Session, command: Command, text: string): void {
    this.statistics.rejectedCalls[command.index] += 1;
    if ((command.flagBits & flags.inherits) !== 0) {
      this.#refuse(this.run.transactions.abort(session, text));
    } else {
      this.run.transactions.spoil(session);
      this.#refuse(text);
    }
  }

  #execute(session: Session, command: Command): void {
    const { run, instruments } = this;
    const { request } = run;
    const frameBytes = request.frameEnd - request.frameStart;
    if (instruments.timing.wants(command.index, request.count, frameBytes)) {
      const beforeUs = this.#timedUntilUs === 0 ? this.#clock.monotonicUs() : this.#timedUntilUs;
      this.#perform(session, command);
      this.#timedUntilUs = this.#clock.monotonicUs();
      instruments.timed(session, command, request, this.#timedUntilUs - beforeUs);
    } else {
      this.#perform(session, command);
      this.#timedUntilUs = 0;
    }
    if (instruments.isOn) instruments.ran(session, command, request);
  }

  #perform(session: Session, command: Command): void {
    const run = this.run;
    const reply = this.#reply;
    this.#errorsSeen = reply.errorCount;
    // A command that waited was counted when it came.
    if (!run.blocking.isRetry) {
      this.statistics.commandsProcessed += 1;
      this.statistics.calls[command.index] += 1;
    }
    const replyStart = reply.length;
    run.begin(session);
    try {
      command.execute(run);
    } catch (error) {
      // A reply that was begun would leave the client waiting for the rest of it.
      reply.truncate(replyStart);
      reply.error(replyTextOf(error));
    }
    run.finish();
    if (reply.errorCount !== this.#errorsSeen) {
      this.#errorsSeen = reply.errorCount;
      this.statistics.failedCalls[command.index] += 1;
      this.statistics.countError(codeOf(reply.lastError));
    }
  }

  #mustWait(command: Command, session: Session): boolean {
    if (session.kind !== 'client') return false;
    return this.waits.pauses.mode === 'all' || isWrite(command, session);
  }

  #refuseUnknown(session: Session): void {
    if (this.#request.is(0, 'host:') || this.#request.is(0, 'post')) {
      this.#events.foreignProtocol(session);
      session.closeAfterReply();
      return;
    }
    this.run.transactions.spoil(session);
    this.#refuse(this.table.unknown(this.#request).text);
  }

  #refuse(text: string): void {
    this.#reply.error(text);
    this.statistics.countError(codeOf(text));
  }

  #controlsOrFail(): Controls {
    if (this.#controls === null) throw new Error('the engine runs before it was attached');
    return this.#controls;
  }
}

const nothing = new Uint8Array(0);
/** A long pipeline's replies are sent in pieces of this size. */
const flushBytes = 256 * 1024;
