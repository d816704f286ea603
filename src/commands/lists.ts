import { errors, wrongArity } from '../protocol/errors.ts';
import { integer, key, many, optional, since, string } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import {
  findList,
  findListForWrite,
  listEvents,
  popElements,
  popOne,
  replyElement,
  replyElements,
} from './list-values.ts';
import { integerIn } from './words.ts';

/** Lists: pushing, popping and reading. */

const pushComplexity =
  'O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.';

const lpush = defineCommand({
  name: 'LPUSH',
  summary: 'Puts elements before the first of a list, which comes to be if it is not there.',
  since: '1.0.0',
  group: 'list',
  complexity: pushComplexity,
  flags: ['write', 'denyoom', 'fast'],
  history: [['2.4.0', 'Accepts multiple `element` arguments.']],
  arguments: [key('key', 'RW', 'insert'), many(string('element'))],
  execute(context) {
    push(context, findListForWrite(context, 1), true);
  },
});

const rpush = defineCommand({
  name: 'RPUSH',
  summary: 'Puts elements behind the last of a list, which comes to be if it is not there.',
  since: '1.0.0',
  group: 'list',
  complexity: pushComplexity,
  flags: ['write', 'denyoom', 'fast'],
  history: [['2.4.0', 'Accepts multiple `element` arguments.']],
  arguments: [key('key', 'RW', 'insert'), many(string('element'))],
  execute(context) {
    push(context, findListForWrite(context, 1), false);
  },
});

const lpushx = defineCommand({
  name: 'LPUSHX',
  summary: 'Puts elements before the first of a list, if there is one.',
  since: '2.2.0',
  group: 'list',
  complexity: pushComplexity,
  flags: ['write', 'denyoom', 'fast'],
  history: [['4.0.0', 'Accepts multiple `element` arguments.']],
  arguments: [key('key', 'RW', 'insert'), many(string('element'))],
  execute(context) {
    pushIfThere(context, true);
  },
});

const rpushx = defineCommand({
  name: 'RPUSHX',
  summary: 'Puts elements behind the last of a list, if there is one.',
  since: '2.2.0',
  group: 'list',
  complexity: pushComplexity,
  flags: ['write', 'denyoom', 'fast'],
  history: [['4.0.0', 'Accepts multiple `element` arguments.']],
  arguments: [key('key', 'RW', 'insert'), many(string('element'))],
  execute(context) {
    pushIfThere(context, false);
  },
});

function pushIfThere(context: CommandContext, atHead: boolean): void {
  const record = findListForWrite(context, 1);
  if (record === 0) context.reply.integer(0);
  else push(context, record, atHead);
}

function push(context: CommandContext, record: number, atHead: boolean): void {
  const { request, reply, database } = context;
  const { lists } = database;
  lists.pushWords(record, atHead, request);
  context.modified(atHead ? listEvents.leftPush : listEvents.rightPush, 1, request.count - 2);
  reply.integer(lists.pushedLength);
}

const lpop = defineCommand({
  name: 'LPOP',
  summary: 'Returns and deletes the first elements of a list.',
  since: '1.0.0',
  group: 'list',
  complexity: 'O(N) where N is the number of elements returned',
  flags: ['write', 'fast'],
  history: [['6.2.0', 'Added the `count` argument.']],
  arguments: [key('key', 'RW', 'access', 'delete'), since('6.2.0', optional(integer('count')))],
  execute(context) {
    pop(context, true);
  },
});

const rpop = defineCommand({
  name: 'RPOP',
  summary: 'Returns and deletes the last elements of a list.',
  since: '1.0.0',
  group: 'list',
  complexity: 'O(N) where N is the number of elements returned',
  flags: ['write', 'fast'],
  history: [['6.2.0', 'Added the `count` argument.']],
  arguments: [key('key', 'RW', 'access', 'delete'), since('6.2.0', optional(integer('count')))],
  execute(context) {
    pop(context, false);
  },
});

function pop(context: CommandContext, atHead: boolean): void {
  if (context.request.count > 2) {
    popSeveral(context, atHead);
    return;
  }
  const record = findListForWrite(context, 1);
  if (record === 0) {
    context.reply.nil();
    return;
  }
  popOne(context, record, 1, atHead);
}

function popSeveral(context: CommandContext, atHead: boolean): void {
  const { request, reply, database } = context;
  if (request.count > 3) throw wrongArity(atHead ? 'lpop' : 'rpop');
  const wanted = integerIn(request, 2, errors.mustBePositive);
  if (wanted < 0) throw errors.mustBePositive;
  const record = findListForWrite(context, 1);
  if (record === 0) {
    reply.nilArray();
    return;
  }
  const count = Math.min(wanted, database.lists.length(record));
  replyElements(context, record, atHead ? 0 : -1, count, !atHead);
  if (count > 0) popElements(context, record, 1, atHead, count);
}

const llen = defineCommand({
  name: 'LLEN',
  summary: 'Returns how many elements a list has.',
  since: '1.0.0',
  group: 'list',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO')],
  execute(context) {
    const record = findList(context, 1);
    context.reply.integer(record === 0 ? 0 : context.database.lists.length(record));
  },
});

const lindex = defineCommand({
  name: 'LINDEX',
  summary: 'Returns the element of a list at an index.',
  since: '1.0.0',
  group: 'list',
  complexity:
    'O(N) where N is the number of elements to traverse to get to the element at index. This makes asking for the first or the last element of the list O(1).',
  flags: ['readonly'],
  arguments: [key('key', 'RO', 'access'), integer('index')],
  execute(context) {
    const record = findList(context, 1);
    if (record === 0) context.reply.nil();
    else replyElement(context, record, integerIn(context.request, 2));
  },
});

const lrange = defineCommand({
  name: 'LRANGE',
  summary: 'Returns the elements of a list between two indexes.',
  since: '1.0.0',
  group: 'list',
  complexity:
    'O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or TAIL) for large lists; and N is the number of elements in the specified range.',
  flags: ['readonly'],
  arguments: [key('key', 'RO', 'access'), integer('start'), integer('stop')],
  execute(context) {
    const { request, reply, database } = context;
    const start = integerIn(request, 2);
    const stop = integerIn(request, 3);
    const record = findList(context, 1);
    if (record === 0) {
      reply.array(0);
      return;
    }
    const length = database.lists.length(record);
    const first = Math.max(0, start < 0 ? start + length : start);
    const last = Math.min(length - 1, stop < 0 ? stop + length : stop);
    replyElements(context, record, first, Math.max(0, last - first + 1), false);
  },
});

export const listCommands: readonly CommandDeclaration[] = [
  lpush,
  rpush,
  lpushx,
  rpushx,
  lpop,
  rpop,
  llen,
  lindex,
  lrange,
];
