import { errors } from '../protocol/errors.ts';
import { noExpiry } from '../store/database.ts';
import { double, key, optional, string, token } from './arguments.ts';
import type { CommandContext, KeyEvent } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { assertSortedSet, type FoundPlace, positionOfMember, searchPlaces } from './geo-members.ts';
import {
  type MemberFinder,
  readSearchOptions,
  type SearchForm,
  SearchOptions,
} from './geo-options.ts';
import {
  searchCount,
  searchCountSince,
  searchExtras,
  searchOrder,
  searchShape,
  searchTargets,
} from './geo-search-arguments.ts';
import { positionIn, replyDistance, replyPosition, unit } from './geo-words.ts';
import type { KeySpec } from './key-specs.ts';
import { deleteKey } from './string-values.ts';
import { replyInteger } from './words.ts';

/** Searching for places, in a circle or a box. */

const complexity =
  'O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape';
const radiusComplexity =
  'O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.';
const unitHistory = ['7.0.0', 'Added support for uppercase unit names.'] as const;
const anyHistory = ['6.2.0', 'Added the `ANY` option for `COUNT`.'] as const;

const geosearch = defineCommand({
  name: 'GEOSEARCH',
  summary: 'Finds the members within a circle or a box.',
  since: '6.2.0',
  group: 'geo',
  complexity,
  flags: ['readonly'],
  history: [unitHistory],
  arguments: [
    key('key', 'RO', 'access'),
    ...searchShape,
    searchOrder,
    searchCount,
    ...searchExtras,
  ],
  execute(context) {
    const record = findSource(context, 1);
    const options = new SearchOptions();
    const form: SearchForm = { firstOption: 2, hasShapeOptions: true, store: 'none' };
    readSearchOptions(context.request, form, finderOf(context, record), options);
    answer(context, record, options, searchStored);
  },
});

const geosearchstore = defineCommand({
  name: 'GEOSEARCHSTORE',
  summary: 'Stores the members within a circle or a box under another key.',
  since: '6.2.0',
  group: 'geo',
  complexity,
  flags: ['write', 'denyoom'],
  history: [unitHistory],
  arguments: [
    key('destination', 'OW', 'update'),
    key('source', 'RO', 'access'),
    ...searchShape,
    searchOrder,
    searchCount,
    optional(token('storedist', 'STOREDIST')),
  ],
  execute(context) {
    const record = findSource(context, 2);
    const options = new SearchOptions();
    options.storeWord = 1;
    const form: SearchForm = { firstOption: 3, hasShapeOptions: true, store: 'flag' };
    readSearchOptions(context.request, form, finderOf(context, record), options);
    answer(context, record, options, searchStored);
  },
});

const radiusByPlace = [
  double('longitude'),
  double('latitude'),
  double('radius'),
  unit,
  ...searchExtras,
  searchCountSince,
  searchOrder,
] as const;
const radiusByMember = [
  string('member'),
  double('radius'),
  unit,
  ...searchExtras,
  searchCount,
  searchOrder,
] as const;

/** The source, and the keys behind STORE and STOREDIST. */
function radiusKeys(firstOption: number): readonly KeySpec[] {
  const target = { index: firstOption, lastKey: 0, step: 1, flags: ['OW', 'update'] } as const;
  return [
    { index: 1, lastKey: 0, step: 1, flags: ['RO', 'access'] },
    { ...target, keyword: 'STORE' },
    { ...target, keyword: 'STOREDIST' },
  ];
}

const georadius = defineCommand({
  name: 'GEORADIUS',
  summary: 'Finds, or stores, the members within a circle around a place.',
  since: '3.2.0',
  group: 'geo',
  complexity: radiusComplexity,
  flags: ['write', 'denyoom'],
  deprecated: {
    since: '6.2.0',
    replacedBy: '`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument',
  },
  history: [anyHistory, unitHistory],
  keys: radiusKeys(6),
  arguments: [key('key', 'RO', 'access'), ...radiusByPlace, ...searchTargets],
  execute(context) {
    searchAroundPlace(context, 'key');
  },
});

const georadiusReadOnly = defineCommand({
  name: 'GEORADIUS_RO',
  summary: 'Finds the members within a circle around a place.',
  since: '3.2.10',
  group: 'geo',
  complexity: radiusComplexity,
  flags: ['readonly'],
  deprecated: { since: '6.2.0', replacedBy: '`GEOSEARCH` with the `BYRADIUS` argument' },
  history: [anyHistory],
  arguments: [key('key', 'RO', 'access'), ...radiusByPlace],
  execute(context) {
    searchAroundPlace(context, 'none');
  },
});

