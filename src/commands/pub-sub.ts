import { matchesGlob } from '../base/glob.ts';
import { unknownSubcommandOrArity } from '../protocol/errors.ts';
import { block, many, optional, pattern, string } from './arguments.ts';
import type { CommandContext, TopicKind } from './context.ts';
import {
  type CommandDeclaration,
  defineCommand,
  defineContainer,
  defineSubcommand,
} from './define.ts';
import { withHelp } from './help.ts';
import type { KeySpec } from './key-specs.ts';

/** Messages to whoever listens at the moment. */

const listening = ['pubsub', 'noscript', 'loading', 'stale', 'subscriber'] as const;
const telling = ['pubsub', 'loading', 'stale', 'fast', 'may_replicate'] as const;
const asking = ['pubsub', 'loading', 'stale'] as const;

/** Where the names of shard channels are: a cluster routes by them as by keys. */
const shardChannels: KeySpec = { index: 1, lastKey: -1, step: 1, flags: ['not_key'] };

const subscribe = defineCommand({
  name: 'SUBSCRIBE',
  summary: 'Listens to channels.',
  since: '2.0.0',
  group: 'pubsub',
  complexity: 'O(N) where N is the number of channels to subscribe to.',
  flags: listening,
  arguments: [many(string('channel'))],
  execute: (context) => subscribeAll(context, 'channel', 'subscribe'),
});

const unsubscribe = defineCommand({
  name: 'UNSUBSCRIBE',
  summary: 'Listens no longer to channels: to those named, or to any.',
  since: '2.0.0',
  group: 'pubsub',
  complexity: 'O(N) where N is the number of clients already subscribed to a channel.',
  flags: listening,
  arguments: [optional(many(string('channel')))],
  execute: (context) => unsubscribeAll(context, 'channel', 'unsubscribe'),
});

const psubscribe = defineCommand({
  name: 'PSUBSCRIBE',
  summary: 'Listens to all channels whose names match patterns.',
  since: '2.0.0',
  group: 'pubsub',
  complexity: 'O(N) where N is the number of patterns the client is already subscribed to.',
  flags: listening,
  arguments: [many(block('pattern', pattern('pattern')))],
  execute: (context) => subscribeAll(context, 'pattern', 'psubscribe'),
});

const punsubscribe = defineCommand({
  name: 'PUNSUBSCRIBE',
  summary: 'Listens no longer to patterns: to those named, or to any.',
  since: '2.0.0',
  group: 'pubsub',
  complexity:
    'O(N+M) where N is the number of patterns the client is already subscribed and M is the number of total patterns subscribed in the system (by any client).',
  flags: listening,
  arguments: [optional(many(pattern('pattern')))],
  execute: (context) => unsubscribeAll(context, 'pattern', 'punsubscribe'),
});

const publish = defineCommand({
  name: 'PUBLISH',
  summary: 'Sends a message to whoever listens to a channel, here and at replicas.',
  since: '2.0.0',
  group: 'pubsub',
  complexity:
    'O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns (by any client).',
  flags: telling,
  arguments: [string('channel'), string('message')],
  execute: (context) => publishTo(context, 'channel'),
});

const ssubscribe = defineCommand({
  name: 'SSUBSCRIBE',
  summary: 'Listens to channels of a shard.',
  since: '7.0.0',
  group: 'pubsub',
  complexity: 'O(N) where N is the number of shard channels to subscribe to.',
  flags: listening,
  keys: [shardChannels],
  arguments: [many(string('shardchannel'))],
  execute: (context) => subscribeAll(context, 'shardChannel', 'ssubscribe'),
});

const sunsubscribe = defineCommand({
  name: 'SUNSUBSCRIBE',
  summary: 'Listens no longer to channels of a shard: to those named, or to any.',
  since: '7.0.0',
  group: 'pubsub',
  complexity: 'O(N) where N is the number of clients already subscribed to a shard channel.',
  flags: listening,
  keys: [shardChannels],
  arguments: [optional(many(string('shardchannel')))],
  execute: (context) => unsubscribeAll(context, 'shardChannel', 'sunsubscribe'),
});

const spublish = defineCommand({
  name: 'SPUBLISH',
  summary: 'Sends a message to whoever listens to a channel of a shard.',
  since: '7.0.0',
  group: 'pubsub',
  complexity: 'O(N) where N is the number of clients subscribed to the receiving shard channel.',
  flags: telling,
  keys: [{ ...shardChannels, lastKey: 0 }],
  arguments: [string('shardchannel'), string('message')],
  execute: (context) => publishTo(context, 'shardChannel'),
});

