import { bytesOfLatin1 } from '../../src/base/bytes.ts';
import type { Agreement } from '../support/compare-replies.ts';
import { exact } from '../support/compare-replies.ts';

/**
 * A case is a list of lines, run in order on both servers. A line is a request as a person types it:
 * words between spaces, or in double quotes with the escapes \r \n \t \\ \" \xHH; `"ab"*1000` repeats.
 *
 * Marks before the request, each followed by a space:
 * - `@2` sends it on the second connection (any number up to 9; the first is the default);
 * - `~50` lets numbers differ by 50, `%` lets items come in any order, `?` compares types only;
 * - `!` expects no reply.
 */
export type Script = readonly string[];

/** One line of a script. */
export interface Step {
  readonly line: string;
  readonly words: readonly Uint8Array[];
  readonly connection: number;
  readonly agreement: Agreement;
  readonly isAnswered: boolean;
}

/** Reads one line. Throws on a line that is no request: a mistake in the test. */
export function parseStep(line: string): Step {
  let connection = 1;
  let agreement = exact;
  let isAnswered = true;
  let rest = line;
  for (;;) {
    const mark = /^(@\d|~\d+|%|\?|!) /.exec(rest)?.[1];
    if (mark === undefined) break;
    rest = rest.slice(mark.length + 1);
    if (mark === '!') isAnswered = false;
    else if (mark === '%') agreement = { kind: 'any-order' };
    else if (mark === '?') agreement = { kind: 'same-shape' };
    else if (mark.startsWith('@')) connection = Number(mark.slice(1));
    else agreement = { kind: 'within', tolerance: Number(mark.slice(1)) };
  }
  return { line, words: wordsOf(rest), connection, agreement, isAnswered };
}

function wordsOf(text: string): Uint8Array[] {
  const words: Uint8Array[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"(?:\*(\d+))?|(\S+))/gy;
  while (pattern.lastIndex < text.trimEnd().length) {
    const match = pattern.exec(text);
    if (match === null) throw new Error(`not a request: ${text}`);
    const [, quoted, times, bare] = match;
    const word = bare ?? textOfEscapes(quoted).repeat(Number(times ?? 1));
    words.push(bytesOfLatin1(word));
  }
  return words;
}

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t' };

/** The text between double quotes with its escapes undone. */
export function textOfEscapes(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(parseInt(code.slice(1), 16)) : (escapes[code] ?? code),
  );
}
