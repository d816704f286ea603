import { latin1Of } from '../base/bytes.ts';
import { matchesGlob } from '../base/glob.ts';
import type { PubSubControl, TopicKind } from '../commands/context.ts';
import { ReplyWriter, type RespVersion } from '../protocol/reply-writer.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Outlet } from './outlet.ts';
import type { Session } from './session.ts';

/** What sessions subscribe to: a channel, a pattern of channels, or a channel of a shard. */
interface Topic {
  readonly name: Uint8Array;
  readonly sessions: Set<Session>;
}

/** What one session is subscribed to. */
export type Subscriptions = Readonly<Record<TopicKind, Map<string, Topic>>>;

/** What pub/sub needs of the engine around it. */
export interface PubSubWorld {
  readonly clock: Clock;
  /** The session whose command runs; null while none does. */
  readonly current: () => Session | null;
  /** The replies of that session. */
  readonly reply: ReplyWriter;
  readonly outlet: Outlet;
  /** A message waits for the end of the reply that is being written; see `replyEnded`. */
  readonly setAside: () => void;
}

/**
 * Channels and who listens. A message is encoded once for each protocol, and its receivers share the
 * bytes; what a turn brings to a session goes out in one write.
 */
export class PubSub implements PubSubControl {
  readonly #world: PubSubWorld;
  readonly #topics: Subscriptions = newSubscriptions();
  readonly #encoder = new ReplyWriter();
  /** Sessions that have messages since the last flush. */
  #waiting: Session[] = [];
  #isAside = false;
  /** Messages to the session whose command runs, where they may not stand inside of its reply. */
  #afterReply: Uint8Array[] = [];

  constructor(world: PubSubWorld) {
    this.#world = world;
  }

  subscribe(kind: TopicKind, name: Uint8Array): number {
    const session = this.#session();
    session.subscriptions ??= newSubscriptions();
    const own = session.subscriptions[kind];
    const text = latin1Of(name);
    if (!own.has(text)) {
      const known = this.#topics[kind].get(text);
      const topic = known ?? { name: new Uint8Array(name), sessions: new Set<Session>() };
      if (known === undefined) this.#topics[kind].set(text, topic);
      topic.sessions.add(session);
      own.set(text, topic);
    }
    return countFor(session, kind);
  }

  unsubscribe(kind: TopicKind, name: Uint8Array): number {
    const session = this.#session();
    this.#remove(session, kind, latin1Of(name));
    return countFor(session, kind);
  }

