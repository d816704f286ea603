import { bytesOfLatin1, latin1Of } from '../base/bytes.ts';
import { errors } from '../protocol/errors.ts';
import { noInputKeys, sortedSetErrors } from '../protocol/sorted-set-errors.ts';
import { noExpiry } from '../store/database.ts';
import { valueTypes } from '../store/value-types.ts';
import { after, integer, key, many, oneOf, optional, token } from './arguments.ts';
import type { CommandContext, KeyEvent } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { replyScore, scoreIn } from './sorted-set-scores.ts';
import { deleteDestination, replyElementsHead, sortedSetEvents } from './sorted-set-values.ts';
import { integerIn } from './words.ts';

/** What several sorted sets (or sets, whose scores are 1) have in common, together, or apart. */

/** One input: its record is 0 where the key does not exist. */
interface Source {
  readonly record: number;
  readonly isSet: boolean;
  readonly length: number;
  weight: number;
}

type Aggregate = 'sum' | 'min' | 'max';
type Operation = 'union' | 'inter' | 'diff';

/** A request as it was read; `limit` 0 for none. */
interface Query {
  readonly operation: Operation;
  readonly sources: readonly Source[];
  aggregate: Aggregate;
  withScores: boolean;
  limit: number;
}

/** What options there are. */
type Purpose = 'reply' | 'store' | 'count';

/** Sees a member of an input with its score; false ends the walk's use. */
type Visitor = (bytes: Uint8Array, start: number, end: number, score: number) => void;

function visitSource(context: CommandContext, source: Source, visit: Visitor): void {
  const { sets, sortedSets } = context.database;
  if (source.record === 0) return;
  if (source.isSet) sets.forEach(source.record, (bytes, start, end) => visit(bytes, start, end, 1));
  else sortedSets.forEach(source.record, visit);
}

/** The score of a member in an input; NaN where it is none. */
function scoreOf(
  context: CommandContext,
  source: Source,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const { sets, sortedSets } = context.database;
  if (source.record === 0) return Number.NaN;
  if (source.isSet) return sets.has(source.record, bytes, start, end) ? 1 : Number.NaN;
  return sortedSets.find(source.record, bytes, start, end) ? sortedSets.score : Number.NaN;
}

/** The product, but 0 where an infinity meets a 0. */
function weighted(score: number, weight: number): number {
  const product = score * weight;
  return Number.isNaN(product) ? 0 : product;
}

function joined(aggregate: Aggregate, held: number, score: number): number {
  if (aggregate === 'min') return score < held ? score : held;
  if (aggregate === 'max') return score > held ? score : held;
  const sum = held + score;
  return Number.isNaN(sum) ? 0 : sum;
}

/** Members, one character per byte, with their scores. */
type Result = Map<string, number>;

function unite(context: CommandContext, { sources, aggregate }: Query): Result {
  const result: Result = new Map();
  for (const source of bySize(sources)) {
    visitSource(context, source, (bytes, start, end, given) => {
      const member = latin1Of(bytes, start, end);
      const score = weighted(given, source.weight);
      const held = result.get(member);
      result.set(member, held === undefined ? score : joined(aggregate, held, score));
    });
  }
  return result;
}

function intersect(context: CommandContext, { sources, aggregate, limit }: Query): Result {
  const result: Result = new Map();
  const [first, ...others] = bySize(sources);
  visitSource(context, first, (bytes, start, end, given) => {
    if (limit > 0 && result.size >= limit) return;
    let score = weighted(given, first.weight);
    for (const other of others) {
      const isSame = other.record === first.record;
      const found = isSame ? given : scoreOf(context, other, bytes, start, end);
      if (Number.isNaN(found)) return;
      score = joined(aggregate, score, found * other.weight);
    }
    result.set(latin1Of(bytes, start, end), score);
  });
  return result;
}

function subtract(context: CommandContext, { sources }: Query): Result {
  const result: Result = new Map();
  const [first, ...others] = sources;
  if (others.some(({ record }) => record === first.record)) return result;
  visitSource(context, first, (bytes, start, end, score) => {
    for (const other of others) {
      if (!Number.isNaN(scoreOf(context, other, bytes, start, end))) return;
    }
    result.set(latin1Of(bytes, start, end), score);
  });
  return result;
}

