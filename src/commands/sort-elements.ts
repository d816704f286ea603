import { parseDouble } from '../base/double-text.ts';
import { type Comparison, partialSort } from '../base/partial-sort.ts';
import { errors } from '../protocol/errors.ts';
import { valueTypes } from '../store/value-types.ts';
import type { CommandContext } from './context.ts';
import type { SortOptions } from './sort-options.ts';
import { valueOfPattern } from './sort-patterns.ts';

/** An element, and what it is sorted by. */
interface Weighed {
  readonly element: Uint8Array;
  readonly score: number;
  /** The text to compare; null where BY found nothing. */
  readonly text: Uint8Array | null;
}

/** The wanted elements of the key in word 1, sorted. Throws: wrong type; elements are no numbers. */
export function sortedElements(
  context: CommandContext,
  options: SortOptions,
): readonly Uint8Array[] {
  const record = context.find(1);
  if (record === 0) return [];
  const type = context.database.typeOf(record);
  const isSet = type === valueTypes.set;
  if (!isSet && type !== valueTypes.list && type !== valueTypes.sortedSet) throw errors.wrongType;
  // What is stored must not depend on the order in which a set happens to lie.
  const isForced = options.keepsOrder && isSet && options.storeWord > 0;
  const order = isForced ? { ...options, keepsOrder: false, isAlpha: true, by: null } : options;
  const elements = elementsOf(context, record, type);
  const { start, end } = wantedRange(order, elements.length);
  if (order.keepsOrder) {
    if (order.isDescending && !isSet) elements.reverse();
    return elements.slice(start, end);
  }
  const weighed = elements.map((element) => weigh(context, order, element));
  const compare = comparisonOf(order);
  const isPart = start > 0 || end < weighed.length;
  if (order.by !== null && isPart && start < end) partialSort(weighed, compare, start, end - 1);
  else weighed.sort(compare);
  return weighed.slice(start, end).map(({ element }) => element);
}

function elementsOf(context: CommandContext, record: number, type: number): Uint8Array[] {
  const { lists, sets, sortedSets } = context.database;
  const elements: Uint8Array[] = [];
  const visit = (bytes: Uint8Array, start: number, end: number): void => {
    elements.push(bytes.slice(start, end));
  };
  if (type === valueTypes.list) lists.forEach(record, visit);
  else if (type === valueTypes.set) sets.forEach(record, visit);
  else sortedSets.forEach(record, visit);
  return elements;
}

function wantedRange(
  { offset, count }: SortOptions,
  length: number,
): { readonly start: number; readonly end: number } {
  const start = Math.min(Math.max(offset, 0), length);
  return { start, end: count < 0 ? length : Math.min(length, start + count) };
}

function weigh(context: CommandContext, options: SortOptions, element: Uint8Array): Weighed {
  const { by, isAlpha } = options;
  const text = by === null ? element : valueOfPattern(context, by, element);
  const score = isAlpha || text === null ? 0 : scoreOf(text);
  return { element, score, text };
}

/** As C reads numbers: leading white space is none of it, and nothing at all is 0. */
function scoreOf(text: Uint8Array): number {
  let start = 0;
  while (start < text.length && isSpace(text[start])) start += 1;
  const zero = text.indexOf(0);
  const end = zero < 0 ? text.length : zero;
  if (end === 0) return 0;
  const score = parseDouble(text, start, end);
  if (Number.isNaN(score)) throw errors.sortNotNumbers;
  return score;
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

function comparisonOf({ isAlpha, isDescending, by }: SortOptions): Comparison<Weighed> {
  const ascending = !isAlpha ? compareScores : by === null ? compareElements : compareTexts;
  return isDescending ? (left, right) => -ascending(left, right) : ascending;
}

function compareScores(left: Weighed, right: Weighed): number {
  if (left.score !== right.score) return left.score < right.score ? -1 : 1;
  return compareElements(left, right);
}

function compareElements(left: Weighed, right: Weighed): number {
  return compareBytes(left.element, right.element);
}

function compareTexts({ text: left }: Weighed, { text: right }: Weighed): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  return compareBytes(left, right);
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i += 1) if (left[i] !== right[i]) return left[i] - right[i];
  return left.length - right.length;
}
