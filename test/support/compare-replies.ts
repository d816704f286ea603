import type { Reply } from './reply.ts';

/** How strictly two replies must agree. */
export type Agreement =
  | { readonly kind: 'exact' }
  /** Integers and times, also inside arrays, may differ by so much. */
  | { readonly kind: 'within'; readonly tolerance: number }
  /** The items of arrays, sets and maps may come in any order. */
  | { readonly kind: 'any-order' }
  /** Names of encodings: small lists and sets are listpacks since Redis 7.2, and the judge is older. */
  | { readonly kind: 'encoding' }
  /** Same type and shape; texts and numbers are the server's own. */
  | { readonly kind: 'same-shape' };

/** The agreement that holds where nothing else is said. */
export const exact: Agreement = { kind: 'exact' };

/**
 * Compares a reply with the one that is right.
 *
 * @returns null when they agree, else one line that says where and how they differ.
 */
export function differenceOf(
  right: Reply,
  ours: Reply,
  agreement: Agreement = exact,
): string | null {
  switch (agreement.kind) {
    case 'exact':
      return compare(right, ours, (a, b) => a === b);
    case 'within':
      return compare(right, ours, (a, b) => areNear(a, b, agreement.tolerance));
    case 'any-order':
      return compare(sorted(right), sorted(ours), (a, b) => a === b);
    case 'encoding':
      return compare(right, ours, (a, b) => a === b || (newerNames[a] ?? []).includes(b));
    case 'same-shape':
      return compare(right, ours, (a, b) => shapeOf(a) === shapeOf(b));
  }
}

/** What Redis 7.2 may say where 7.0 says this. */
const newerNames: Readonly<Record<string, readonly string[]>> = {
  $quicklist: ['$listpack'],
  $hashtable: ['$listpack'],
};

type AreAlike = (right: string, ours: string) => boolean;

function compare(right: Reply, ours: Reply, areAlike: AreAlike, path = ''): string | null {
  const says = `${path === '' ? '' : `at ${path}: `}redis says ${shown(right)}, we say ${shown(ours)}`;
  if (typeof right === 'string' || typeof ours === 'string') {
    if (typeof right === 'string' && typeof ours === 'string' && areAlike(right, ours)) return null;
    return says;
  }
  const left = itemsOf(right);
  const other = itemsOf(ours);
  if (left.kind !== other.kind || left.items.length !== other.items.length) return says;
  for (let i = 0; i < left.items.length; i += 1) {
    const difference = compare(left.items[i], other.items[i], areAlike, `${path}[${i}]`);
    if (difference !== null) return difference;
  }
  return null;
}

function itemsOf(reply: Exclude<Reply, string>): { kind: string; items: readonly Reply[] } {
  return 'kind' in reply ? reply : { kind: 'array', items: reply };
}

function areNear(right: string, ours: string, tolerance: number): boolean {
  if (right === ours) return true;
  if (right[0] !== ours[0]) return false;
  const distance = Math.abs(Number(right.slice(1)) - Number(ours.slice(1)));
  // Negative answers have meanings of their own: no key, no expiry.
  return distance <= tolerance && Number(right.slice(1)) >= 0 && Number(ours.slice(1)) >= 0;
}

function sorted(reply: Reply): Reply {
  if (typeof reply === 'string') return reply;
  const { kind, items } = itemsOf(reply);
  const inner = items.map(sorted);
  const isPaired = kind === 'map' || kind === 'attribute';
  const groups: Reply[] = isPaired
    ? inner.flatMap((item, i) => (i % 2 === 0 ? [[item, inner[i + 1]]] : []))
    : inner;
  groups.sort((a, b) => (shown(a) < shown(b) ? -1 : 1));
  return 'kind' in reply ? { kind: reply.kind, items: groups } : groups;
}

/** The type's byte, and the code of an error: its words are for people. */
function shapeOf(scalar: string): string {
  return scalar.startsWith('-') ? scalar.split(' ', 1)[0] : scalar[0];
}

/** A reply on one line, shortened when it is very long. */
export function shown(reply: Reply): string {
  const text = JSON.stringify(reply);
  return text.length > 600 ? `${text.slice(0, 600)}… (${text.length} characters)` : text;
}
