/**
 * Sorts only as far as somebody looks: the quicksort of Bentley and McIlroy ("Engineering a sort
 * function", 1993), which goes on only into parts that the wanted range touches. It is not stable, but
 * which of two equal items comes first follows from the algorithm: so servers in C that use it agree
 * with us even there.
 */

/** Below 0, 0 or above 0 as `left` comes before `right`, with it, or behind. */
export type Comparison<T> = (left: T, right: T) => number;

const smallMax = 7;
const largeMin = 40;

/** Puts `items[first, last]` into the places that they have in the whole order. */
export function partialSort<T>(
  items: T[],
  compare: Comparison<T>,
  first: number,
  last: number,
): void {
  sortPart(items, compare, { start: 0, end: items.length }, { first, last });
}

interface Part {
  readonly start: number;
  readonly end: number;
}

interface Wanted {
  readonly first: number;
  readonly last: number;
}

function sortPart<T>(items: T[], compare: Comparison<T>, part: Part, wanted: Wanted): void {
  let { start, end } = part;
  while (end - start >= smallMax) {
    swap(items, start, pivotOf(items, compare, start, end));
    const parts = partition(items, compare, start, end);
    if (parts.lowEnd - start > 1 && touches(start, parts.lowEnd, wanted)) {
      sortPart(items, compare, { start, end: parts.lowEnd }, wanted);
    }
    if (end - parts.highStart <= 1 || !touches(parts.highStart, end, wanted)) return;
    start = parts.highStart;
  }
  insertionSort(items, compare, start, end);
}

function touches(start: number, end: number, { first, last }: Wanted): boolean {
  return !((first < start && last < start) || (first >= end && last >= end));
}

function insertionSort<T>(items: T[], compare: Comparison<T>, start: number, end: number): void {
  for (let at = start + 1; at < end; at += 1) {
    for (let to = at; to > start && compare(items[to - 1], items[to]) > 0; to -= 1) {
      swap(items, to, to - 1);
    }
  }
}

/** The middle one, the median of three, or of three times three. */
function pivotOf<T>(items: T[], compare: Comparison<T>, start: number, end: number): number {
  const count = end - start;
  let middle = start + (count >> 1);
  if (count === smallMax) return middle;
  let low = start;
  let high = end - 1;
  if (count > largeMin) {
    const step = count >> 3;
    low = medianOf(items, compare, [low, low + step, low + 2 * step]);
    middle = medianOf(items, compare, [middle - step, middle, middle + step]);
    high = medianOf(items, compare, [high - 2 * step, high - step, high]);
  }
  return medianOf(items, compare, [low, middle, high]);
}

function medianOf<T>(
  items: T[],
  compare: Comparison<T>,
  [a, b, c]: readonly [number, number, number],
): number {
  if (compare(items[a], items[b]) < 0) {
    if (compare(items[b], items[c]) < 0) return b;
    return compare(items[a], items[c]) < 0 ? c : a;
  }
  if (compare(items[b], items[c]) > 0) return b;
  return compare(items[a], items[c]) < 0 ? a : c;
}

/**
 * Divides the items by the first of them: smaller ones, equal ones, larger ones. Equal ones gather at
 * both ends at first.
 */
function partition<T>(
  items: T[],
  compare: Comparison<T>,
  start: number,
  end: number,
): { readonly lowEnd: number; readonly highStart: number } {
  let equalLow = start + 1;
  let low = start + 1;
  let high = end - 1;
  let equalHigh = end - 1;
  for (;;) {
    for (; low <= high; low += 1) {
      const order = compare(items[low], items[start]);
      if (order > 0) break;
      if (order === 0) swap(items, equalLow++, low);
    }
    for (; low <= high; high -= 1) {
      const order = compare(items[high], items[start]);
      if (order < 0) break;
      if (order === 0) swap(items, high, equalHigh--);
    }
    if (low > high) break;
    swap(items, low, high);
    low += 1;
    high -= 1;
  }
  swapRuns(items, start, low, Math.min(equalLow - start, low - equalLow));
  swapRuns(items, low, end, Math.min(equalHigh - high, end - equalHigh - 1));
  return { lowEnd: start + (low - equalLow), highStart: end - (equalHigh - high) };
}

/** Exchanges the `count` items from `from` on with the `count` before `end`. */
function swapRuns<T>(items: T[], from: number, end: number, count: number): void {
  for (let i = 0; i < count; i += 1) swap(items, from + i, end - count + i);
}

function swap<T>(items: T[], left: number, right: number): void {
  const item = items[left];
  items[left] = items[right];
  items[right] = item;
}
