import { errors } from '../protocol/errors.ts';
import { type Argument, integer, key, oneOf, optional, token, unixTime } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { type Condition, FieldExpiryChange, persistFields } from './hash-field-expiry.ts';
import { findHash, findHashForWrite, hasField, hashEvents } from './hash-values.ts';
import { fieldMomentIn, fieldsAt, namedFields } from './hash-words.ts';
import { type ExpiryForm, expiryForms } from './words.ts';

/** When fields of a hash die: setting, asking and removing it. */

/** What a field is answered with that is not there, or lives for ever. */
const noField = -2;
const noExpiry = -1;

const condition = optional(
  oneOf('condition', token('nx', 'NX'), token('xx', 'XX'), token('gt', 'GT'), token('lt', 'LT')),
);

function expireCommand(name: string, moment: Argument, form: ExpiryForm): CommandDeclaration {
  const unit = form.unit === 's' ? 'seconds' : 'milliseconds';
  return defineCommand({
    name,
    summary: form.relative
      ? `Lets fields of a hash die after so many ${unit}.`
      : `Lets fields of a hash die at a moment in Unix ${unit}.`,
    since: '7.4.0',
    group: 'hash',
    complexity: 'O(N) where N is the number of specified fields',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'update'), moment, condition, namedFields],
    execute(context) {
      expireFields(context, form, name.toLowerCase());
    },
  });
}

const conditions: readonly Condition[] = ['nx', 'xx', 'gt', 'lt'];

function expireFields(context: CommandContext, form: ExpiryForm, name: string): void {
  const { request, reply } = context;
  // The type of the value is judged before all words.
  findHashForWrite(context, 0);
  const moment = fieldMomentIn(context, 2, form, name);
  const wanted = conditions.find((each) => request.is(3, each)) ?? null;
  const at = wanted === null ? 3 : 4;
  const fields = fieldsAt(request, at, errors.expiringFieldCountNotPositive);
  const record = findHashForWrite(context, fields.first);
  const change = new FieldExpiryChange(context, record, moment);
  reply.array(fields.count);
  for (let word = fields.first; word < fields.end; word += 1) {
    reply.integer(change.apply(word, wanted));
  }
  change.notify();
  change.propagate();
}

const hpersist = defineCommand({
  name: 'HPERSIST',
  summary: 'Lets fields of a hash live for ever.',
  since: '7.4.0',
  group: 'hash',
  complexity: 'O(N) where N is the number of specified fields',
  flags: ['write', 'fast'],
  arguments: [key('key', 'RW', 'update'), namedFields],
  execute(context) {
    const { request, reply } = context;
    findHashForWrite(context, 0);
    const fields = fieldsAt(request, 2, errors.fieldCountNotPositive);
    const record = findHashForWrite(context, fields.first);
    reply.array(fields.count);
    const persisted = persistFields(context, record, fields, (_word, isThere, hadExpiry) => {
      reply.integer(hadExpiry ? 1 : isThere ? noExpiry : noField);
    });
    if (persisted.length > 0) context.modified(hashEvents.persist, 1);
  },
});

/** Commands that say when fields die: `relative` to now or not, in units of `unitMs`. */
function timeCommand(
  name: string,
  summary: string,
  relative: boolean,
  unitMs: number,
): CommandDeclaration {
  return defineCommand({
    name,
    summary,
    since: '7.4.0',
    group: 'hash',
    complexity: 'O(N) where N is the number of specified fields',
    flags: ['readonly', 'fast'],
    ...(relative ? { tips: ['nondeterministic_output'] } : {}),
    arguments: [key('key', 'RO', 'access'), namedFields],
    execute(context) {
      replyTimes(context, relative, unitMs);
    },
  });
}

/** Seconds are rounded up: a field that is there has some time left. */
function replyTimes(context: CommandContext, relative: boolean, unitMs: number): void {
  const { request, reply, database } = context;
  const record = findHash(context);
  const fields = fieldsAt(request, 2, errors.fieldCountNotPositive);
  reply.array(fields.count);
  for (let word = fields.first; word < fields.end; word += 1) {
    if (!hasField(context, record, word)) {
      reply.integer(noField);
      continue;
    }
    const { expiresAtMs } = database.hashes;
    const base = relative ? context.nowMs : 0;
    reply.integer(expiresAtMs === 0 ? noExpiry : Math.ceil((expiresAtMs - base) / unitMs));
  }
}

export const hashExpiryCommands: readonly CommandDeclaration[] = [
  expireCommand('HEXPIRE', integer('seconds'), expiryForms.ex),
  expireCommand('HPEXPIRE', integer('milliseconds'), expiryForms.px),
  expireCommand('HEXPIREAT', unixTime('unix-time-seconds'), expiryForms.exat),
  expireCommand('HPEXPIREAT', unixTime('unix-time-milliseconds'), expiryForms.pxat),
  hpersist,
  timeCommand('HTTL', 'Says how many seconds fields have to live.', true, 1000),
  timeCommand('HPTTL', 'Says how many milliseconds fields have to live.', true, 1),
  timeCommand('HEXPIRETIME', 'Says when fields die, in Unix seconds.', false, 1000),
  timeCommand('HPEXPIRETIME', 'Says when fields die, in Unix milliseconds.', false, 1),
];
