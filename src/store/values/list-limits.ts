/**
 * How much one node of a list holds. The setting `list-max-listpack-size` is a number of entries,
 * or, where negative, a class of bytes. Nodes are copied into dumps, so the arithmetic is that of
 * Redis to the byte: an entry counts as its text with an overhead that is more than it needs.
 */

/** Bytes of a node for -1 to -5. */
const byteClasses: readonly number[] = [4096, 8192, 16_384, 32_768, 65_536];
/** However many entries the setting allows, a node of several has no more bytes than this. */
const safetyBytes = 8192;
const entryOverheadBytes = 8;
const entriesMax = 32_767;
/** What two packs have once too often when they are joined: a header and an end mark. */
const joinedBytes = 7;

/** The setting as a list keeps it for its life. */
export function nodeSizeOf(setting: number): number {
  return Math.max(-byteClasses.length, Math.min(entriesMax, setting));
}

/** Most bytes of a node; infinite where entries count. */
export function nodeBytesMax(nodeSize: number): number {
  if (nodeSize >= 0) return Number.POSITIVE_INFINITY;
  return byteClasses[Math.min(byteClasses.length, -nodeSize) - 1];
}

/** Bytes that a node of several entries has when it is full, whatever bounds it. */
export function nodeRoomMax(nodeSize: number): number {
  return nodeSize < 0 ? nodeBytesMax(nodeSize) : safetyBytes;
}

/** Most entries of a node; infinite where bytes count. */
export function nodeEntriesMax(nodeSize: number): number {
  if (nodeSize < 0) return Number.POSITIVE_INFINITY;
  return nodeSize === 0 ? 1 : nodeSize;
}

/** Whether so much is too much for a node. */
export function exceedsNode(nodeSize: number, bytes: number, entries: number): boolean {
  if (nodeSize < 0) return bytes > nodeBytesMax(nodeSize);
  return bytes > safetyBytes || entries > nodeEntriesMax(nodeSize);
}

/** Whether a node takes one more element of `length` bytes. */
export function allowsInsert(
  nodeSize: number,
  nodeBytes: number,
  nodeEntries: number,
  length: number,
): boolean {
  return !exceedsNode(nodeSize, nodeBytes + length + entryOverheadBytes, nodeEntries + 1);
}

/** Whether two nodes may become one; `bytes` and `entries` are those of both together. */
export function allowsMerge(nodeSize: number, bytes: number, entries: number): boolean {
  return !exceedsNode(nodeSize, bytes - joinedBytes, entries);
}
