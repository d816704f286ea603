import { errors, unsupportedOption } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import {
  type Argument,
  integer,
  key,
  oneOf,
  optional,
  since,
  token,
  unixTime,
} from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand, type HistoryEntry } from './define.ts';
import { deleteKey, events, isPast } from './string-values.ts';
import { addInteger, anyMomentIn, type ExpiryForm, expiryForms, replyInteger } from './words.ts';

/** When keys die: setting, asking and removing it. */

const conditionHistory: readonly HistoryEntry[] = [
  ['7.0.0', 'Added options: `NX`, `XX`, `GT` and `LT`.'],
];

function expiryArguments(moment: Argument): readonly Argument[] {
  return [
    key('key', 'RW', 'update'),
    moment,
    since(
      '7.0.0',
      optional(
        oneOf(
          'condition',
          token('nx', 'NX'),
          token('xx', 'XX'),
          token('gt', 'GT'),
          token('lt', 'LT'),
        ),
      ),
    ),
  ];
}

const expire = defineCommand({
  name: 'EXPIRE',
  summary: 'Lets a key die after so many seconds.',
  since: '1.0.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['write', 'fast'],
  history: conditionHistory,
  arguments: expiryArguments(integer('seconds')),
  execute(context) {
    expireKey(context, expiryForms.ex, 'expire');
  },
});

const pexpire = defineCommand({
  name: 'PEXPIRE',
  summary: 'Lets a key die after so many milliseconds.',
  since: '2.6.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['write', 'fast'],
  history: conditionHistory,
  arguments: expiryArguments(integer('milliseconds')),
  execute(context) {
    expireKey(context, expiryForms.px, 'pexpire');
  },
});

const expireat = defineCommand({
  name: 'EXPIREAT',
  summary: 'Lets a key die at a moment in Unix seconds.',
  since: '1.2.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['write', 'fast'],
  history: conditionHistory,
  arguments: expiryArguments(unixTime('unix-time-seconds')),
  execute(context) {
    expireKey(context, expiryForms.exat, 'expireat');
  },
});

const pexpireat = defineCommand({
  name: 'PEXPIREAT',
  summary: 'Lets a key die at a moment in Unix milliseconds.',
  since: '2.6.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['write', 'fast'],
  history: conditionHistory,
  arguments: expiryArguments(unixTime('unix-time-milliseconds')),
  execute(context) {
    expireKey(context, expiryForms.pxat, 'pexpireat');
  },
});

/** Which expiries may be changed; several may hold together. */
interface Conditions {
  nx: boolean;
  xx: boolean;
  gt: boolean;
  lt: boolean;
}

function expireKey(context: CommandContext, form: ExpiryForm, name: string): void {
  const { request, reply, database } = context;
  const conditions = request.count > 3 ? readConditions(request) : null;
  const moment = anyMomentIn(context, 2, form, name);
  const record = context.findForWrite(1);
  if (record === 0 || !allows(conditions, database.expiresAtMs(record), moment)) {
    reply.integer(0);
    return;
  }
  if (isPast(context, moment)) {
    deleteKey(context, 1);
    context.effect(2).text('DEL').word(1);
  } else {
    // 0 means "no expiry" in the store, and on a replica even the past must be kept.
    database.setExpiry(record, Math.max(1, moment));
    context.modified(events.expire, 1);
    if (form !== expiryForms.pxat) propagateMoment(context, moment);
  }
  reply.integer(1);
}

/** The request with the moment in place of the delay; conditions stay, as in Redis 7.0. */
function propagateMoment(context: CommandContext, moment: number): void {
  const { count } = context.request;
  const effect = context.effect(count).text('PEXPIREAT').word(1);
  addInteger(effect, moment);
  for (let word = 3; word < count; word += 1) effect.word(word);
}

function readConditions(request: Request): Conditions {
  const conditions = { nx: false, xx: false, gt: false, lt: false };
  for (let word = 3; word < request.count; word += 1) {
    if (request.is(word, 'nx')) conditions.nx = true;
    else if (request.is(word, 'xx')) conditions.xx = true;
    else if (request.is(word, 'gt')) conditions.gt = true;
    else if (request.is(word, 'lt')) conditions.lt = true;
    else throw unsupportedOption(request.text(word));
  }
  const { nx, xx, gt, lt } = conditions;
  if (nx && (xx || gt || lt)) throw errors.nxWithOthers;
  if (gt && lt) throw errors.gtWithLt;
  return conditions;
}

/** A key without expiry lives for ever: nothing is later, everything is earlier. */
function allows(conditions: Conditions | null, current: number, moment: number): boolean {
  if (conditions === null) return true;
  const hasExpiry = current !== 0;
  if (conditions.nx && hasExpiry) return false;
  if (conditions.xx && !hasExpiry) return false;
  if (conditions.gt && (!hasExpiry || moment <= current)) return false;
  return !(conditions.lt && hasExpiry && moment >= current);
}

const ttl = defineCommand({
  name: 'TTL',
  summary: 'Says how many seconds a key has to live.',
  since: '1.0.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  history: [['2.8.0', 'Added the -2 reply.']],
  tips: ['nondeterministic_output'],
  arguments: [key('key', 'RO', 'access')],
  execute(context) {
    replyExpiry(context, true, 1000);
  },
});

const pttl = defineCommand({
  name: 'PTTL',
  summary: 'Says how many milliseconds a key has to live.',
  since: '2.6.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  history: [['2.8.0', 'Added the -2 reply.']],
  tips: ['nondeterministic_output'],
  arguments: [key('key', 'RO', 'access')],
  execute(context) {
    replyExpiry(context, true, 1);
  },
});

const expiretime = defineCommand({
  name: 'EXPIRETIME',
  summary: 'Says when a key dies, in Unix seconds.',
  since: '7.0.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO', 'access')],
  execute(context) {
    replyExpiry(context, false, 1000);
  },
});

const pexpiretime = defineCommand({
  name: 'PEXPIRETIME',
  summary: 'Says when a key dies, in Unix milliseconds.',
  since: '7.0.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO', 'access')],
  execute(context) {
    replyExpiry(context, false, 1);
  },
});

/** −2 without key, −1 without expiry, else the time in units of `unitMs`, rounded. */
function replyExpiry(context: CommandContext, relative: boolean, unitMs: number): void {
  const { reply, database } = context;
  const record = context.findUntouched(1);
  if (record === 0) {
    reply.integer(-2);
    return;
  }
  const expiresAtMs = database.expiresAtMs(record);
  if (expiresAtMs === 0) {
    reply.integer(-1);
    return;
  }
  const ms = relative ? Math.max(0, expiresAtMs - context.nowMs) : expiresAtMs;
  replyInteger(reply, unitMs === 1 ? ms : Math.floor((ms + unitMs / 2) / unitMs));
}

const persist = defineCommand({
  name: 'PERSIST',
  summary: 'Takes the expiry of a key away.',
  since: '2.2.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['write', 'fast'],
  arguments: [key('key', 'RW', 'update')],
  execute(context) {
    const record = context.findForWrite(1);
    const cleared = record !== 0 && context.database.clearExpiry(record);
    if (cleared) context.modified(events.persist, 1);
    context.reply.integer(cleared ? 1 : 0);
  },
});

export const expiryCommands: readonly CommandDeclaration[] = [
  expire,
  pexpire,
  expireat,
  pexpireat,
  ttl,
  pttl,
  expiretime,
  pexpiretime,
  persist,
];
