import { errors } from '../protocol/errors.ts';
import type { ByteRange } from '../protocol/request.ts';
import { valueTypes } from '../store/value-types.ts';
import { after, documentedAs, integer, key, optional, token } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { parseArguments } from './parse-arguments.ts';

/** LCS: what two strings have in common, in order. */

const lcsArguments = [
  key('key1', 'RO', 'access'),
  key('key2'),
  optional(token('len', 'LEN')),
  optional(token('idx', 'IDX')),
  optional(documentedAs('len', after('MINMATCHLEN', integer('minMatchLength')))),
  optional(token('withmatchlen', 'WITHMATCHLEN')),
] as const;

const lcs = defineCommand({
  name: 'LCS',
  summary: 'Returns the longest common subsequence of two strings.',
  since: '7.0.0',
  group: 'string',
  complexity: 'O(N*M) where N and M are the lengths of s1 and s2, respectively',
  flags: ['readonly'],
  arguments: lcsArguments,
  execute(context) {
    // The values are looked at before the options: their errors come first.
    const left = operandOf(context, 1);
    const right = operandOf(context, 2);
    const options = parseArguments(lcsArguments, context.request, 1);
    if (options.idx && options.len) throw errors.lcsOptions;
    const lengths = new LengthTable(left, right, context.settings.maxBulkBytes);
    if (options.idx) {
      const least = Math.max(0, options.minMatchLength ?? 0);
      replyMatches(context, lengths, least, options.withmatchlen === true);
    } else if (options.len) {
      context.reply.integer(lengths.total);
    } else {
      context.reply.bulk(lengths.subsequence());
    }
  },
});

const nothing: ByteRange = { bytes: new Uint8Array(0), start: 0, end: 0 };

function operandOf(context: CommandContext, word: number): ByteRange {
  const record = context.find(word);
  if (record === 0) return nothing;
  if (context.database.typeOf(record) !== valueTypes.string) throw errors.lcsType;
  const { bytes, start, end } = context.database.string(record);
  return { bytes, start, end };
}

/** Two stretches of the same bytes; all ends inside. */
interface Match {
  readonly leftFirst: number;
  readonly leftLast: number;
  readonly rightFirst: number;
  readonly rightLast: number;
}

/** For every pair of beginnings of two strings, the length of what they have in common. */
class LengthTable {
  readonly #left: ByteRange;
  readonly #right: ByteRange;
  readonly #leftLength: number;
  readonly #rightLength: number;
  readonly #cells: Uint32Array;

  /** Throws when the table needs more than `maxBytes`. */
  constructor(left: ByteRange, right: ByteRange, maxBytes: number) {
    this.#left = left;
    this.#right = right;
    this.#leftLength = left.end - left.start;
    this.#rightLength = right.end - right.start;
    const count = (this.#leftLength + 1) * (this.#rightLength + 1);
    if (count * Uint32Array.BYTES_PER_ELEMENT > maxBytes) throw errors.lcsTooLarge;
    this.#cells = new Uint32Array(count);
    this.#fill();
  }

  /** Length of the longest common subsequence. */
  get total(): number {
    return this.#at(this.#leftLength, this.#rightLength);
  }

  /** The longest common subsequence. */
  subsequence(): Uint8Array {
    const result = new Uint8Array(this.total);
    let at = result.length;
    this.#walk((i) => {
      at -= 1;
      result[at] = this.#left.bytes[this.#left.start + i];
    });
    return result;
  }

  /** Its stretches that are contiguous in both strings, from the last to the first. */
  matches(): readonly Match[] {
    const found: Match[] = [];
    let open: Match | null = null;
    this.#walk((i, j) => {
      if (open !== null && open.leftFirst === i + 1 && open.rightFirst === j + 1) {
        open = { ...open, leftFirst: i, rightFirst: j };
        return;
      }
      if (open !== null) found.push(open);
      open = { leftFirst: i, leftLast: i, rightFirst: j, rightLast: j };
    });
    if (open !== null) found.push(open);
    return found;
  }

  #at(i: number, j: number): number {
    return this.#cells[i * (this.#rightLength + 1) + j];
  }

  #fill(): void {
    const width = this.#rightLength + 1;
    const cells = this.#cells;
    const { bytes: a, start: aStart } = this.#left;
    const { bytes: b, start: bStart } = this.#right;
    for (let i = 1; i <= this.#leftLength; i += 1) {
      const row = i * width;
      const byte = a[aStart + i - 1];
      for (let j = 1; j < width; j += 1) {
        const above = cells[row - width + j];
        const before = cells[row + j - 1];
        if (byte === b[bStart + j - 1]) cells[row + j] = cells[row - width + j - 1] + 1;
        else cells[row + j] = Math.max(above, before);
      }
    }
  }

  /** Visits the positions of the common bytes, from the last to the first. */
  #walk(visit: (i: number, j: number) => void): void {
    let i = this.#leftLength;
    let j = this.#rightLength;
    while (i > 0 && j > 0) {
      if (
        this.#left.bytes[this.#left.start + i - 1] === this.#right.bytes[this.#right.start + j - 1]
      ) {
        i -= 1;
        j -= 1;
        visit(i, j);
      } else if (this.#at(i - 1, j) > this.#at(i, j - 1)) {
        i -= 1;
      } else {
        j -= 1;
      }
    }
  }
}

function replyMatches(
  context: CommandContext,
  lengths: LengthTable,
  least: number,
  withLength: boolean,
): void {
  const { reply } = context;
  const shown = lengths.matches().filter(({ leftFirst, leftLast }) => {
    return leftLast - leftFirst + 1 >= least;
  });
  reply.map(2);
  reply.bulkLatin1('matches');
  reply.array(shown.length);
  for (const match of shown) {
    reply.array(withLength ? 3 : 2);
    reply.array(2);
    reply.integer(match.leftFirst);
    reply.integer(match.leftLast);
    reply.array(2);
    reply.integer(match.rightFirst);
    reply.integer(match.rightLast);
    if (withLength) reply.integer(match.leftLast - match.leftFirst + 1);
  }
  reply.bulkLatin1('len');
  reply.integer(lengths.total);
}

export const lcsCommands: readonly CommandDeclaration[] = [lcs];
