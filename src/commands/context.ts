import type { ReplyWriter, RespVersion } from '../protocol/reply-writer.ts';
import type { Request } from '../protocol/request.ts';
import type { Random } from '../runtime/random.ts';
import type { Database } from '../store/database.ts';
import type { Keyspace } from '../store/keyspace.ts';
import type { InstrumentsControl } from './instruments.ts';
import type { ValuesControl } from './values-control.ts';

/**
 * All that a command may see and do. It never awaits: waiting is a state of its session.
 *
 * The context is one object, reused for every command; nothing of it may be kept.
 */
export interface CommandContext {
  readonly request: Request;
  readonly reply: ReplyWriter;
  readonly session: SessionView;
  /** Unix time in ms, the same for the whole command (and the whole transaction). */
  readonly nowMs: number;
  readonly random: Random;
  readonly keyspace: Keyspace;
  /** The session's selected database. */
  readonly database: Database;

  /**
   * The record of the key in word `word`, for a command that reads; 0 when there is none. A key whose
   * time has come is none (on a primary it is deleted and that is propagated). Counts a hit or miss
   * and touches the access clock.
   */
  find(word: number): number;
  /** The same for a command that is about to change the key: no hit or miss. */
  findForWrite(word: number): number;
  /**
   * Like `find`, but the access clock is not touched: EXISTS, TTL, TYPE. `isEvent` false: a miss is
   * counted, and not published: OBJECT.
   */
  findUntouched(word: number, isEvent?: boolean): number;
  /** The same without hits or misses: MEMORY, DEBUG. */
  peek(word: number): number;
  /** Like `peek`, for a key given by its bytes, in any database. */
  peekIn(database: Database, key: Uint8Array): number;
  /**
   * Deletes fields of a hash whose time has come, where this server is the one to decide it: as many
   * as take no time worth mentioning, and those named in word `firstField` and every `step` words
   * from there (0: in no word). That is propagated before the command's own effects. Returns the
   * record, which may have moved; 0 when no field is left and the key is gone.
   */
  expireFields(record: number, firstField: number, step: number): number;
  /** Whether `record` of `database` is past its expiry for this session. */
  isExpired(database: Database, record: number): boolean;

  /**
   * A key was changed: the command will be propagated, watchers and notifications follow. `event`
   * is the name that keyspace notifications use ("set", "del", "expire"). `changes` is what save
   * points count, 1 when left out; 0 for a further event of a change that was counted already.
   * Requires: the change is done.
   */
  modified(event: KeyEvent, word: number, changes?: number): void;
  /** The same for a key given by its bytes. */
  modifiedKey(event: KeyEvent, database: Database, key: Uint8Array, changes?: number): void;
  /** The notification alone: nobody else hears of it, and nothing is propagated for it. */
  notify(event: KeyEvent, word: number): void;
  /**
   * The command will be propagated although no single key changed: SWAPDB. `changes` is what save
   * points count, 1 when left out.
   */
  changed(changes?: number): void;

  /**
   * Starts one effect of `count` words that is propagated in place of the request (the first call
   * replaces it, further ones add to it; more than one goes out as a transaction).
   */
  effect(count: number): EffectBuilder;
  /** Nothing is propagated, whatever changed. */
  propagateNothing(): void;

  /**
   * Empties a database, or all of them (null), and counts the keys as changes. The command is
   * propagated, and be it that there were none.
   */
  flush(database: Database | null): void;
  /** Exchanges the contents of two databases. */
  swap(first: Database, second: Database): void;

  /** The request is propagated as it is, though it changes no data: PUBLISH. */
  forward(): void;

  readonly transactions: TransactionsControl;
  readonly blocking: BlockingControl;
  readonly pubSub: PubSubControl;
  readonly instruments: InstrumentsControl;
  readonly settings: SettingsControl;
  readonly clients: ClientsControl;
  readonly replication: ReplicationControl;
  readonly server: ServerControl;
  readonly values: ValuesControl;
}

/** Class of a keyspace notification, as in `notify-keyspace-events`, and the event's name. */
export interface KeyEvent {
  readonly group: KeyEventGroup;
  readonly name: string;
}

/** The classes, each a letter of `notify-keyspace-events`. */
export type KeyEventGroup =
  | 'generic'
  | 'string'
  | 'list'
  | 'set'
  | 'hash'
  | 'sortedSet'
  | 'stream'
  | 'expired'
  | 'evicted'
  | 'new'
  | 'keyMiss'
  /** Changed, but no notification speaks of it. */
  | 'silent';

/** Adds words to an effect, in order. Every method returns the builder. */
export interface EffectBuilder {
  /** ASCII text. */
  text(text: string): EffectBuilder;
  /** Word `i` of the request. */
  word(i: number): EffectBuilder;
  bytes(bytes: Uint8Array, start?: number, end?: number): EffectBuilder;
  /** A safe integer in decimal. */
  integer(value: number): EffectBuilder;
}

