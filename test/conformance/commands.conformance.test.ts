import { beforeAll, expect, test } from 'vitest';
import { isError, type Reply, textOf } from '../support/reply.ts';
import type { RespClient } from '../support/resp-client.ts';
import type { TestServer } from '../support/test-server.ts';
import { useServers } from './suite.ts';

/** Commands that came after Redis 7.0, so that the judge knows nothing of them. */
const newerCommands: readonly string[] = [
  'client|setinfo',
  'client|no-touch',
  'hexpire',
  'hpexpire',
  'hexpireat',
  'hpexpireat',
  'hpersist',
  'httl',
  'hpttl',
  'hexpiretime',
  'hpexpiretime',
  'hgetdel',
  'hgetex',
  'hsetex',
];

/** Where our declaration differs from Redis 7.0's, by command and field, and why. */
const exceptions: Readonly<Record<string, string>> = {
  'hscan arguments': 'Redis 7.4 brought NOVALUES',
  'zrank arity': 'Redis 7.2 brought WITHSCORE',
  'zrank arguments': 'Redis 7.2 brought WITHSCORE',
  'zrevrank arity': 'Redis 7.2 brought WITHSCORE',
  'zrevrank arguments': 'Redis 7.2 brought WITHSCORE',
};

const servers = useServers();
let declared: string[] = [];

async function ask(server: TestServer, requests: readonly string[][]): Promise<Reply[]> {
  const client: RespClient = await server.connect();
  try {
    return await client.pipeline(requests);
  } finally {
    client.close();
  }
}

beforeAll(async () => {
  const [reply] = await ask(servers().ours, [['COMMAND', 'LIST']]);
  expect(isError(reply)).toBe(false);
  declared = itemsOf(reply).map(textOf).filter(isJudged).sort();
});

function isJudged(name: string): boolean {
  return !newerCommands.includes(name);
}

function itemsOf(reply: Reply): readonly Reply[] {
  if (typeof reply === 'string') return [];
  return 'kind' in reply ? reply.items : reply;
}

const infoFields = [
  'name',
  'arity',
  'flags',
  'first key',
  'last key',
  'step',
  'categories',
  'tips',
  'key specifications',
  'subcommands',
];

/** What `COMMAND INFO` says, by command and field: order within a list has no meaning. */
function flattenInfo(info: Reply, into: Map<string, string>): void {
  const fields = itemsOf(info);
  if (fields.length === 0) return;
  const name = textOf(fields[0]);
  if (!isJudged(name)) return;
  for (const [i, field] of infoFields.entries()) {
    if (field === 'subcommands') for (const sub of itemsOf(fields[i])) flattenInfo(sub, into);
    else into.set(`${name} ${field}`, JSON.stringify(sortedFlags(field, fields[i])));
  }
}

function sortedFlags(field: string, value: Reply): Reply {
  const isList = field === 'flags' || field === 'categories' || field === 'tips';
  return isList ? [...itemsOf(value)].sort() : value;
}

/** Our facts that differ from the judge's, as lines to read. */
function differences(right: Map<string, string>, ours: Map<string, string>): string[] {
  return [...ours]
    .filter(([fact, value]) => right.get(fact) !== value && exceptions[fact] === undefined)
    .map(([fact, value]) => `${fact}: redis says ${right.get(fact)}, we say ${value}`);
}

test('commands: COMMAND INFO is the same for everything that we declare', async () => {
  expect(declared.length).toBeGreaterThan(50);
  const request = [['COMMAND', 'INFO', ...declared]];
  const [right, ours] = await Promise.all([
    ask(servers().redis, request),
    ask(servers().ours, request),
  ]);
  const rightFacts = new Map<string, string>();
  const ourFacts = new Map<string, string>();
  for (const info of itemsOf(right[0])) flattenInfo(info, rightFacts);
  for (const info of itemsOf(ours[0])) flattenInfo(info, ourFacts);

  expect(differences(rightFacts, ourFacts)).toEqual([]);
  expect(ourFacts.size).toBeGreaterThan(500);
});

/** Texts are our own; the rest of `COMMAND DOCS` is fact. */
const textFields = new Set(['summary', 'complexity', 'history', 'display_text', 'doc_flags']);

/** Pairs of a RESP2 map, by name. */
function pairsOf(reply: Reply): [string, Reply][] {
  const items = itemsOf(reply);
  const pairs: [string, Reply][] = [];
  for (let i = 0; i + 1 < items.length; i += 2) pairs.push([textOf(items[i]), items[i + 1]]);
  return pairs;
}

function flattenDocs(name: string, docs: Reply, into: Map<string, string>): void {
  for (const [field, value] of pairsOf(docs)) {
    if (textFields.has(field)) continue;
    if (field === 'subcommands') {
      for (const [sub, subDocs] of pairsOf(value)) {
        if (isJudged(sub)) flattenDocs(sub, subDocs, into);
      }
    } else {
      const fact = field === 'arguments' ? itemsOf(value).map(argumentOf) : value;
      into.set(`${name} ${field}`, JSON.stringify(fact));
    }
  }
}

/** One argument without its texts, flags in order of the alphabet. */
function argumentOf(argument: Reply): unknown {
  const facts = pairsOf(argument)
    .filter(([field]) => !textFields.has(field))
    .map(([field, value]): [string, unknown] => {
      if (field === 'arguments') return [field, itemsOf(value).map(argumentOf)];
      return [field, field === 'flags' ? [...itemsOf(value)].sort() : value];
    });
  return Object.fromEntries(facts);
}

