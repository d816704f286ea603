import { concatBytes, latin1Of } from '../base/bytes.ts';
import { CommandError, wrongArity } from '../protocol/errors.ts';
import { ReplyWriter } from '../protocol/reply-writer.ts';
import { Request } from '../protocol/request.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import type { Database } from '../store/database.ts';
import { Keyspace } from '../store/keyspace.ts';
import type {
  BlockingControl,
  ClientsControl,
  CommandContext,
  EffectBuilder,
  KeyEvent,
  MemoryView,
  PubSubControl,
  ReplicationControl,
  ServerControl,
  SessionFilter,
  SessionView,
  SettingsControl,
  TransactionsControl,
} from './context.ts';
import type { InstrumentsControl } from './instruments.ts';
import type { CommandTable } from './lookup.ts';
import { createCommandTable } from './table.ts';
import type { ValuesControl } from './values-control.ts';

/** It never changes, so one serves all tests of a file. */
const sharedTable = createCommandTable();

/**
 * A server for tests of commands: the real table and store, a clock and a session that stand still,
 * and a diary of what commands asked of everything else.
 */
export class TestServer implements CommandContext {
  readonly table: CommandTable = sharedTable;
  readonly keyspace = new Keyspace(16, seededRandom(1));
  readonly random = seededRandom(2);
  readonly reply = new ReplyWriter();
  request: Request = Request.of('PING');
  nowMs = 1_700_000_000_000;
  session: TestSession = new TestSession();
  /** What the commands asked for, line by line. */
  readonly diary: string[] = [];
  /** What the last command propagates: its own words, words in their place, or nothing. */
  propagated: string[] = [];
  /** Names of the last command's events, `database:name`. */
  notified: string[] = [];
  /** How many changes the last command made, as save points count. */
  changes = 0;
  isReplica = false;
  passwordRequired = false;
  usesLfu = false;
  maxBulkBytes = 512 * 1024 * 1024;
  #rewritten: string[] | null = null;
  #isForwarded = false;

  get database(): Database {
    return this.keyspace.databases[this.session.databaseIndex];
  }

