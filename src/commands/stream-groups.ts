import { unknownSubcommandOrArity } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { noSuchGroup, streamErrors } from '../protocol/stream-errors.ts';
import type { Stream } from '../store/values/stream.ts';
import type { StreamGroup } from '../store/values/stream-group.ts';
import { StreamId } from '../store/values/stream-id.ts';
import { after, integer, key, many, oneOf, optional, string, token } from './arguments.ts';
import type { CommandContext } from './context.ts';
import {
  type CommandDeclaration,
  defineCommand,
  defineContainer,
  defineSubcommand,
} from './define.ts';
import { withHelp } from './help.ts';
import { anyIdIn, idIn, isSign } from './stream-ids.ts';
import {
  consumerIn,
  createConsumer,
  findStream,
  findStreamForWrite,
  groupIn,
  streamEvents,
} from './stream-values.ts';
import { integerIn } from './words.ts';

/** Groups of consumers: XGROUP, XACK. */

const dollar = 36;
/** Filled and used within one command. */
const id = new StreamId();

const idArgument = oneOf('id', string('id'), token('new_id', '$'));
const entriesReadArgument = optional(after('ENTRIESREAD', integer('entries_read')));

const create = defineSubcommand({
  name: 'CREATE',
  summary: 'Adds a group to a stream.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'O(1)',
  flags: ['write', 'denyoom'],
  history: [['7.0.0', 'Added the `entries_read` named argument.']],
  arguments: [
    key('key', 'RW', 'insert'),
    string('groupname'),
    idArgument,
    optional(token('mkstream', 'MKSTREAM')),
    entriesReadArgument,
  ],
  execute(context) {
    const { request, reply } = context;
    const { entriesRead, makesStream } = readGroupOptions(request, true);
    const found = findStreamForWrite(context, 2);
    if (found === null && !makesStream) throw streamErrors.keyMissing;
    if (request.count > 8) throw unknownSubcommandOrArity(request);
    id.setZero();
    if (!isSign(request, 4, dollar)) idIn(request, 4, id);
    else if (found !== null) id.copy(found.lastId);
    const { bytes, starts, ends } = request;
    const stream = found ?? context.database.streams.create(bytes, starts[2], ends[2]);
    const group = stream.addGroup(bytes, starts[3], ends[3], id, entriesRead);
    if (group === null) throw streamErrors.groupExists;
    reply.ok();
    context.modified(streamEvents.createGroup, 2);
  },
});

const setId = defineSubcommand({
  name: 'SETID',
  summary: 'Sets up to where a group has read.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'O(1)',
  flags: ['write'],
  history: [['7.0.0', 'Added the optional `entries_read` argument.']],
  arguments: [key('key', 'RW', 'update'), string('groupname'), idArgument, entriesReadArgument],
  execute(context) {
    const { request, reply } = context;
    const { entriesRead } = readGroupOptions(request, false);
    const stream = requireStream(context);
    const group = requireGroup(context, stream);
    if (request.count !== 5 && request.count !== 7) throw unknownSubcommandOrArity(request);
    if (isSign(request, 4, dollar)) id.copy(stream.lastId);
    else anyIdIn(request, 4, id);
    group.setProgress(id, entriesRead);
    reply.ok();
    context.changed();
    context.notify(streamEvents.setGroupId, 2);
  },
});

/** Reads the words from 5 on. */
function readGroupOptions(
  request: Request,
  isCreating: boolean,
): { readonly entriesRead: number; readonly makesStream: boolean } {
  let entriesRead = -1;
  let makesStream = false;
  for (let word = 5; word < request.count; word += 1) {
    if (isCreating && request.is(word, 'mkstream')) {
      makesStream = true;
    } else if (request.is(word, 'entriesread') && word + 1 < request.count) {
      word += 1;
      entriesRead = integerIn(request, word);
      if (entriesRead < -1) throw streamErrors.entriesReadNegative;
    } else {
      throw unknownSubcommandOrArity(request);
    }
  }
  return { entriesRead, makesStream };
}

