import { valueTypes } from '../store/value-types.ts';
import { after, double, integer, key, many, oneOf, optional, token } from './arguments.ts';
import { blockTimeoutIn } from './block-timeout.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { moveElement, popFirst, readPopRequest } from './list-moves.ts';
import { findListForWrite, isHeadIn, popOne } from './list-values.ts';

/** Lists: the commands that wait until there is something to take. */

const blpop = defineCommand({
  name: 'BLPOP',
  summary: 'Returns and deletes the first element of the first list that has one; waits for it.',
  since: '2.0.0',
  group: 'list',
  complexity: 'O(N) where N is the number of provided keys.',
  flags: ['write', 'noscript', 'blocking'],
  history: [['6.0.0', '`timeout` is interpreted as a double instead of an integer.']],
  keys: [{ index: 1, lastKey: -2, step: 1, flags: ['RW', 'access', 'delete'] }],
  arguments: [many(key('key', 'RW', 'access', 'delete')), double('timeout')],
  execute(context) {
    popOrWait(context, true);
  },
});

const brpop = defineCommand({
  name: 'BRPOP',
  summary: 'Returns and deletes the last element of the first list that has one; waits for it.',
  since: '2.0.0',
  group: 'list',
  complexity: 'O(N) where N is the number of provided keys.',
  flags: ['write', 'noscript', 'blocking'],
  history: [['6.0.0', '`timeout` is interpreted as a double instead of an integer.']],
  keys: [{ index: 1, lastKey: -2, step: 1, flags: ['RW', 'access', 'delete'] }],
  arguments: [many(key('key', 'RW', 'access', 'delete')), double('timeout')],
  execute(context) {
    popOrWait(context, false);
  },
});

function popOrWait(context: CommandContext, atHead: boolean): void {
  const { request, reply } = context;
  const stop = request.count - 1;
  const timeoutMs = blockTimeoutIn(context, stop);
  for (let word = 1; word < stop; word += 1) {
    const record = findListForWrite(context, word);
    if (record === 0) continue;
    reply.array(2);
    reply.bulk(request.bytes, request.starts[word], request.ends[word]);
    popOne(context, record, word, atHead);
    context
      .effect(2)
      .text(atHead ? 'LPOP' : 'RPOP')
      .word(word);
    return;
  }
  if (context.blocking.allowed) waitForLists(context, 1, stop, timeoutMs);
  else reply.nilArray();
}

/** Waits for a list under any of the keys in the words `first` to before `stop`. */
function waitForLists(
  context: CommandContext,
  first: number,
  stop: number,
  timeoutMs: number,
): void {
  const words = Array.from({ length: stop - first }, (_, i) => first + i);
  context.blocking.blockOnKeys({
    words,
    type: valueTypes.list,
    timeoutMs,
    onTimeout: 'nilArray',
  });
}

const blmove = defineCommand({
  name: 'BLMOVE',
  summary: 'Moves an element from an end of a list to an end of another; waits for it.',
  since: '6.2.0',
  group: 'list',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'noscript', 'blocking'],
  arguments: [
    key('source', 'RW', 'access', 'delete'),
    key('destination', 'RW', 'insert'),
    oneOf('wherefrom', token('left', 'LEFT'), token('right', 'RIGHT')),
    oneOf('whereto', token('left', 'LEFT'), token('right', 'RIGHT')),
    double('timeout'),
  ],
  execute(context) {
    const fromHead = isHeadIn(context.request, 3);
    const toHead = isHeadIn(context.request, 4);
    const timeoutMs = blockTimeoutIn(context, 5);
    if (!moveOrWait(context, fromHead, toHead, timeoutMs)) return;
    context.effect(5).text('LMOVE').word(1).word(2).word(3).word(4);
  },
});

const brpoplpush = defineCommand({
  name: 'BRPOPLPUSH',
  summary: 'Moves the last element of a list before the first of another; waits for it.',
  since: '2.2.0',
  group: 'list',
  complexity: 'O(1)',
  flags: ['write', 'denyoom', 'noscript', 'blocking'],
  history: [['6.0.0', '`timeout` is interpreted as a double instead of an integer.']],
  deprecated: { since: '6.2.0', replacedBy: '`BLMOVE` with the `RIGHT` and `LEFT` arguments' },
  arguments: [
    key('source', 'RW', 'access', 'delete'),
    key('destination', 'RW', 'insert'),
    double('timeout'),
  ],
  execute(context) {
    const timeoutMs = blockTimeoutIn(context, 3);
    if (!moveOrWait(context, false, true, timeoutMs)) return;
    context.effect(3).text('RPOPLPUSH').word(1).word(2);
  },
});

/** Whether an element was moved. */
function moveOrWait(
  context: CommandContext,
  fromHead: boolean,
  toHead: boolean,
  timeoutMs: number,
): boolean {
  const source = findListForWrite(context, 1);
  if (source !== 0) {
    moveElement(context, source, fromHead, toHead);
    return true;
  }
  if (context.blocking.allowed) waitForLists(context, 1, 2, timeoutMs);
  else context.reply.nil();
  return false;
}

const blmpop = defineCommand({
  name: 'BLMPOP',
  summary: 'Returns and deletes elements of the first list that has some; waits for them.',
  since: '7.0.0',
  group: 'list',
  complexity:
    'O(N+M) where N is the number of provided keys and M is the number of elements returned.',
  flags: ['write', 'blocking'],
  arguments: [
    double('timeout'),
    integer('numkeys'),
    many(key('key', 'RW', 'access', 'delete')),
    oneOf('where', token('left', 'LEFT'), token('right', 'RIGHT')),
    optional(after('COUNT', integer('count'))),
  ],
  execute(context) {
    const wanted = readPopRequest(context.request, 2);
    const timeoutMs = blockTimeoutIn(context, 1);
    if (popFirst(context, wanted)) return;
    if (context.blocking.allowed) waitForLists(context, wanted.first, wanted.stop, timeoutMs);
    else context.reply.nilArray();
  },
});

export const listWaitCommands: readonly CommandDeclaration[] = [
  blpop,
  brpop,
  blmove,
  brpoplpush,
  blmpop,
];
