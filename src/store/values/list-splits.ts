import {
  adjustHeader,
  emptyBytes,
  headerBytes,
  seek,
  skipEntry,
  writeHeader,
} from '../packed/listpack.ts';
import { allowsMerge } from './list-limits.ts';
import type { Quicklist } from './list-quicklist.ts';

/**
 * How nodes of a list are split and joined. All of it acts on the node at the directory's position.
 */

/**
 * Splits the node at the element `offset`, which stays in it: with `isBehind` what follows becomes
 * a node behind it, else what comes before becomes a node before it. The position stays.
 *
 * Requires: something follows, or comes before.
 */
export function splitNode(list: Quicklist, offset: number, isBehind: boolean): void {
  const { directory, nodes } = list;
  nodes.locate(directory.ref);
  const { bytes, start, end } = nodes;
  const entry = seek(bytes, start, end, offset);
  const at = isBehind ? skipEntry(bytes, entry) : entry;
  const from = isBehind ? at : start + headerBytes;
  const to = isBehind ? end - 1 : at;
  const moved = isBehind ? directory.count - offset - 1 : offset;
  const part = nodes.createPart(bytes, from, to, moved);
  const ref = nodes.splice(directory.ref, from - start, to - from, 0);
  adjustHeader(nodes.bytes, nodes.start, from - to, -moved);
  directory.update(ref, directory.count - moved);
  directory.insert(isBehind, part, moved);
  if (isBehind) directory.previous();
  else directory.next();
}

/**
 * Joins the nodes around a node that was split where they are small enough, in this order: the two
 * before it, the two behind it, it with the one before, the result with the one behind.
 */
export function joinAround(list: Quicklist): void {
  const { directory } = list;
  if (directory.previous()) {
    if (directory.previous() && !joinNext(list)) directory.next();
    directory.next();
  }
  if (directory.next()) {
    joinNext(list);
    directory.previous();
  }
  if (directory.previous() && !joinNext(list)) directory.next();
  joinNext(list);
}

/** Joins the node with the next one if both fit into one; says whether they did. */
function joinNext(list: Quicklist): boolean {
  const { directory, nodes } = list;
  const left = directory.ref;
  const leftCount = directory.count;
  if (!directory.next()) return false;
  const right = directory.ref;
  const count = leftCount + directory.count;
  directory.previous();
  if (nodes.isPlain(left) || nodes.isPlain(right)) return false;
  nodes.locate(left);
  const leftBytes = nodes.end - nodes.start;
  nodes.locate(right);
  const rightBytes = nodes.end - nodes.start;
  if (!allowsMerge(list.nodeSize, leftBytes + rightBytes, count)) return false;
  const added = rightBytes - emptyBytes;
  const joined = nodes.splice(left, leftBytes - 1, 0, added);
  const { bytes, start, end } = nodes;
  nodes.locate(right);
  const { bytes: source, start: from } = nodes;
  bytes.set(source.subarray(from + headerBytes, from + headerBytes + added), start + leftBytes - 1);
  writeHeader(bytes, start, end - start, count);
  directory.update(joined, count);
  directory.next();
  nodes.free(right);
  if (directory.remove()) directory.previous();
  else directory.toLast();
  return true;
}
