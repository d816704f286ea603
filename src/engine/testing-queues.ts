/**
 * Commands on queues of letters, for tests of blocking: the least that can wait, be served, and go on
 * waiting. A queue is a key of the type of lists.
 */

import { key, string } from '../commands/arguments.ts';
import { clientCommands } from '../commands/client.ts';
import type { CommandContext } from '../commands/context.ts';
import { databaseCommands } from '../commands/databases.ts';
import { defineCommand } from '../commands/define.ts';
import { expiryCommands } from '../commands/expiry.ts';
import { keyCommands } from '../commands/keys.ts';
import { CommandTable } from '../commands/lookup.ts';
import { replicationCommands } from '../commands/replication.ts';
import { stringCommands } from '../commands/strings.ts';
import { transactionCommands } from '../commands/transactions.ts';
import { CommandError } from '../protocol/errors.ts';
import { kindOf, listEncodings, valueTypes } from '../store/value-types.ts';

const events = {
  put: { group: 'list', name: 'put' },
  take: { group: 'list', name: 'take' },
  delete: { group: 'generic', name: 'del' },
} as const;

const about = { since: '1.0.0', group: 'generic', complexity: 'O(1)' } as const;

/** PUT key letters: adds letters to a queue, which begins to exist with the first. */
const put = defineCommand({
  ...about,
  name: 'PUT',
  summary: 'Adds letters.',
  flags: ['write'],
  arguments: [key('key', 'RW', 'insert'), string('letters')],
  execute(context) {
    const { request, database } = context;
    const letters = request.word(2);
    const ref = context.findForWrite(1);
    const { bytes, starts, ends } = request;
    const length = letters.length;
    if (ref === 0) {
      const kind = kindOf(valueTypes.list, listEncodings.listpack);
      database.values.put(bytes, starts[1], ends[1], kind, length, 0);
      database.values.bytes.set(letters, database.values.start);
    } else {
      database.values.locate(ref);
      const before = database.values.end - database.values.start;
      database.values.splice(ref, before, 0, length);
      database.values.bytes.set(letters, database.values.start + before);
    }
    context.modified(events.put, 1);
    context.reply.ok();
  },
});

/** TAKE keys… timeoutMs: the first letter of the first queue that has one, or waits. */
const take = defineCommand({
  ...about,
  name: 'TAKE',
  summary: 'Takes a letter.',
  flags: ['write', 'blocking'],
  arguments: [key('key', 'RW', 'access', 'delete'), string('more')],
  arity: -3,
  execute(context) {
    const { request, reply, blocking } = context;
    const words = Array.from({ length: request.count - 2 }, (_, i) => i + 1);
    for (const word of words) {
      if (takeLetter(context, word)) return;
    }
    const timeoutMs = Number(request.text(request.count - 1));
    if (!blocking.allowed) reply.nilArray();
    else blocking.blockOnKeys({ words, type: valueTypes.list, timeoutMs, onTimeout: 'nilArray' });
  },
});

function takeLetter(context: CommandContext, word: number): boolean {
  const { database, reply, request } = context;
  const ref = context.findForWrite(word);
  if (ref === 0) return false;
  if (database.typeOf(ref) !== valueTypes.list) throw new CommandError('WRONGTYPE no queue');
  database.values.locate(ref);
  const { bytes, start, end } = database.values;
  reply.array(2);
  reply.bulk(request.bytes, request.starts[word], request.ends[word]);
  reply.bulk(bytes, start, start + 1);
  context.modified(events.take, word);
  if (end - start === 1) {
    database.delete(request.bytes, request.starts[word], request.ends[word]);
    context.modified(events.delete, word, 0);
  } else {
    database.values.splice(ref, 0, 1, 0);
  }
  context.effect(2).text('TAKEN').word(word);
  return true;
}

/** AWAIT key letter timeoutMs: waits until a queue begins with a letter, or is gone. */
const awaitLetter = defineCommand({
  ...about,
  name: 'AWAIT',
  summary: 'Waits for a letter.',
  flags: ['readonly', 'blocking'],
  arguments: [key('key', 'RO', 'access'), string('letter'), string('timeout')],
  execute(context) {
    const { request, reply, blocking, database } = context;
    const ref = context.peek(1);
    if (ref === 0) throw new CommandError('GONE the queue is gone');
    if (database.typeOf(ref) !== valueTypes.list) throw new CommandError('WRONGTYPE no queue');
    database.values.locate(ref);
    if (database.values.bytes[database.values.start] === request.word(2)[0]) {
      reply.simple(blocking.isRetry ? 'CAME' : 'THERE');
      return;
    }
    blocking.blockOnKeys({
      words: [1],
      type: valueTypes.list,
      timeoutMs: Number(request.text(3)),
      onTimeout: 'nil',
      wakeOnDelete: true,
    });
  },
});

/** The commands on queues, and those that a test of blocking needs beside them. */
export function queueCommandTable(): CommandTable {
  return new CommandTable([
    ...[put, take, awaitLetter],
    ...keyCommands,
    ...expiryCommands,
    ...stringCommands,
    ...databaseCommands,
    ...transactionCommands,
    ...clientCommands,
    ...replicationCommands,
  ]);
}
