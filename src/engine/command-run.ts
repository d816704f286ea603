import type { Command } from '../commands/command.ts';
import type {
  ClientsControl,
  CommandContext,
  EffectBuilder,
  KeyEvent,
  ReplicationControl,
  ServerControl,
  SettingsControl,
} from '../commands/context.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Request } from '../protocol/request.ts';
import type { Random } from '../runtime/random.ts';
import type { Database } from '../store/database.ts';
import type { KeyObserver } from '../store/key-observer.ts';
import type { Keyspace } from '../store/keyspace.ts';
import { BlockedKeys, type BlockedKeysWorld } from './blocked-keys.ts';
import { EffectBuffer, type EffectSink, noEffect } from './effects.ts';
import { commonEvents, KeyspaceEvents } from './keyspace-events.ts';
import type { PubSub } from './pub-sub.ts';
import type { Session } from './session.ts';
import type { Statistics } from './statistics.ts';
import { Transactions } from './transactions.ts';
import { Watches } from './watches.ts';

/** The parts of the server that commands reach through their context. */
export interface Controls {
  readonly settings: SettingsControl;
  readonly clients: ClientsControl;
  readonly replication: ReplicationControl;
  readonly server: ServerControl;
}

/** When and by whom keys whose time has come are deleted. */
export interface ExpiryRules {
  /** False on a replica: its primary decides. */
  deletes: boolean;
  /** While writes are paused or data is loaded, expired keys are only hidden. */
  suspended: boolean;
}

/** The context of the command that runs: one object, filled anew for each. */
export class CommandRun implements CommandContext, KeyObserver {
  #request: Request;
  readonly reply: ReplyWriter;
  readonly random: Random;
  readonly effects: EffectBuffer;
  session: Session;
  nowMs = 0;
  keyspace: Keyspace;
  databaseIndex = 0;
  /** How many changes the command made. */
  dirty = 0;
  /** How many changes all commands made, ever. */
  changeCount = 0;
  readonly watches = new Watches((database, record) => this.isDue(database, record));
  readonly transactions: Transactions;
  readonly blocking: BlockedKeys;
  readonly pubSub: PubSub;
  readonly keyspaceEvents: KeyspaceEvents;
  #isLoading = false;
  /** Something must follow when the reply is whole: messages to its session, keys that may serve. */
  hasAftermath = false;
  readonly expiry: ExpiryRules = { deletes: true, suspended: false };
  readonly #statistics: Statistics;
  readonly #sink: EffectSink;
  readonly #controls: () => Controls;
  #wantsEffects = false;
  /** Effects wait for the end of a transaction. */
  #isGrouped = false;
  /** Effects were given in place of the request. */
  #isRewritten = false;
  /** The request goes out though it changed nothing. */
  #isForwarded = false;

  constructor(options: {
    readonly request: Request;
    readonly reply: ReplyWriter;
    readonly random: Random;
    readonly session: Session;
    readonly keyspace: Keyspace;
    readonly statistics: Statistics;
    readonly sink: EffectSink;
    readonly controls: () => Controls;
    readonly pubSub: PubSub;
    readonly waiting: Omit<BlockedKeysWorld, 'observe'>;
    readonly execute: (session: Session, command: Command) => void;
  }) {
    this.#request = options.request;
    this.reply = options.reply;
    this.random = options.random;
    this.session = options.session;
    this.keyspace = options.keyspace;
    this.effects = new EffectBuffer(options.request);
    this.#statistics = options.statistics;
    this.#sink = options.sink;
    this.#controls = options.controls;
    this.pubSub = options.pubSub;
    this.keyspaceEvents = new KeyspaceEvents(options.pubSub);
    this.blocking = new BlockedKeys(this, { ...options.waiting, observe: () => this.observe() });
    this.transactions = new Transactions(this, options.execute);
  }

  get request(): Request {
    return this.#request;
  }

  set request(request: Request) {
    this.#request = request;
    this.effects.request = request;
  }

  get database(): Database {
    return this.keyspace.databases[this.session.databaseIndex];
  }

  get settings(): SettingsControl {
    return this.#controls().settings;
  }

  get clients(): ClientsControl {
    return this.#controls().clients;
  }