/** What a command may know of and do to a client session. Times are Unix ms. */
export interface SessionView {
  readonly id: number;
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly createdAtMs: number;
  /**
   * `primary` is our own link; its commands are never answered. `monitor`: a client that is shown all
   * requests (MONITOR).
   */
  readonly kind: 'client' | 'monitor' | 'replica' | 'primary' | 'internal';
  /** Index of the selected database. */
  readonly databaseIndex: number;
  selectDatabase(index: number): void;
  protocol: RespVersion;
  name: string;
  libraryName: string;
  libraryVersion: string;
  /** Whether it listens to channels: then RESP2 has few commands left. */
  readonly isSubscriber: boolean;
  /** Whether AUTH is done or not needed. */
  authenticated: boolean;
  userName: string;
  noEvict: boolean;
  noTouch: boolean;
  replyMode: 'on' | 'off' | 'skip-next' | 'skipping';
  /** Whether commands are run by EXEC, where nothing may block. */
  readonly inTransaction: boolean;
  /** Replication offset after this session's last write: what WAIT waits for. */
  readonly lastWriteOffset: number;
  /** One line of `CLIENT LIST`, without the line end. */
  describe(nowMs: number): string;
  /** Sends what was replied, then closes. */
  closeAfterReply(): void;
  /** Back to a fresh connection's state (RESET); the connection stays. */
  reset(): void;
}

/** Which sessions `CLIENT KILL` and `CLIENT LIST` mean; absent fields match all. */
export interface SessionFilter {
  readonly ids?: readonly number[];
  readonly address?: string;
  readonly localAddress?: string;
  readonly type?: 'normal' | 'replica' | 'primary' | 'pubsub';
  readonly userName?: string;
  readonly maxAgeSeconds?: number;
  readonly skip?: SessionView;
}

/** All sessions of this server. */
export interface ClientsControl {
  readonly count: number;
  list(filter: SessionFilter): readonly SessionView[];
  /** Closes the sessions that match and says how many. The caller's own closes after its reply. */
  kill(filter: SessionFilter, caller: SessionView): number;
  /** Holds commands back until `untilMs`; a stronger mode and a later end win. */
  pause(mode: 'write' | 'all', untilMs: number): void;
  unpause(): void;
  /** Ends a session's blocking, with a timeout's reply or an error; false when it is not blocked. */
  unblock(id: number, how: 'timeout' | 'error'): boolean;
}

/**
 * Transactions, for the session whose command runs; all but `unwatch` and `reset` reply by themselves.
 * Throws: `CommandError`.
 */
export interface TransactionsControl {
  /** MULTI */
  begin(): void;
  /** EXEC */
  execute(): void;
  /** DISCARD */
  discard(): void;
  /** WATCH: the keys are the request's words from 1 on. */
  watch(): void;
  /** UNWATCH */
  unwatch(): void;
  /** RESET: gives a transaction up and watches nothing. */
  reset(): void;
}

/** How a command waits until keys may serve it. */
export interface KeyWait {
  /** The words that name the keys, in order; a word may come twice. */
  readonly words: readonly number[];
  /** The type code of the values that serve (`valueTypes`); others leave the session waiting. */
  readonly type: number | 'any';
  /** 0 waits for ever. */
  readonly timeoutMs: number;
  /** What the session gets when the time is over. */
  readonly onTimeout: 'nil' | 'nilArray';
  /** The command also runs again when a key is deleted or gets a value of another type. */
  readonly wakeOnDelete?: boolean;
  /**
   * The request that runs again where the one at hand would not do: XREAD's `$` is fixed when the
   * wait begins. It has the same keys at the same words, and is kept.
   */
  readonly request?: Request;
}

/**
 * Waiting until keys have something to give. The command looks first, and calls `blockOnKeys` only
 * when nothing is there and `allowed` is true; it replies nothing then. When a key may serve, the
 * command is run again from the start with `isRetry` true, after the command or transaction that
 * made the key: it replies as usual, or calls `blockOnKeys` again, which keeps its place in line and
 * its time.
 */
export interface BlockingControl {
  /** False inside EXEC and for our primary's stream: the command answers at once. */
  readonly allowed: boolean;
  /** Whether the command waited and runs again. */
  readonly isRetry: boolean;
  /** Requires: `allowed`. The request is copied. */
  blockOnKeys(wait: KeyWait): void;
  /**
   * The key in a word, there before, may serve now: a stream that got an entry, a group that is
   * gone. New keys, and keys whose value got another type, need no such call.
   */
  readyKey(word: number): void;
  readyKeyIn(database: Database, key: Uint8Array): void;
}

/** What can be listened to. */
export type TopicKind = 'channel' | 'pattern' | 'shardChannel';

/** Channels, and who listens; "own" is the session whose command runs. Names are copied. */
export interface PubSubControl {
  /** Returns how many subscriptions the session has then, as replies count them. */
  subscribe(kind: TopicKind, name: Uint8Array): number;
  unsubscribe(kind: TopicKind, name: Uint8Array): number;
  subscriptionCount(kind: TopicKind): number;
  /** The own ones. */
  subscribed(kind: TopicKind): readonly Uint8Array[];
  /** All that somebody listens to. */
  names(kind: TopicKind): readonly Uint8Array[];
  subscriberCount(kind: TopicKind, name: Uint8Array): number;
  /** Returns how many receive it; who listens to a channel and a pattern receives it twice. */
  publish(kind: 'channel' | 'shardChannel', channel: Uint8Array, message: Uint8Array): number;
  /** RESET: listens to nothing. */
  reset(): void;
}