function subscribeAll(context: CommandContext, kind: TopicKind, word: string): void {
  const { request, pubSub } = context;
  for (let i = 1; i < request.count; i += 1) {
    const name = request.word(i);
    replyChange(context, word, name, pubSub.subscribe(kind, name));
  }
}

function unsubscribeAll(context: CommandContext, kind: TopicKind, word: string): void {
  const { request, pubSub } = context;
  const isAll = request.count === 1;
  const names = isAll
    ? pubSub.subscribed(kind)
    : Array.from({ length: request.count - 1 }, (_, i) => request.word(i + 1));
  for (const name of names) replyChange(context, word, name, pubSub.unsubscribe(kind, name));
  if (names.length === 0) replyChange(context, word, null, pubSub.subscriptionCount(kind));
}

function replyChange(
  { reply }: CommandContext,
  word: string,
  name: Uint8Array | null,
  count: number,
): void {
  reply.push(3);
  reply.bulkLatin1(word);
  if (name === null) reply.nil();
  else reply.bulk(name);
  reply.integer(count);
}

function publishTo(context: CommandContext, kind: 'channel' | 'shardChannel'): void {
  const { request, pubSub, reply } = context;
  const receivers = pubSub.publish(kind, request.word(1), request.word(2));
  context.forward();
  reply.integer(receivers);
}

const channels = defineSubcommand({
  name: 'CHANNELS',
  summary: 'Names the channels that somebody listens to.',
  since: '2.8.0',
  group: 'pubsub',
  complexity:
    'O(N) where N is the number of active channels, and assuming constant time pattern matching (relatively short channels and patterns)',
  flags: asking,
  arguments: [optional(pattern('pattern'))],
  execute: (context) => replyNames(context, 'channel'),
});

const shardChannelNames = defineSubcommand({
  name: 'SHARDCHANNELS',
  summary: 'Names the channels of shards that somebody listens to.',
  since: '7.0.0',
  group: 'pubsub',
  complexity:
    'O(N) where N is the number of active shard channels, and assuming constant time pattern matching (relatively short shard channels).',
  flags: asking,
  arguments: [optional(pattern('pattern'))],
  execute: (context) => replyNames(context, 'shardChannel'),
});

const numsub = defineSubcommand({
  name: 'NUMSUB',
  summary: 'Says how many listen to each of the channels.',
  since: '2.8.0',
  group: 'pubsub',
  complexity: 'O(N) for the NUMSUB subcommand, where N is the number of requested channels',
  flags: asking,
  arguments: [optional(many(string('channel')))],
  execute: (context) => replyCounts(context, 'channel'),
});

const shardnumsub = defineSubcommand({
  name: 'SHARDNUMSUB',
  summary: 'Says how many listen to each of the channels of shards.',
  since: '7.0.0',
  group: 'pubsub',
  complexity:
    'O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels',
  flags: asking,
  arguments: [optional(many(string('shardchannel')))],
  execute: (context) => replyCounts(context, 'shardChannel'),
});

const numpat = defineSubcommand({
  name: 'NUMPAT',
  summary: 'Says how many patterns somebody listens to.',
  since: '2.8.0',
  group: 'pubsub',
  complexity: 'O(1)',
  flags: asking,
  execute({ reply, pubSub }) {
    reply.integer(pubSub.names('pattern').length);
  },
});

function replyNames(context: CommandContext, kind: TopicKind): void {
  const { request, reply, pubSub } = context;
  if (request.count > 3) throw unknownSubcommandOrArity(request);
  const wanted = request.count === 3 ? request.word(2) : null;
  const names = pubSub
    .names(kind)
    .filter((name) => wanted === null || matchesGlob(wanted, name, 0, name.length));
  reply.array(names.length);
  for (const name of names) reply.bulk(name);
}

function replyCounts(context: CommandContext, kind: TopicKind): void {
  const { request, reply, pubSub } = context;
  reply.array((request.count - 2) * 2);
  for (let word = 2; word < request.count; word += 1) {
    const name = request.word(word);
    reply.bulk(name);
    reply.integer(pubSub.subscriberCount(kind, name));
  }
}

const pubsub = defineContainer({
  name: 'PUBSUB',
  summary: 'Tells who listens to what.',
  since: '2.8.0',
  group: 'pubsub',
  complexity: 'Depends on subcommand.',
  flags: [],
  subcommands: withHelp({
    container: 'PUBSUB',
    since: '6.2.0',
    group: 'pubsub',
    subcommands: [channels, numpat, numsub, shardChannelNames, shardnumsub],
  }),
});

export const pubSubCommands: readonly CommandDeclaration[] = [
  subscribe,
  unsubscribe,
  psubscribe,
  punsubscribe,
  publish,
  ssubscribe,
  sunsubscribe,
  spublish,
  pubsub,
];