test('commands: COMMAND DOCS is the same but for texts', async () => {
  const request = [['COMMAND', 'DOCS', ...declared]];
  const [right, ours] = await Promise.all([
    ask(servers().redis, request),
    ask(servers().ours, request),
  ]);
  const rightFacts = new Map<string, string>();
  const ourFacts = new Map<string, string>();
  for (const [name, docs] of pairsOf(right[0])) flattenDocs(name, docs, rightFacts);
  for (const [name, docs] of pairsOf(ours[0])) flattenDocs(name, docs, ourFacts);

  expect(differences(rightFacts, ourFacts)).toEqual([]);
  expect(pairsOf(ours[0]).length).toBe(declared.length);
});

test('commands: every command has a summary and a complexity', async () => {
  const [docs] = await ask(servers().ours, [['COMMAND', 'DOCS', ...declared]]);
  for (const [name, facts] of pairsOf(docs)) {
    const texts = new Map(pairsOf(facts));
    expect(texts.get('summary'), name).toMatch(/^\$.{10,}/);
  }
});

test('commands: COMMAND COUNT, LIST and INFO agree about how many there are', async () => {
  const [count, list, all] = await ask(servers().ours, [
    ['COMMAND', 'COUNT'],
    ['COMMAND', 'LIST'],
    ['COMMAND'],
  ]);
  const names = itemsOf(list).map(textOf);
  const topLevel = names.filter((name) => !name.includes('|'));
  expect(Number(textOf(count))).toBe(topLevel.length);
  expect(itemsOf(all).length).toBe(topLevel.length);
  expect(new Set(names).size).toBe(names.length);
});

const sameOnBoth: readonly string[][] = [
  ['COMMAND', 'INFO', 'nothing-like-this'],
  ['COMMAND', 'INFO', 'get', 'nothing', 'set|x'],
  ['COMMAND', 'INFO', 'config|get'],
  ['COMMAND', 'DOCS', 'nothing-like-this'],
  ['COMMAND', 'LIST', 'FILTERBY', 'PATTERN', 'getr*'],
  ['COMMAND', 'LIST', 'FILTERBY', 'PATTERN', 'nothing*'],
  ['COMMAND', 'LIST', 'FILTERBY', 'MODULE', 'nothing'],
  ['COMMAND', 'LIST', 'FILTERBY', 'ACLCAT', 'nothing'],
  ['COMMAND', 'LIST', 'FILTERBY', 'UNKNOWN', 'x'],
  ['COMMAND', 'LIST', 'FILTERBY'],
  ['COMMAND', 'LIST', 'x'],
  ['COMMAND', 'COUNT', 'x'],
  ['COMMAND', 'UNKNOWN'],
  ['COMMAND', 'GETKEYS'],
  ['COMMAND', 'GETKEYS', 'GET'],
  ['COMMAND', 'GETKEYS', 'GET', 'k'],
  ['COMMAND', 'GETKEYS', 'GET', 'k', 'x'],
  ['COMMAND', 'GETKEYS', 'MSET', 'a', '1', 'b', '2'],
  ['COMMAND', 'GETKEYS', 'MGET', 'a', 'b', 'c'],
  ['COMMAND', 'GETKEYS', 'BITOP', 'AND', 'd', 'a', 'b'],
  ['COMMAND', 'GETKEYS', 'LCS', 'a', 'b'],
  ['COMMAND', 'GETKEYS', 'COPY', 'a', 'b'],
  ['COMMAND', 'GETKEYS', 'OBJECT', 'ENCODING', 'k'],
  ['COMMAND', 'GETKEYS', 'PING'],
  ['COMMAND', 'GETKEYS', 'NOTHING', 'k'],
  ['COMMAND', 'GETKEYSANDFLAGS', 'SET', 'k', 'v'],
  ['COMMAND', 'GETKEYSANDFLAGS', 'SET', 'k', 'v', 'GET'],
  ['COMMAND', 'GETKEYSANDFLAGS', 'RENAME', 'a', 'b'],
  ['COMMAND', 'GETKEYSANDFLAGS', 'MSETNX', 'a', '1', 'b', '2'],
  ['COMMAND', 'GETKEYSANDFLAGS', 'BITFIELD', 'k', 'GET', 'u8', '0'],
  ['COMMAND', 'GETKEYSANDFLAGS', 'BITFIELD', 'k', 'SET', 'u8', '0', '1'],
  ['COMMAND', 'GETKEYSANDFLAGS', 'DEL', 'a', 'b'],
  ['COMMAND', 'GETKEYSANDFLAGS', 'TIME'],
];

for (const request of sameOnBoth) {
  test(`commands: ${request.join(' ')}`, async () => {
    const [[right], [ours]] = await Promise.all([
      ask(servers().redis, [request]),
      ask(servers().ours, [request]),
    ]);
    expect(withoutOrder(ours)).toEqual(withoutOrder(right));
  });
}

/** Flags and categories are sets on the wire. */
function withoutOrder(reply: Reply): Reply {
  if (typeof reply === 'string') return reply;
  const items = itemsOf(reply).map(withoutOrder);
  return items.every((item) => typeof item === 'string' && item.startsWith('+'))
    ? [...items].sort()
    : items;
}

test('commands: COMMAND LIST of a category is the judge’s, as far as we go', async () => {
  for (const category of ['string', 'bitmap', 'keyspace', 'dangerous', 'fast', 'connection']) {
    const request = [['COMMAND', 'LIST', 'FILTERBY', 'ACLCAT', category]];
    const [[right], [ours]] = await Promise.all([
      ask(servers().redis, request),
      ask(servers().ours, request),
    ]);
    const known = itemsOf(right)
      .map(textOf)
      .filter((name) => declared.includes(name));
    const judged = itemsOf(ours).map(textOf).filter(isJudged);
    expect(judged.sort()).toEqual(known.sort());
  }
});
