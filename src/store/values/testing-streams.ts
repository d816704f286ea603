import { bytesOfLatin1, latin1Of } from '../../base/bytes.ts';
import type { Random } from '../../runtime/random.ts';
import { EntryView } from '../packed/listpack-elements.ts';
import type { Stream } from './stream.ts';
import type { StreamCapture } from './stream-capture.ts';
import { StreamCursor } from './stream-cursor.ts';
import { StreamId } from './stream-id.ts';
import { EntryWords } from './stream-node.ts';
import { StreamNodes } from './stream-nodes.ts';

/** What tests of streams have in common. */

/** A random integer, 0 and more, below `end`. */
export function below(random: Random, end: number): number {
  return random.uint32() % end;
}

/** An id of two small numbers. */
export function idOf(ms: number, seq: number): StreamId {
  const id = new StreamId();
  id.setMs(ms);
  id.set(id.msHi, id.msLo, id.seqHi, seq);
  return id;
}

/** Fields and values as a request would have them. */
export function wordsOf(...texts: readonly string[]): EntryWords {
  const words = new EntryWords();
  words.bytes = bytesOfLatin1(texts.join(''));
  words.starts = new Int32Array(texts.length);
  words.ends = new Int32Array(texts.length);
  let at = 0;
  for (const [i, text] of texts.entries()) {
    words.starts[i] = at;
    at += text.length;
    words.ends[i] = at;
  }
  words.pairs = texts.length / 2;
  return words;
}

/** Entries between two ids as lines: `1-2 field=value …`. */
export function entriesOf(
  stream: Stream,
  from: StreamId = idOf(0, 0),
  to: StreamId = lastPossible(),
  isReverse = false,
): string[] {
  return linesOf(stream.nodes, from, to, isReverse);
}

function linesOf(nodes: StreamNodes, from: StreamId, to: StreamId, isReverse: boolean): string[] {
  const cursor = new StreamCursor();
  const field = new EntryView();
  const value = new EntryView();
  const lines: string[] = [];
  cursor.start(nodes, from, to, isReverse);
  while (cursor.next()) {
    let line = cursor.id.toText();
    for (let i = 0; i < cursor.fieldCount; i += 1) {
      cursor.readPair(field, value);
      line += ` ${textOf(field)}=${textOf(value)}`;
    }
    lines.push(line);
  }
  return lines;
}

/** The entries that a snapshot would write. */
export function capturedEntriesOf(stream: Stream, capture: StreamCapture): string[] {
  const nodes = new StreamNodes(stream.records, { capturedEpoch: 0 });
  nodes.ids.chunks.push(...capture.nodes);
  nodes.ids.size = capture.nodeCount;
  return linesOf(nodes, idOf(0, 0), lastPossible(), false);
}

function lastPossible(): StreamId {
  const id = new StreamId();
  id.setMax();
  return id;
}

function textOf(view: EntryView): string {
  return latin1Of(view.bytes, view.start, view.end);
}