const georadiusbymember = defineCommand({
  name: 'GEORADIUSBYMEMBER',
  summary: 'Finds, or stores, the members within a circle around one of them.',
  since: '3.2.0',
  group: 'geo',
  complexity: radiusComplexity,
  flags: ['write', 'denyoom'],
  deprecated: {
    since: '6.2.0',
    replacedBy: '`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments',
  },
  history: [unitHistory],
  keys: radiusKeys(5),
  arguments: [key('key', 'RO', 'access'), ...radiusByMember, ...searchTargets],
  execute(context) {
    searchAroundMember(context, 'key');
  },
});

const georadiusbymemberReadOnly = defineCommand({
  name: 'GEORADIUSBYMEMBER_RO',
  summary: 'Finds the members within a circle around one of them.',
  since: '3.2.10',
  group: 'geo',
  complexity: radiusComplexity,
  flags: ['readonly'],
  deprecated: {
    since: '6.2.0',
    replacedBy: '`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments',
  },
  arguments: [key('key', 'RO', 'access'), ...radiusByMember],
  execute(context) {
    searchAroundMember(context, 'none');
  },
});

function searchAroundPlace(context: CommandContext, store: SearchForm['store']): void {
  const { request } = context;
  const record = findSource(context, 1);
  const options = new SearchOptions();
  options.center = positionIn(request, 2);
  options.readRadius(request, 4);
  const form: SearchForm = { firstOption: 6, hasShapeOptions: false, store };
  readSearchOptions(request, form, finderOf(context, record), options);
  answer(context, record, options, radiusStored);
}

function searchAroundMember(context: CommandContext, store: SearchForm['store']): void {
  const { request } = context;
  const record = findSource(context, 1);
  const find = finderOf(context, record);
  const options = new SearchOptions();
  // Where there is no set, nobody looks at the radius.
  options.center = find(2);
  if (record !== 0) options.readRadius(request, 3);
  const form: SearchForm = { firstOption: 5, hasShapeOptions: false, store };
  readSearchOptions(request, form, find, options);
  answer(context, record, options, radiusStored);
}

function findSource(context: CommandContext, word: number): number {
  const record = context.find(word);
  assertSortedSet(context, record);
  return record;
}

function finderOf(context: CommandContext, record: number): MemberFinder {
  return (word) => {
    const position = positionOfMember(context, record, word);
    if (position === null && record !== 0) throw errors.noSuchPlaceMember;
    return position;
  };
}

const searchStored: KeyEvent = { group: 'sortedSet', name: 'geosearchstore' };
const radiusStored: KeyEvent = { group: 'sortedSet', name: 'georadiusstore' };

/** Searches, and replies with what was found or stores it. */
function answer(
  context: CommandContext,
  record: number,
  options: SearchOptions,
  stored: KeyEvent,
): void {
  const { center } = options;
  const isFound = record !== 0 && center !== null;
  const found = isFound ? searchPlaces(context.database, record, center, options) : [];
  if (options.storeWord > 0) storePlaces(context, found, options, stored);
  else replyPlaces(context, found, options);
}

function storePlaces(
  context: CommandContext,
  found: readonly FoundPlace[],
  options: SearchOptions,
  stored: KeyEvent,
): void {
  const { request, reply, database } = context;
  const { storeWord, storesDistance, unitMetres } = options;
  if (found.length > 0) {
    const builder = database.sortedSets.build(found.length);
    for (const { member, score, distance } of found) {
      builder.add(member, 0, member.length, storesDistance ? distance / unitMetres : score);
    }
    const { bytes, starts, ends } = request;
    builder.finish(bytes, starts[storeWord], ends[storeWord], noExpiry);
    context.modified(stored, storeWord, found.length);
  } else if (context.findForWrite(storeWord) !== 0) {
    deleteKey(context, storeWord);
  }
  reply.integer(found.length);
}

function replyPlaces(
  { reply }: CommandContext,
  found: readonly FoundPlace[],
  options: SearchOptions,
): void {
  const { extraCount } = options;
  reply.array(found.length);
  for (const { member, score, position, distance } of found) {
    if (extraCount > 0) reply.array(extraCount + 1);
    reply.bulk(member);
    if (options.withDistance) replyDistance(reply, distance / options.unitMetres);
    if (options.withHash) replyInteger(reply, score);
    if (options.withCoordinates) replyPosition(reply, position);
  }
}

export const geoSearchCommands: readonly CommandDeclaration[] = [
  geosearch,
  geosearchstore,
  georadius,
  georadiusReadOnly,
  georadiusbymember,
  georadiusbymemberReadOnly,
];
