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
import type { ValuesControl } from '../commands/values-control.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Request } from '../protocol/request.ts';
import type { Random } from '../runtime/random.ts';
import type { Database } from '../store/database.ts';
import type { Keyspace } from '../store/keyspace.ts';
import { BlockedKeys, type BlockedKeysWorld } from './blocked-keys.ts';
import { deleteDueFields } from './due-fields.ts';
import { EffectBuffer, type EffectSink, noEffect } from './effects.ts';
import type { Instruments } from './instruments.ts';
import { KeyChanges } from './key-changes.ts';
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
  readonly values: ValuesControl;
}

/** When and by whom keys whose time has come are deleted. */
export interface ExpiryRules {
  /** False on a replica: its primary decides. */
  deletes: boolean;
  /** While writes are paused or data is loaded, expired keys are only hidden. */
  suspended: boolean;
}

/** The context of the command that runs: one object, filled anew for each. */
export class CommandRun implements CommandContext {
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
  /** Who hears of changes of keys. */
  readonly keys: KeyChanges;
  readonly pubSub: PubSub;
  readonly instruments: Instruments;
  readonly keyspaceEvents: KeyspaceEvents;
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
    readonly instruments: Instruments;
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
    this.instruments = options.instruments;
    this.keyspaceEvents = new KeyspaceEvents(options.pubSub);
    this.blocking = new BlockedKeys(this, {
      ...options.waiting,
      observe: () => this.keys.observe(),
    });
    this.keys = new KeyChanges(this);
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

  get values(): ValuesControl {
    return this.#controls().values;
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

  findUntouched(word: number, isEvent = true): number {
    const ref = this.peek(word);
    if (ref !== 0) this.#statistics.keyspaceHits += 1;
    else if (isEvent) this.#missed(word);
    else this.#statistics.keyspaceMisses += 1;
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
    this.keys.changed(event, this.database, bytes, starts[word], ends[word]);
  }

  modifiedKey(event: KeyEvent, database: Database, key: Uint8Array, changes = 1): void {
    this.dirty += changes;
    this.keys.changed(event, database, key, 0, key.length);
  }

  notify(event: KeyEvent, word: number): void {
    if (!this.keyspaceEvents.isOn) return;
    const { bytes, starts, ends } = this.request;
    this.keyspaceEvents.publish(event, this.databaseIndex, bytes, starts[word], ends[word]);
  }

  flush(database: Database | null): void {
    this.#isForwarded = true;
    this.dirty += (database ?? this.keyspace).size;
    this.keys.flush(database);
  }

  swap(first: Database, second: Database): void {
    this.keys.swap(first, second);
  }

  forward(): void {
    this.#isForwarded = true;
  }

  changed(changes = 1): void {
    this.dirty += changes;
  }

  effect(count: number): EffectBuilder {
    this.#isRewritten = true;
    if (!this.#wantsEffects) return noEffect;
    return this.effects.begin(this.databaseIndex, count);
  }

  propagateNothing(): void {
    this.#isRewritten = true;
  }

  expireFields(record: number, firstField: number, step: number): number {
    const { deletes, suspended } = this.expiry;
    if (!deletes || suspended || this.session.kind === 'primary') return record;
    const named = { request: this.request, first: firstField, step };
    return deleteDueFields(this.database, record, this.nowMs, named, {
      listener: this.keys,
      statistics: this.#statistics,
      effects: this.#wantsEffects ? this.effects : null,
    });
  }

  #missed(word: number): void {
    this.#statistics.keyspaceMisses += 1;
    if (this.keyspaceEvents.isOn) this.notify(commonEvents.missed, word);
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
    this.keys.expired(database, key);
    if (this.#wantsEffects && deletes) {
      this.effects.begin(database.index, 2).text('DEL').bytes(key);
    }
    return true;
  }
}