  /** Runs one request and returns its reply as the bytes on the wire, one character per byte. */
  send(...words: readonly (string | Uint8Array)[]): string {
    this.request = Request.of(...words);
    this.propagated = [];
    this.notified = [];
    this.#rewritten = null;
    this.changes = 0;
    this.#isForwarded = false;
    this.reply.clear();
    this.reply.version = this.session.protocol;
    this.reply.muted = this.session.replyMode === 'off';
    try {
      this.#execute();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.reply.error(error.text);
    }
    if (this.#rewritten !== null) this.propagated = this.#rewritten;
    else if (this.changes > 0 || this.#isForwarded) this.propagated = [words.map(String).join(' ')];
    return latin1Of(this.reply.bytes, 0, this.reply.length);
  }

  /** Runs a request of words that are separated by single spaces. */
  run(line: string): string {
    return this.send(...line.split(' '));
  }

  #execute(): void {
    const command = this.table.find(this.request);
    if (command === null) throw this.table.unknown(this.request);
    if (!command.acceptsCount(this.request.count)) throw wrongArity(command.fullName);
    command.execute(this);
  }

  find(word: number): number {
    return this.findIn(this.database, this.request.word(word));
  }

  findForWrite(word: number): number {
    return this.findIn(this.database, this.request.word(word));
  }

  findUntouched(word: number): number {
    return this.findIn(this.database, this.request.word(word));
  }

  peek(word: number): number {
    return this.findIn(this.database, this.request.word(word));
  }

  peekIn(database: Database, key: Uint8Array): number {
    return this.findIn(database, key);
  }

  private findIn(database: Database, key: Uint8Array): number {
    const record = database.find(key, 0, key.length);
    if (record === 0 || !this.isExpired(database, record)) return record;
    if (!this.isReplica) database.delete(key, 0, key.length);
    return 0;
  }

  expireFields(record: number): number {
    if (this.isReplica || this.session.kind === 'primary') return record;
    const { hashes, values } = this.database;
    const names: Uint8Array[] = [];
    const hash = hashes.takeDue(record, this.nowMs, 1_000_000, names);
    this.#note('expired', ...names.map((name) => latin1Of(name)));
    if (hashes.length(hash) > 0) return hash;
    values.remove(hash);
    return 0;
  }

  isExpired(database: Database, record: number): boolean {
    if (this.session.kind === 'primary') return false;
    const expiresAtMs = database.expiresAtMs(record);
    return expiresAtMs !== 0 && expiresAtMs <= this.nowMs;
  }

  modified(event: KeyEvent, _word: number, changes = 1): void {
    this.changes += changes;
    this.notified.push(`${this.database.index}:${event.name}`);
  }

  modifiedKey(event: KeyEvent, database: Database, _key: Uint8Array, changes = 1): void {
    this.changes += changes;
    this.notified.push(`${database.index}:${event.name}`);
  }

  notify(event: KeyEvent, _word: number): void {
    this.notified.push(`${this.database.index}:${event.name}`);
  }

  changed(changes = 1): void {
    this.changes += changes;
  }

  effect(count: number): EffectBuilder {
    const words: Uint8Array[] = [];
    const encoder = new TextEncoder();
    const effects = this.#rewritten ?? [];
    this.#rewritten = effects;
    const add = (bytes: Uint8Array): EffectBuilder => {
      words.push(bytes.slice());
      if (words.length === count) {
        effects.push(words.map((word) => latin1Of(concatBytes([word]))).join(' '));
      }
      return builder;
    };
    const builder: EffectBuilder = {
      text: (text) => add(encoder.encode(text)),
      word: (i) => add(this.request.word(i)),
      bytes: (bytes, start = 0, end = bytes.length) => add(bytes.subarray(start, end)),
      integer: (value) => add(encoder.encode(String(value))),
    };
    return builder;
  }

  propagateNothing(): void {
    this.#rewritten = [];
  }

  flush(database: Database | null): void {
    this.#isForwarded = true;
    this.changes += (database ?? this.keyspace).size;
    if (database === null) this.keyspace.flushAll();
    else this.keyspace.flush(database.index);
  }

  swap(first: Database, second: Database): void {
    this.keyspace.swap(first.index, second.index);
  }

  forward(): void {
    this.#isForwarded = true;
  }

  /** Words in the diary: `block` and the keys, `ready` and the key. */
  readonly blocking: BlockingControl = {
    allowed: true,
    isRetry: false,
    blockOnKeys: ({ words, timeoutMs }) => {
      const keys = words.map((word) => this.request.text(word));
      this.#note('block', ...keys, String(timeoutMs));
    },
    readyKey: (word) => this.#note('ready', this.request.text(word)),
    readyKeyIn: (database, key) => this.#note('ready', `${database.index}:${latin1Of(key)}`),
  };

  readonly pubSub: PubSubControl = {
    subscribe: (kind) => this.#count('subscribe', kind),
    unsubscribe: (kind) => this.#count('unsubscribe', kind),
    subscriptionCount: () => 0,
    subscribed: () => [],
    names: () => [],
    subscriberCount: () => 0,
    publish: (kind) => this.#count('publish', kind),
    reset: () => this.#note('reset subscriptions'),
  };

  readonly instruments: InstrumentsControl = {
    slowLog: { length: 0, newest: () => [], reset: () => this.#note('reset slow log') },
    timing: {
      events: { thresholdMs: 0, all: [], forget: () => false },
      histogram: () => null,
      namesOf: (fullName) => [fullName],
      names: [],
    },
    monitors: {
      begin: () => this.#note('monitor'),
      end: () => this.#note('monitor no longer'),
    },
    tracking: {
      state: null,
      enable: (wishes) => this.#note('track', JSON.stringify(wishes)),
      disable: () => this.#note('track no longer'),
    },
  };

  readonly transactions: TransactionsControl = {
    begin: () => this.#note('begin'),
    execute: () => this.#note('execute'),
    discard: () => this.#note('discard'),
    watch: () => this.#note('watch'),
    unwatch: () => this.#note('unwatch'),
    reset: () => this.#note('reset transaction'),
  };

  readonly values: ValuesControl = {
    dump: (database, record) => database.keyOf(record),
    restore: ({ index }, { key }) => this.#note('restore', `${index}`, latin1Of(key)) ?? 'stored',
    replaceWithNothing: (_, { key }) => this.#note('drop', latin1Of(key)) ?? 'stored',
  };

  get settings(): SettingsControl {
    return {
      matching: (patterns) => patterns.map((pattern) => [pattern, 'value'] as const),
      set: (pairs) => this.#note('config set', ...pairs.flat()),
      rewrite: () => this.#note('config rewrite'),
      passwordRequired: this.passwordRequired,
      authenticate: (userName, password) =>
        userName === 'default' && (!this.passwordRequired || latin1Of(password) === 'secret'),
      databaseCount: this.keyspace.databases.length,
      maxBulkBytes: this.maxBulkBytes,
      usesLfu: this.usesLfu,
    };
  }

  get clients(): ClientsControl {
    const matching = (filter: SessionFilter): readonly SessionView[] =>
      filter.ids?.includes(this.session.id) === false ? [] : [this.session];
    return {
      count: 1,
      list: (filter) => {
        this.#note('list', JSON.stringify(filter));
        return matching(filter);
      },
      kill: (filter) => {
        this.#note('kill', JSON.stringify({ ...filter, skip: filter.skip?.id }));
        return filter.address === 'nobody:1' ? 0 : 1;
      },
      pause: (mode, untilMs) => this.#note('pause', mode, String(untilMs)),
      unpause: () => this.#note('unpause'),
      unblock: (id, how) => this.#note('unblock', String(id), how) === null,
    };
  }

  get replication(): ReplicationControl {
    return {
      isReplica: this.isReplica,
      roleView: () =>
        this.isReplica
          ? { role: 'replica', host: 'upstream', port: 7000, linkState: 'connected', offset: 9 }
          : { role: 'primary', offset: 8, replicas: [{ host: 'here', port: 7001, offset: 7 }] },
      follow: (host, port) => {
        this.#note('follow', host, String(port));
        return host === 'same' ? 'already' : 'ok';
      },
      promote: () => this.#note('promote'),
      replconf: () => this.#note('replconf'),
      sync: () => this.#note('sync'),
      acknowledgedBy: () => 0,
      wait: (_context, replicaCount, timeoutMs) =>
        this.#note('wait', String(replicaCount), String(timeoutMs)),
    };
  }

  get server(): ServerControl {
    return {
      info: (sections) => `# ${sections.join(',')}\r\n`,
      memory: () => emptyMemory,
      resetStatistics: () => this.#note('reset statistics'),
      shutdown: (modes) => this.#note('shutdown', ...modes),
      sleep: (ms) => this.#note('sleep', String(ms)),
      setActiveExpiry: (enabled) => this.#note('active expiry', String(enabled)),
      reload: ({ save, flush, merge }) => this.#note('reload', `${save} ${flush} ${merge}`),
      save: () => this.#note('save'),
      backgroundSave: (later) => {
        this.#note('background save', later ? 'later' : 'now');
        return later ? 'scheduled' : 'started';
      },
      lastSaveAtMs: this.nowMs,
      dataFlushed: () => this.#note('flushed'),
      logLine: (text) => this.#note('log', text),
      nowUs: () => this.nowMs * 1000 + 7,
      changeReplicationId: () => this.#note('change replication id'),
      debugSwitch: (name, value) => this.#note('switch', name, value),
      startedAtMs: this.nowMs,
    };
  }

  #count(...words: readonly string[]): number {
    this.#note(...words);
    return 1;
  }

  #note(...words: readonly string[]): null {
    this.diary.push(words.join(' '));
    return null;
  }
}

