import { distanceOf } from '../base/geo-search.ts';
import { geohashScore, geohashText } from '../base/geohash.ts';
import { errors } from '../protocol/errors.ts';
import { noExpiry } from '../store/database.ts';
import { block, double, key, many, oneOf, optional, since, string, token } from './arguments.ts';
import type { CommandContext, KeyEvent } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { assertSortedSet, positionOfMember } from './geo-members.ts';
import { geoSearchCommands } from './geo-searches.ts';
import { positionIn, replyDistance, replyPosition, unit, unitIn } from './geo-words.ts';

/** Places: members of a sorted set whose scores are geohashes. */

const added: KeyEvent = { group: 'sortedSet', name: 'zadd' };

const geoadd = defineCommand({
  name: 'GEOADD',
  summary: 'Adds members with longitude and latitude, or moves them.',
  since: '3.2.0',
  group: 'geo',
  complexity: 'O(log(N)) for each item added, where N is the number of elements in the sorted set.',
  flags: ['write', 'denyoom'],
  history: [['6.2.0', 'Added the `CH`, `NX` and `XX` options.']],
  arguments: [
    key('key', 'RW', 'update'),
    since('6.2.0', optional(oneOf('condition', token('nx', 'NX'), token('xx', 'XX')))),
    since('6.2.0', optional(token('change', 'CH'))),
    many(
      block('longitude_latitude_member', double('longitude'), double('latitude'), string('member')),
    ),
  ],
  execute(context) {
    const { request } = context;
    const options = { nx: false, xx: false, ch: false };
    let first = 2;
    for (; first < request.count; first += 1) {
      if (request.is(first, 'nx')) options.nx = true;
      else if (request.is(first, 'xx')) options.xx = true;
      else if (request.is(first, 'ch')) options.ch = true;
      else break;
    }
    const words = request.count - first;
    if (words === 0 || words % 3 !== 0 || (options.nx && options.xx)) throw errors.syntax;
    addPlaces(context, first, options);
  },
});

interface AddOptions {
  readonly nx: boolean;
  readonly xx: boolean;
  readonly ch: boolean;
}

/** Adds the places from word `first` on, all or, where one is no place, none. */
function addPlaces(context: CommandContext, first: number, options: AddOptions): void {
  const { request, reply } = context;
  const scores: number[] = [];
  for (let word = first; word < request.count; word += 3) {
    scores.push(geohashScore(positionIn(request, word)));
  }
  const record = context.findForWrite(1);
  assertSortedSet(context, record);
  if (record === 0 && options.xx) {
    reply.integer(0);
    return;
  }
  const { addedCount, movedCount } = putScores(context, record, first, scores, options);
  const changes = addedCount + movedCount;
  if (changes > 0) {
    context.modified(added, 1, changes);
    propagate(context, first, scores);
  }
  reply.integer(options.ch ? changes : addedCount);
}

function putScores(
  context: CommandContext,
  record: number,
  first: number,
  scores: readonly number[],
  { nx, xx }: AddOptions,
): { readonly addedCount: number; readonly movedCount: number } {
  const { bytes, starts, ends } = context.request;
  const { sortedSets } = context.database;
  let ref = record === 0 ? sortedSets.create(bytes, starts[1], ends[1], noExpiry) : record;
  let addedCount = 0;
  let movedCount = 0;
  for (const [i, score] of scores.entries()) {
    const start = starts[first + i * 3 + 2];
    const end = ends[first + i * 3 + 2];
    if (!sortedSets.find(ref, bytes, start, end)) {
      if (xx) continue;
      ref = sortedSets.insert(ref, bytes, start, end, score);
      addedCount += 1;
    } else if (!nx && sortedSets.score !== score) {
      ref = sortedSets.update(ref, bytes, start, end, score);
      movedCount += 1;
    }
  }
  return { addedCount, movedCount };
}

/** Replicas get scores: who computes them again might round in another way. */
function propagate(context: CommandContext, first: number, scores: readonly number[]): void {
  const effect = context.effect(first + scores.length * 2).text('zadd');
  for (let word = 1; word < first; word += 1) effect.word(word);
  for (const [i, score] of scores.entries()) {
    effect.text(BigInt(score).toString()).word(first + i * 3 + 2);
  }
}

const geopos = defineCommand({
  name: 'GEOPOS',
  summary: 'Returns longitude and latitude of members.',
  since: '3.2.0',
  group: 'geo',
  complexity: 'O(N) where N is the number of members requested.',
  flags: ['readonly'],
  arity: -2,
  arguments: [key('key', 'RO', 'access'), many(string('member'))],
  execute(context) {
    const { request, reply } = context;
    const record = context.find(1);
    assertSortedSet(context, record);
    reply.array(request.count - 2);
    for (let word = 2; word < request.count; word += 1) {
      const position = positionOfMember(context, record, word);
      if (position === null) reply.nilArray();
      else replyPosition(reply, position);
    }
  },
});

const geohash = defineCommand({
  name: 'GEOHASH',
  summary: 'Returns the places of members as geohashes of 11 letters.',
  since: '3.2.0',
  group: 'geo',
  complexity:
    'O(log(N)) for each member requested, where N is the number of elements in the sorted set.',
  flags: ['readonly'],
  arity: -2,
  arguments: [key('key', 'RO', 'access'), many(string('member'))],
  execute(context) {
    const { request, reply } = context;
    const record = context.find(1);
    assertSortedSet(context, record);
    reply.array(request.count - 2);
    for (let word = 2; word < request.count; word += 1) {
      const position = positionOfMember(context, record, word);
      if (position === null) reply.nil();
      else reply.bulkLatin1(geohashText(position));
    }
  },
});

const geodist = defineCommand({
  name: 'GEODIST',
  summary: 'Returns the distance between two members.',
  since: '3.2.0',
  group: 'geo',
  complexity: 'O(log(N))',
  flags: ['readonly'],
  arguments: [key('key', 'RO', 'access'), string('member1'), string('member2'), optional(unit)],
  execute(context) {
    const { request, reply } = context;
    if (request.count > 5) throw errors.syntax;
    const metres = request.count === 5 ? unitIn(request, 4) : 1;
    const record = context.find(1);
    assertSortedSet(context, record);
    const from = positionOfMember(context, record, 2);
    const to = positionOfMember(context, record, 3);
    if (from === null || to === null) reply.nil();
    else replyDistance(reply, distanceOf(from, to) / metres);
  },
});

export const geoCommands: readonly CommandDeclaration[] = [
  geoadd,
  geopos,
  geohash,
  geodist,
  ...geoSearchCommands,
];