  get replication(): ReplicationControl {
    return this.#controls().replication;
  }

  get server(): ServerControl {
    return this.#controls().server;
  }

  /** Prepares for one command. */
  begin(session: Session): void {
    this.session = session;
    this.databaseIndex = session.databaseIndex;
    this.dirty = 0;
    this.#isRewritten = false;
    this.#isForwarded = false;
    this.#wantsEffects = session.kind !== 'primary' && this.#sink.wantsEffects;
  }

  /** What commands do from here on goes out together, at `endGroup`. */
  beginGroup(): void {
    this.#isGrouped = true;
  }

  /** Publishes the effects of a group; what runs on is a command that did nothing. */
  endGroup(session: Session): void {
    this.#isGrouped = false;
    this.begin(session);
    if (this.effects.count === 0) return;
    if (this.#wantsEffects) {
      this.effects.deliver(this.#sink);
      session.lastWriteOffset = this.#sink.offset;
    } else {
      this.effects.clear();
    }
  }

  /** Publishes what the command did. */
  finish(): void {
    this.changeCount += this.dirty;
    if (!this.#wantsEffects) {
      if (this.effects.count > 0) this.effects.clear();
      return;
    }
    const isSent = this.dirty > 0 || this.#isForwarded;
    if (!isSent && this.effects.count === 0) return;
    const request = this.request;
    if (this.#isGrouped) {
      if (isSent && !this.#isRewritten) this.effects.append(this.databaseIndex, request);
      return;
    }
    if (this.#isRewritten || !isSent) {
      this.effects.deliver(this.#sink);
    } else if (this.effects.count > 0) {
      this.effects.append(this.databaseIndex, request);
      this.effects.deliver(this.#sink);
    } else {
      this.#sink.feed(this.databaseIndex, request.bytes, request.frameStart, request.frameEnd);
    }
    this.session.lastWriteOffset = this.#sink.offset;
  }

  find(word: number): number {
    const database = this.database;
    const request = this.request;
    const ref = database.find(request.bytes, request.starts[word], request.ends[word]);
    if (ref === 0 || this.#hides(database, ref, false)) {
      this.#missed(word);
      return 0;
    }
    this.#statistics.keyspaceHits += 1;
    if (!this.session.noTouch) database.touch(ref);
    return ref;
  }

  findForWrite(word: number): number {
    const database = this.database;
    const request = this.request;
    const ref = database.find(request.bytes, request.starts[word], request.ends[word]);
    if (ref === 0 || this.#hides(database, ref, true)) return 0;
    if (!this.session.noTouch) database.touch(ref);
    return ref;
  }

  peek(word: number): number {
    const database = this.database;
    const request = this.request;
    const ref = database.find(request.bytes, request.starts[word], request.ends[word]);
    return ref === 0 || this.#hides(database, ref, false) ? 0 : ref;
  }

  peekIn(database: Database, key: Uint8Array): number {
    const ref = database.find(key, 0, key.length);
    return ref === 0 || this.#hides(database, ref, false) ? 0 : ref;
  }

  isExpired(database: Database, record: number): boolean {
    return this.session.kind !== 'primary' && this.isDue(database, record);
  }

  /** Whether the time of a record has come, whoever asks. */
  isDue(database: Database, record: number): boolean {
    const expiresAtMs = database.expiresAtMs(record);
    return expiresAtMs !== 0 && expiresAtMs <= this.nowMs;
  }

  modified(event: KeyEvent, word: number, changes = 1): void {
    this.dirty += changes;
    const { bytes, starts, ends } = this.request;
    this.#touched(this.database, bytes, starts[word], ends[word]);
    if (this.keyspaceEvents.isOn) this.notify(event, word);
  }

  modifiedKey(event: KeyEvent, database: Database, key: Uint8Array, changes = 1): void {
    this.dirty += changes;
    this.#touched(database, key, 0, key.length);
    if (this.keyspaceEvents.isOn) {
      this.keyspaceEvents.publish(event, database.index, key, 0, key.length);
    }
  }

  notify(event: KeyEvent, word: number): void {
    if (!this.keyspaceEvents.isOn) return;
    const { bytes, starts, ends } = this.request;
    this.keyspaceEvents.publish(event, this.databaseIndex, bytes, starts[word], ends[word]);
  }

  /** A key was deleted because its time had come. */
  readonly expired = (database: Database, key: Uint8Array): void => {
    this.#touched(database, key, 0, key.length);
    if (!this.keyspaceEvents.isOn) return;
    this.keyspaceEvents.publish(commonEvents.expired, database.index, key, 0, key.length);
  };

  flush(database: Database | null): void {
    const { databases } = this.keyspace;
    const flushed = database === null ? databases : [database];
    for (const each of flushed) this.watches.replacing(each, null);
    if (database === null) this.keyspace.flushAll();
    else this.keyspace.flush(database.index);
    for (const each of flushed) this.blocking.databaseReplaced(each);
  }

  swap(first: Database, second: Database): void {
    if (first === second) return;
    this.watches.replacing(first, second);
    this.watches.replacing(second, first);
    this.keyspace.swap(first.index, second.index);
    this.blocking.databaseReplaced(first);
    this.blocking.databaseReplaced(second);
  }

  /** Another data set takes the old one's place. */
  replaceKeyspace(keyspace: Keyspace): void {
    const { databases } = this.keyspace;
    for (const [i, each] of databases.entries()) {
      this.watches.replacing(each, keyspace.databases[i]);
      each.keyObserver = null;
    }
    this.keyspace = keyspace;
    this.observe();
    for (const each of keyspace.databases) this.blocking.databaseReplaced(each);
  }

  /**
   * Has databases tell of new keys, or no longer, because what wants to know has changed. Keys that
   * are loaded are none: those who wait hear of them when all are there.
   */
  observe(): void {
    const { blocking, keyspaceEvents } = this;
    const isWanted = !this.#isLoading && (blocking.lineCount > 0 || keyspaceEvents.wantsNew);
    for (const each of this.keyspace.databases) each.keyObserver = isWanted ? this : null;
  }

  /** The data set begins to be loaded, or is there. */
  set isLoading(isLoading: boolean) {
    if (isLoading === this.#isLoading) return;
    this.#isLoading = isLoading;
    this.observe();
    if (isLoading) return;
    for (const each of this.keyspace.databases) this.blocking.databaseReplaced(each);
  }

  /** `KeyObserver`: a key has come to be, or its value is of another type now. */
  keyCreated(database: Database, ref: number, isNew: boolean): void {
    const { blocking, keyspaceEvents } = this;
    const key = database.keyOf(ref);
    if (blocking.lineCount > 0) blocking.ready(database, key, 0, key.length);
    if (isNew && keyspaceEvents.wantsNew) {
      keyspaceEvents.publish(commonEvents.created, database.index, key, 0, key.length);
    }
  }

  forward(): void {
    this.#isForwarded = true;
  }

  changed(): void {
    this.dirty += 1;
  }

  effect(count: number): EffectBuilder {
    this.#isRewritten = true;
    if (!this.#wantsEffects) return noEffect;
    return this.effects.begin(this.databaseIndex, count);
  }

  propagateNothing(): void {
    this.#isRewritten = true;
  }

  #missed(word: number): void {
    this.#statistics.keyspaceMisses += 1;
    if (this.keyspaceEvents.isOn) this.notify(commonEvents.missed, word);
  }

  /** Tells those who wait for a change of a key. */
  #touched(database: Database, bytes: Uint8Array, start: number, end: number): void {
    if (this.watches.count > 0) this.watches.touch(database, bytes, start, end);
    if (this.blocking.deleteWaiterCount > 0) this.blocking.touch(database, bytes, start, end);
  }

  /**
   * Whether a record counts as missing because its time has come. On a primary it is deleted, and
   * that is an effect of its own before the command's.
   */
  #hides(database: Database, ref: number, forWrite: boolean): boolean {
    if (database.expiryCount === 0 || !this.isExpired(database, ref)) return false;
    const { deletes, suspended } = this.expiry;
    if (suspended || (!deletes && !forWrite)) return true;
    const key = database.keyOf(ref);
    database.delete(key, 0, key.length);
    this.#statistics.expiredKeys += 1;
    this.expired(database, key);
    if (this.#wantsEffects && deletes) {
      this.effects.begin(database.index, 2).text('DEL').bytes(key);
    }
    return true;
  }
}