/** The smallest first; sums of fractions depend on the order. */
function bySize(sources: readonly Source[]): Source[] {
  return [...sources].sort((left, right) => left.length - right.length);
}

const operations = { union: unite, inter: intersect, diff: subtract };

/** Reads the request from the number of keys on. */
function readQuery(
  context: CommandContext,
  countWord: number,
  name: string,
  purpose: Purpose,
): Query {
  const { request } = context;
  const keyCount = integerIn(request, countWord);
  if (keyCount < 1) throw noInputKeys(name);
  const first = countWord + 1;
  const stop = first + keyCount;
  if (stop > request.count) throw errors.syntax;
  const operation: Operation = name.startsWith('zunion')
    ? 'union'
    : name.startsWith('zinter')
      ? 'inter'
      : 'diff';
  const query: Query = {
    operation,
    sources: sourcesIn(context, first, stop),
    aggregate: 'sum',
    withScores: false,
    limit: 0,
  };
  for (let word = stop; word < request.count; ) {
    word = readOption(context, query, word, purpose);
  }
  return query;
}

/** Reads one option; returns the word behind it. */
function readOption(context: CommandContext, query: Query, word: number, purpose: Purpose): number {
  const { request } = context;
  const { sources } = query;
  const left = request.count - word - 1;
  const mayAggregate = query.operation !== 'diff' && purpose !== 'count';
  if (mayAggregate && left >= sources.length && request.is(word, 'weights')) {
    for (const [i, source] of sources.entries()) {
      source.weight = scoreIn(request, word + 1 + i, sortedSetErrors.weightNotAFloat);
    }
    return word + 1 + sources.length;
  }
  if (mayAggregate && left >= 1 && request.is(word, 'aggregate')) {
    const chosen = (['sum', 'min', 'max'] as const).find((each) => request.is(word + 1, each));
    if (chosen === undefined) throw errors.syntax;
    query.aggregate = chosen;
    return word + 2;
  }
  if (purpose === 'reply' && request.is(word, 'withscores')) {
    query.withScores = true;
    return word + 1;
  }
  if (purpose === 'count' && left >= 1 && request.is(word, 'limit')) {
    query.limit = integerIn(request, word + 1, errors.limitNegative);
    if (query.limit < 0) throw errors.limitNegative;
    return word + 2;
  }
  throw errors.syntax;
}

function sourcesIn(context: CommandContext, first: number, stop: number): readonly Source[] {
  const { database } = context;
  // Looking a key up may delete another one: records are good when none of them has expired.
  for (let word = first; word < stop; word += 1) {
    const record = context.find(word);
    const type = record === 0 ? valueTypes.set : database.typeOf(record);
    if (type !== valueTypes.set && type !== valueTypes.sortedSet) throw errors.wrongType;
  }
  return Array.from({ length: stop - first }, (_, i) => {
    const record = context.peek(first + i);
    const isSet = record !== 0 && database.typeOf(record) === valueTypes.set;
    const kept = isSet ? database.sets : database.sortedSets;
    return { record, isSet, length: record === 0 ? 0 : kept.length(record), weight: 1 };
  });
}

function replyResult(context: CommandContext, name: string): void {
  const { reply } = context;
  const query = readQuery(context, 1, name, 'reply');
  const result = operations[query.operation](context, query);
  const sorted = [...result].sort(
    ([left, leftScore], [right, rightScore]) =>
      compare(leftScore, rightScore) || compare(left, right),
  );
  replyElementsHead(context, sorted.length, query.withScores);
  for (const [member, score] of sorted) {
    if (query.withScores && reply.version === 3) reply.array(2);
    reply.bulkLatin1(member);
    if (query.withScores) replyScore(reply, score);
  }
}

function compare<T extends number | string>(left: T, right: T): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function storeResult(context: CommandContext, name: string, event: KeyEvent): void {
  const { request, reply, database } = context;
  const query = readQuery(context, 2, name, 'store');
  const result = operations[query.operation](context, query);
  if (result.size === 0) {
    deleteDestination(context, 1);
    reply.integer(0);
    return;
  }
  const builder = database.sortedSets.build(result.size);
  for (const [member, score] of result) {
    const bytes = bytesOfLatin1(member);
    builder.add(bytes, 0, bytes.length, score);
  }
  builder.finish(request.bytes, request.starts[1], request.ends[1], noExpiry);
  context.modified(event, 1);
  reply.integer(result.size);
}

