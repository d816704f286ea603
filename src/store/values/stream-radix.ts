import { idBytes } from './stream-id.ts';
import type { IdChunk } from './stream-sorted-ids.ts';

/**
 * How many nodes a radix tree of these ids has, chains of single children counted as one: what servers
 * that keep streams in such a tree report.
 */
export function radixNodeCount(chunks: readonly IdChunk[]): number {
  const depths: number[] = [];
  let nodes = 0;
  let total = 0;
  let sharedBefore = -1;
  let previousChunk: IdChunk | null = null;
  let previousIndex = 0;
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.count; i += 1) {
      const shared =
        previousChunk === null ? -1 : sharedBytes(previousChunk, previousIndex, chunk, i);
      if (previousChunk !== null) {
        nodes += leafNodes(Math.max(sharedBefore, shared));
        nodes += closeBranches(depths, shared);
        if (depths.at(-1) !== shared) depths.push(shared);
      }
      sharedBefore = shared;
      previousChunk = chunk;
      previousIndex = i;
      total += 1;
    }
  }
  if (total === 0) return 1;
  return nodes + leafNodes(sharedBefore) + closeBranches(depths, -1);
}

/** Nodes of one id below the branch at byte `depth`; -1: it is alone in the tree. */
function leafNodes(depth: number): number {
  return depth + 1 < idBytes ? 2 : 1;
}

/** Takes the branches deeper than `shared` from the stack, and counts their nodes. */
function closeBranches(depths: number[], shared: number): number {
  let nodes = 0;
  for (let top = depths.at(-1); top !== undefined && top > shared; top = depths.at(-1)) {
    depths.pop();
    const above = Math.max(depths.at(-1) ?? -1, shared);
    nodes += top > above + 1 ? 2 : 1;
  }
  return nodes;
}

/** How many bytes two ids have in common at their beginning. */
function sharedBytes(left: IdChunk, leftIndex: number, right: IdChunk, rightIndex: number): number {
  const a = leftIndex * left.stride;
  const b = rightIndex * right.stride;
  for (let word = 0; word < idBytes / 4; word += 1) {
    const difference = left.words[a + word] ^ right.words[b + word];
    if (difference !== 0) return word * 4 + (Math.clz32(difference) >> 3);
  }
  return idBytes;
}