const emptyMemory: MemoryView = {
  usedBytes: 0,
  peakUsedBytes: 0,
  contentBytes: 0,
  spannedBytes: 0,
  residentBytes: 0,
  backlogBytes: 0,
  replicaBytes: 0,
  clientBytes: 0,
  functionBytes: 0,
  databases: [],
};

/** A session without a connection. */
export class TestSession implements SessionView {
  readonly id = 5;
  readonly remoteAddress = '127.0.0.1:50000';
  readonly localAddress = '127.0.0.1:7000';
  readonly createdAtMs = 1_700_000_000_000;
  kind: SessionView['kind'] = 'client';
  databaseIndex = 0;
  protocol: SessionView['protocol'] = 2;
  name = '';
  libraryName = '';
  libraryVersion = '';
  isSubscriber = false;
  authenticated = true;
  userName = 'default';
  noEvict = false;
  noTouch = false;
  replyMode: SessionView['replyMode'] = 'on';
  inTransaction = false;
  lastWriteOffset = 0;
  isClosing = false;
  wasReset = false;

  selectDatabase(index: number): void {
    this.databaseIndex = index;
  }

  describe(): string {
    return `id=${this.id} name=${this.name}`;
  }

  closeAfterReply(): void {
    this.isClosing = true;
  }

  reset(): void {
    this.wasReset = true;
    this.protocol = 2;
    this.databaseIndex = 0;
    this.name = '';
  }
}