/** The stream of the key in word 2. Throws when there is none. */
function requireStream(context: CommandContext): Stream {
  const stream = findStreamForWrite(context, 2);
  if (stream === null) throw streamErrors.keyMissing;
  return stream;
}

/** The group in word 3. Throws when there is none. */
function requireGroup(context: CommandContext, stream: Stream): StreamGroup {
  const group = groupIn(context, stream, 3);
  if (group === null) throw noSuchGroup(context.request, 2, 3, 'group first');
  return group;
}

const destroy = defineSubcommand({
  name: 'DESTROY',
  summary: 'Removes a group with all that is pending in it.',
  since: '5.0.0',
  group: 'stream',
  complexity: "O(N) where N is the number of entries in the group's pending entries list (PEL).",
  flags: ['write'],
  arguments: [key('key', 'RW', 'delete'), string('groupname')],
  execute(context) {
    const stream = requireStream(context);
    const group = groupIn(context, stream, 3);
    if (group === null) {
      context.reply.integer(0);
      return;
    }
    stream.removeGroup(group);
    context.reply.integer(1);
    context.changed();
    context.notify(streamEvents.destroyGroup, 2);
    context.blocking.readyKey(2);
  },
});

const createConsumerCommand = defineSubcommand({
  name: 'CREATECONSUMER',
  summary: 'Adds a consumer to a group.',
  since: '6.2.0',
  group: 'stream',
  complexity: 'O(1)',
  flags: ['write', 'denyoom'],
  arguments: [key('key', 'RW', 'insert'), string('groupname'), string('consumername')],
  execute(context) {
    const group = requireGroup(context, requireStream(context));
    context.reply.integer(createConsumer(context, group, 4, 2) === null ? 0 : 1);
  },
});

const deleteConsumer = defineSubcommand({
  name: 'DELCONSUMER',
  summary: 'Removes a consumer with all that is pending for it.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'O(1)',
  flags: ['write'],
  arguments: [key('key', 'RW', 'delete'), string('groupname'), string('consumername')],
  execute(context) {
    const group = requireGroup(context, requireStream(context));
    const consumer = consumerIn(context, group, 4);
    context.reply.integer(consumer?.pending.size ?? 0);
    if (consumer === null) return;
    group.removeConsumer(consumer);
    context.changed();
    context.notify(streamEvents.deleteConsumer, 2);
  },
});

const xgroup = defineContainer({
  name: 'XGROUP',
  summary: 'Makes, changes and removes groups of consumers.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'Depends on subcommand.',
  flags: [],
  subcommands: withHelp({
    container: 'XGROUP',
    since: '5.0.0',
    group: 'stream',
    aclGroups: ['stream'],
    subcommands: [create, setId, destroy, createConsumerCommand, deleteConsumer],
  }),
});

const xack = defineCommand({
  name: 'XACK',
  summary: 'Says that entries were dealt with: they are pending no longer.',
  since: '5.0.0',
  group: 'stream',
  complexity: 'O(1) for each message ID processed.',
  flags: ['write', 'fast'],
  arguments: [key('key', 'RW', 'update'), string('group'), many(string('id'))],
  execute(context) {
    const { request, reply } = context;
    const stream = findStream(context, 1);
    const group = stream === null ? null : groupIn(context, stream, 2);
    if (group === null) {
      reply.integer(0);
      return;
    }
    for (let word = 3; word < request.count; word += 1) idIn(request, word, id);
    let acknowledged = 0;
    for (let word = 3; word < request.count; word += 1) {
      idIn(request, word, id);
      if (!group.findPending(id)) continue;
      group.removePending(id);
      acknowledged += 1;
      context.changed();
    }
    reply.integer(acknowledged);
  },
});

export const streamGroupCommands: readonly CommandDeclaration[] = [xgroup, xack];
