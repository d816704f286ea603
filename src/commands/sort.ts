import type { Request } from '../protocol/request.ts';
import { ListBuilder } from '../store/values/list-builder.ts';
import {
  after,
  block,
  documentedAs,
  integer,
  key,
  manyWithToken,
  ofKeySpec,
  oneOf,
  optional,
  pattern,
  token,
} from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import type { KeyPosition, KeySpec } from './key-specs.ts';
import { listEvents } from './list-values.ts';
import { sortedElements } from './sort-elements.ts';
import { readSortOptions, type SortOptions } from './sort-options.ts';
import { valueOfPattern } from './sort-patterns.ts';
import { events } from './string-values.ts';

/** Elements of lists, sets and sorted sets in another order, or what other keys say of them. */

const complexity =
  'O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N).';

const keySpecs: readonly KeySpec[] = [
  { index: 1, lastKey: 0, step: 1, flags: ['RO', 'access'] },
  {
    ...{ index: 0, lastKey: 0, step: 0, flags: ['RO', 'access'], unknown: true },
    notes:
      "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
  },
];

const storeSpec: KeySpec = {
  ...{ index: 0, lastKey: 0, step: 0, flags: ['OW', 'update'], unknown: true },
  notes:
    "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array",
};

const options = [
  key('key', 'RO', 'access'),
  optional(after('BY', ofKeySpec(1, documentedAs('pattern', pattern('by'))))),
  optional(after('LIMIT', block('offset_count', integer('offset'), integer('count')))),
  optional(after('GET', manyWithToken(ofKeySpec(1, documentedAs('pattern', pattern('get')))))),
  optional(oneOf('order', token('asc', 'ASC'), token('desc', 'DESC'))),
  optional(token('sorting', 'ALPHA')),
] as const;

const sort = defineCommand({
  name: 'SORT',
  summary: 'Returns or stores the elements of a list, set or sorted set in another order.',
  since: '1.0.0',
  group: 'generic',
  complexity,
  flags: ['write', 'denyoom'],
  aclGroups: ['set', 'sortedset', 'list'],
  aclExtras: ['dangerous'],
  keys: [...keySpecs, storeSpec],
  findKeys: keysOfSort,
  arguments: [
    ...options,
    optional(after('STORE', ofKeySpec(2, key('destination', 'OW', 'update')))),
  ],
  execute(context) {
    execute(context, true);
  },
});

const sortRo = defineCommand({
  name: 'SORT_RO',
  summary: 'Returns the elements of a list, set or sorted set in another order.',
  since: '7.0.0',
  group: 'generic',
  complexity,
  flags: ['readonly'],
  aclGroups: ['set', 'sortedset', 'list'],
  aclExtras: ['dangerous'],
  keys: keySpecs,
  findKeys: (_request, offset) => [keyAt(offset + 1)],
  arguments: options,
  execute(context) {
    execute(context, false);
  },
});

function keyAt(word: number): KeyPosition {
  return { word, flags: ['RO', 'access'] };
}

/** The key, and where the result goes: the last STORE counts. */
function keysOfSort(request: Request, offset: number): readonly KeyPosition[] {
  let store = -1;
  for (let word = offset + 2; word < request.count; word += 1) {
    if (request.is(word, 'limit')) word += 2;
    else if (request.is(word, 'get') || request.is(word, 'by')) word += 1;
    else if (request.is(word, 'store') && word + 1 < request.count) store = word + 1;
  }
  if (store < 0) return [keyAt(offset + 1)];
  return [keyAt(offset + 1), { word: store, flags: ['OW', 'update'] }];
}

function execute(context: CommandContext, mayStore: boolean): void {
  const wanted = readSortOptions(context.request, mayStore);
  const elements = sortedElements(context, wanted);
  if (wanted.storeWord > 0) store(context, wanted, elements);
  else reply(context, wanted, elements);
}

function reply(
  context: CommandContext,
  { gets }: SortOptions,
  elements: readonly Uint8Array[],
): void {
  const out = context.reply;
  out.array(elements.length * Math.max(1, gets.length));
  for (const element of elements) {
    if (gets.length === 0) out.bulk(element);
    for (const get of gets) {
      const value = valueOfPattern(context, get, element);
      if (value === null) out.nil();
      else out.bulk(value);
    }
  }
}

function store(
  context: CommandContext,
  { gets, storeWord }: SortOptions,
  elements: readonly Uint8Array[],
): void {
  const { database, request } = context;
  const { bytes, starts, ends } = request;
  const start = starts[storeWord];
  const end = ends[storeWord];
  const builder = new ListBuilder(database);
  for (const element of elements) {
    if (gets.length === 0) builder.append(element, 0, element.length);
    for (const get of gets) {
      const value = valueOfPattern(context, get, element) ?? nothing;
      builder.append(value, 0, value.length);
    }
  }
  const { length } = builder;
  if (length > 0) {
    builder.put(bytes, start, end, 0);
    context.modified(listEvents.sortStore, storeWord, length);
  } else if (database.delete(bytes, start, end)) {
    context.modified(events.delete, storeWord);
  }
  context.reply.integer(length);
}

const nothing = new Uint8Array(0);

export const sortCommands: readonly CommandDeclaration[] = [sort, sortRo];
