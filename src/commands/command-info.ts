import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Command } from './command.ts';
import type { KeySpec } from './key-specs.ts';

/** One command as COMMAND INFO shows it: ten elements, the last its subcommands. */
export function replyInfo(reply: ReplyWriter, command: Command): void {
  const { first, last, step } = command.keyRange;
  const subcommands = command.subcommands?.values ?? [];
  const tips = command.declaration.tips ?? [];
  reply.array(10);
  reply.bulkLatin1(command.fullName);
  reply.integer(command.arity);
  replyNames(reply, command.flagNames);
  reply.integer(first);
  reply.integer(last);
  reply.integer(step);
  replyNames(
    reply,
    command.categories.map((category) => `@${category}`),
  );
  reply.set(tips.length);
  for (const tip of tips) reply.bulkLatin1(tip);
  reply.set(command.keySpecs.length);
  for (const spec of command.keySpecs) replyKeySpec(reply, spec);
  reply.set(subcommands.length);
  for (const subcommand of subcommands) replyInfo(reply, subcommand);
}

function replyNames(reply: ReplyWriter, names: readonly string[]): void {
  reply.set(names.length);
  for (const name of names) reply.simple(name);
}

function replyKeySpec(reply: ReplyWriter, spec: KeySpec): void {
  reply.map(spec.notes === undefined ? 3 : 4);
  if (spec.notes !== undefined) {
    reply.bulkLatin1('notes');
    reply.bulkLatin1(spec.notes);
  }
  reply.bulkLatin1('flags');
  replyNames(reply, spec.flags);
  reply.bulkLatin1('begin_search');
  replyBegin(reply, spec);
  reply.bulkLatin1('find_keys');
  replyFind(reply, spec);
}

function replyBegin(reply: ReplyWriter, { unknown, keyword, index }: KeySpec): void {
  if (unknown === true) replySearch(reply, 'unknown', []);
  else if (keyword === undefined) replySearch(reply, 'index', [['index', index]]);
  else {
    replySearch(reply, 'keyword', [
      ['keyword', keyword],
      ['startfrom', index],
    ]);
  }
}

function replyFind(reply: ReplyWriter, spec: KeySpec): void {
  if (spec.unknown === true) {
    replySearch(reply, 'unknown', []);
  } else if (spec.counted === true) {
    replySearch(reply, 'keynum', [
      ['keynumidx', 0],
      ['firstkey', 1],
      ['keystep', spec.step],
    ]);
  } else {
    replySearch(reply, 'range', [
      ['lastkey', spec.lastKey],
      ['keystep', spec.step],
      ['limit', spec.limit ?? 0],
    ]);
  }
}

function replySearch(
  reply: ReplyWriter,
  type: string,
  fields: readonly (readonly [name: string, value: number | string])[],
): void {
  reply.map(2);
  reply.bulkLatin1('type');
  reply.bulkLatin1(type);
  reply.bulkLatin1('spec');
  reply.map(fields.length);
  for (const [name, value] of fields) {
    reply.bulkLatin1(name);
    if (typeof value === 'number') reply.integer(value);
    else reply.bulkLatin1(value);
  }
}