  subscriptionCount(kind: TopicKind): number {
    return countFor(this.#session(), kind);
  }

  subscribed(kind: TopicKind): readonly Uint8Array[] {
    const own = this.#session().subscriptions?.[kind];
    return own === undefined ? [] : [...own.values()].map(({ name }) => name);
  }

  names(kind: TopicKind): readonly Uint8Array[] {
    return [...this.#topics[kind].values()].map(({ name }) => name);
  }

  subscriberCount(kind: TopicKind, name: Uint8Array): number {
    return this.#topics[kind].get(latin1Of(name))?.sessions.size ?? 0;
  }

  /** How many topics of a kind somebody listens to. */
  count(kind: TopicKind): number {
    return this.#topics[kind].size;
  }

  /** Whether anybody listens to a channel or pattern. */
  get hasListeners(): boolean {
    return this.#topics.channel.size > 0 || this.#topics.pattern.size > 0;
  }

  /**
   * Publishes what a command does beside its reply: the session whose command runs gets its copy
   * when the reply is whole.
   */
  publishAside(channel: Uint8Array, message: Uint8Array): void {
    this.#isAside = true;
    this.publish('channel', channel, message);
    this.#isAside = false;
  }

  publish(kind: 'channel' | 'shardChannel', channel: Uint8Array, message: Uint8Array): number {
    const word = kind === 'channel' ? 'message' : 'smessage';
    let receivers = 0;
    const topic = this.#topics[kind].get(latin1Of(channel));
    if (topic !== undefined)
      receivers += this.#deliver(topic, [bytesOfWord[word], channel, message]);
    if (kind === 'shardChannel') return receivers;
    for (const each of this.#topics.pattern.values()) {
      if (!matchesGlob(each.name, channel, 0, channel.length)) continue;
      receivers += this.#deliver(each, [bytesOfWord.pmessage, each.name, channel, message]);
    }
    return receivers;
  }

  reset(): void {
    const session = this.#session();
    this.#world.outlet.flush(session);
    this.forget(session);
  }

  /** A session is gone, or begins anew. */
  forget(session: Session): void {
    for (const kind of kinds) {
      for (const text of session.subscriptions?.[kind].keys() ?? []) {
        this.#remove(session, kind, text);
      }
    }
    session.pushes = null;
  }

  /** A reply is whole: what its command or transaction sent to its own session follows. */
  replyEnded(): void {
    for (const bytes of this.#afterReply) this.#world.reply.raw(bytes);
    this.#afterReply.length = 0;
  }

  /**
   * Sends bytes to a session: after its reply when its command or transaction runs, else at the end
   * of the turn.
   */
  sendAside(session: Session, bytes: Uint8Array): void {
    const isAside = this.#isAside;
    this.#isAside = true;
    this.#push(session, bytes);
    this.#isAside = isAside;
  }

  #deliver(topic: Topic, parts: readonly Uint8Array[]): number {
    const encoded: Partial<Record<RespVersion, Uint8Array>> = {};
    for (const session of topic.sessions) {
      const { protocol } = session;
      encoded[protocol] ??= this.#encode(protocol, parts);
      this.#push(session, encoded[protocol]);
    }
    return topic.sessions.size;
  }

  #encode(version: RespVersion, parts: readonly Uint8Array[]): Uint8Array {
    const encoder = this.#encoder;
    encoder.version = version;
    encoder.push(parts.length);
    for (const part of parts) encoder.bulk(part);
    const bytes = encoder.bytes.slice(0, encoder.length);
    encoder.clear();
    return bytes;
  }

  #push(session: Session, bytes: Uint8Array): void {
    if (session === this.#world.current()) {
      if (session.inTransaction || this.#isAside) {
        this.#afterReply.push(bytes);
        this.#world.setAside();
      } else {
        this.#world.reply.raw(bytes);
      }
      return;
    }
    if (session.pushes !== null) {
      session.pushes.push(bytes);
      return;
    }
    session.pushes = [bytes];
    if (this.#waiting.length === 0) this.#world.clock.endOfTurn(() => this.#flushAll());
    this.#waiting.push(session);
  }

  #flushAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const session of waiting) this.#world.outlet.flush(session);
  }

  #remove(session: Session, kind: TopicKind, text: string): void {
    const { subscriptions } = session;
    const topic = subscriptions?.[kind].get(text);
    if (subscriptions === null || topic === undefined) return;
    subscriptions[kind].delete(text);
    topic.sessions.delete(session);
    if (topic.sessions.size === 0) this.#topics[kind].delete(text);
    if (kinds.every((each) => subscriptions[each].size === 0)) session.subscriptions = null;
  }

  #session(): Session {
    const session = this.#world.current();
    if (session === null) throw new Error('nobody subscribes while no command runs');
    return session;
  }
}

const kinds: readonly TopicKind[] = ['channel', 'pattern', 'shardChannel'];

const bytesOfWord = {
  message: new TextEncoder().encode('message'),
  pmessage: new TextEncoder().encode('pmessage'),
  smessage: new TextEncoder().encode('smessage'),
};

function newSubscriptions(): Subscriptions {
  return { channel: new Map(), pattern: new Map(), shardChannel: new Map() };
}

/** What replies count: channels and patterns together, channels of shards by themselves. */
function countFor({ subscriptions }: Session, kind: TopicKind): number {
  if (subscriptions === null) return 0;
  const { channel, pattern, shardChannel } = subscriptions;
  return kind === 'shardChannel' ? shardChannel.size : channel.size + pattern.size;
}