/** Settings as CONFIG sees them; texts are latin-1. */
export interface SettingsControl {
  /** Names and values that match one of the glob patterns, each name once. */
  matching(patterns: readonly string[]): readonly (readonly [name: string, value: string])[];
  /** Sets all or none; an error text (complete, with its code) when refused. */
  set(pairs: readonly (readonly [name: string, value: string])[]): string | null;
  /** Rewrites the configuration file; an error text when that failed. */
  rewrite(): string | null;
  readonly passwordRequired: boolean;
  /** Whether `userName` with `password` may enter. */
  authenticate(userName: string, password: Uint8Array): boolean;
  readonly databaseCount: number;
  readonly maxBulkBytes: number;
  /** `maxmemory-policy`, for OBJECT FREQ and IDLETIME. */
  readonly usesLfu: boolean;
}

/** What ROLE shows. */
export type RoleView =
  | {
      readonly role: 'primary';
      readonly offset: number;
      readonly replicas: readonly {
        readonly host: string;
        readonly port: number;
        readonly offset: number;
      }[];
    }
  | {
      readonly role: 'replica';
      readonly host: string;
      readonly port: number;
      readonly linkState: string;
      readonly offset: number;
    };

/** Replication as commands see it. Texts returned are complete error replies, with their code. */
export interface ReplicationControl {
  readonly isReplica: boolean;
  roleView(): RoleView;
  /** REPLICAOF host port. 'already' when it follows that primary already, else an error text. */
  follow(host: string, port: number, caller: SessionView): 'ok' | 'already' | { error: string };
  /** REPLICAOF NO ONE. Harmless on a primary. */
  promote(): void;
  /** REPLCONF: replies by itself, or not at all (ACK). */
  replconf(context: CommandContext): void;
  /** PSYNC and SYNC: takes the session's connection over. */
  sync(context: CommandContext): void;
  /** How many online replicas acknowledged `offset`. */
  acknowledgedBy(offset: number): number;
  /** WAIT: answers at once or blocks the session. `timeoutMs` 0 waits for ever. */
  wait(context: CommandContext, replicaCount: number, timeoutMs: number): void;
}

/** What DEBUG RELOAD does: save first, empty the data set, let the file's keys replace others. */
export interface ReloadOptions {
  readonly save: boolean;
  readonly flush: boolean;
  readonly merge: boolean;
}

/** What memory is used for, in bytes. */
export interface MemoryView {
  readonly usedBytes: number;
  readonly peakUsedBytes: number;
  /** What keys and values take, without tables. */
  readonly contentBytes: number;
  /** Memory in which they lie, holes included. */
  readonly spannedBytes: number;
  readonly residentBytes: number;
  readonly backlogBytes: number;
  readonly replicaBytes: number;
  readonly clientBytes: number;
  readonly functionBytes: number;
  readonly databases: readonly {
    readonly index: number;
    readonly keyCount: number;
    readonly tableBytes: number;
  }[];
}

/** The process around the commands. */
export interface ServerControl {
  /** What memory is used for, at the moment. */
  memory(): MemoryView;
  /** INFO's text for the wanted sections (lower case; empty means the default ones). */
  info(sections: readonly string[]): string;
  resetStatistics(): void;
  /** Starts to shut down: `modes` lower case; null when it goes on, else an error reply. */
  shutdown(modes: readonly string[], caller: SessionView): string | null;
  /** SAVE: the file is there when it returns; null, or an error reply. */
  save(): string | null;
  /** BGSAVE, at once or (`later`) when the running commands are done. */
  backgroundSave(later: boolean): 'started' | 'scheduled' | { readonly error: string };
  /** When the last save ended that went well, in Unix ms. */
  readonly lastSaveAtMs: number;
  /** FLUSHALL emptied the data: a file that is kept up to date must not bring it back. */
  dataFlushed(): void;
  /** DEBUG SLEEP: stops everything for so many ms, as Redis does. */
  sleep(ms: number): void;
  setActiveExpiry(enabled: boolean): void;
  /** DEBUG RELOAD: writes the data set as RDB and reads it back; null, or an error reply. */
  reload(options: ReloadOptions): string | null;
  /** A log line on behalf of a client: DEBUG LOG. */
  logLine(text: string): void;
  /** Microseconds of Unix time, for TIME. */
  nowUs(): number;
  /** DEBUG CHANGE-REPL-ID */
  changeReplicationId(): void;
  /** DEBUG REPLICATE, and DEBUG PAUSE-CRON and other switches that change nothing: by name. */
  debugSwitch(name: string, value: string): string | null;
  /** How many commands of each kind ran: for COMMAND and INFO commandstats. */
  readonly startedAtMs: number;
}