const source = many(key('key', 'RO', 'access'));
const weights = optional(after('WEIGHTS', many(integer('weight'))));
const aggregate = optional(
  after(
    'AGGREGATE',
    oneOf('aggregate', token('sum', 'SUM'), token('min', 'MIN'), token('max', 'MAX')),
  ),
);
const withScores = optional(token('withscores', 'WITHSCORES'));

const unionComplexity =
  'O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.';
const interComplexity =
  'O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.';
const diffComplexity =
  'O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.';

const zunion = defineCommand({
  name: 'ZUNION',
  summary: 'Returns the members of any of the sorted sets, their scores joined.',
  since: '6.2.0',
  group: 'sorted-set',
  complexity: unionComplexity,
  flags: ['readonly'],
  arguments: [integer('numkeys'), source, weights, aggregate, withScores],
  execute(context) {
    replyResult(context, 'zunion');
  },
});

const zinter = defineCommand({
  name: 'ZINTER',
  summary: 'Returns the members of all sorted sets, their scores joined.',
  since: '6.2.0',
  group: 'sorted-set',
  complexity: interComplexity,
  flags: ['readonly'],
  arguments: [integer('numkeys'), source, weights, aggregate, withScores],
  execute(context) {
    replyResult(context, 'zinter');
  },
});

const zdiff = defineCommand({
  name: 'ZDIFF',
  summary: 'Returns the members of the first sorted set that are in none of the others.',
  since: '6.2.0',
  group: 'sorted-set',
  complexity: diffComplexity,
  flags: ['readonly'],
  arguments: [integer('numkeys'), source, withScores],
  execute(context) {
    replyResult(context, 'zdiff');
  },
});

const zunionstore = defineCommand({
  name: 'ZUNIONSTORE',
  summary: 'Stores the members of any of the sorted sets as another one.',
  since: '2.0.0',
  group: 'sorted-set',
  complexity: unionComplexity,
  flags: ['write', 'denyoom'],
  arguments: [key('destination', 'OW', 'update'), integer('numkeys'), source, weights, aggregate],
  execute(context) {
    storeResult(context, 'zunionstore', sortedSetEvents.unionStore);
  },
});

const zinterstore = defineCommand({
  name: 'ZINTERSTORE',
  summary: 'Stores the members of all sorted sets as another one.',
  since: '2.0.0',
  group: 'sorted-set',
  complexity: interComplexity,
  flags: ['write', 'denyoom'],
  arguments: [key('destination', 'OW', 'update'), integer('numkeys'), source, weights, aggregate],
  execute(context) {
    storeResult(context, 'zinterstore', sortedSetEvents.interStore);
  },
});

const zdiffstore = defineCommand({
  name: 'ZDIFFSTORE',
  summary: 'Stores the members of the first sorted set that are in none of the others.',
  since: '6.2.0',
  group: 'sorted-set',
  complexity: diffComplexity,
  flags: ['write', 'denyoom'],
  arguments: [key('destination', 'OW', 'update'), integer('numkeys'), source],
  execute(context) {
    storeResult(context, 'zdiffstore', sortedSetEvents.diffStore);
  },
});

const zintercard = defineCommand({
  name: 'ZINTERCARD',
  summary: 'Returns how many members all sorted sets have in common, or the limit.',
  since: '7.0.0',
  group: 'sorted-set',
  complexity:
    'O(N*K) worst case with N being the smallest input sorted set, K being the number of input sorted sets.',
  flags: ['readonly'],
  arguments: [integer('numkeys'), source, optional(after('LIMIT', integer('limit')))],
  execute(context) {
    const query = readQuery(context, 1, 'zintercard', 'count');
    context.reply.integer(intersect(context, query).size);
  },
});

export const sortedSetOperationCommands: readonly CommandDeclaration[] = [
  zunion,
  zinter,
  zdiff,
  zunionstore,
  zinterstore,
  zdiffstore,
  zintercard,
];
