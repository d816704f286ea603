import { errors } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { streamErrors } from '../protocol/stream-errors.ts';
import type { Stream } from '../store/values/stream.ts';
import { StreamId } from '../store/values/stream-id.ts';
import type { Argument } from './arguments.ts';
import { after, block, integer, oneOf, optional, since, string, token } from './arguments.ts';
import type { CommandContext, EffectBuilder } from './context.ts';
import { addId, type GivenId, idIn, isSign, newIdIn } from './stream-ids.ts';
import { addInteger, integerIn } from './words.ts';

/** The options of XADD and XTRIM: what to cut off, and how. */

const tilde = 126;
const equals = 61;
const star = 42;
/** Approximate trims without LIMIT look at so many full nodes' entries. */
const nodesAtOnce = 100;
const limitDefault = 10_000;
const limitMax = 1_000_000;

/** How XADD and XTRIM declare their trimming. */
export const trimArgument: Argument<'trim', unknown> = block(
  'trim',
  oneOf('strategy', token('maxlen', 'MAXLEN'), since('6.2.0', token('minid', 'MINID'))),
  optional(oneOf('operator', token('equal', '='), token('approximately', '~'))),
  string('threshold'),
  since('6.2.0', optional(after('LIMIT', integer('count')))),
);

/** What the options of one request say. Make one, and `read` request after request. */
export class TrimOptions implements GivenId {
  /** Null when nothing is to be cut by length. */
  maxLength: number | null = null;
  readonly minId: StreamId = new StreamId();
  isApproximate = false;
  limit = 0;
  /** Whether anything is to be cut at all. */
  trims = false;
  isCreating = true;
  /** XADD: the word of the id; the id, unless it is to be made; whether it has its sequence. */
  idWord = 0;
  readonly id: StreamId = new StreamId();
  hasId = false;
  hasSequence = true;
  #thresholdWord = 0;
  #hasLimit = false;

  /** Reads the words of XADD up to the id, or all of XTRIM's. */
  read(context: CommandContext, isAdding: boolean): void {
    const { request } = context;
    this.#clear();
    let word = 2;
    while (word < request.count) {
      if (isAdding && isSign(request, word, star)) break;
      const next = this.#readOption(request, word, isAdding);
      if (next === 0) {
        if (!isAdding) throw errors.syntax;
        newIdIn(request, word, this.id, this);
        this.hasId = true;
        break;
      }
      word = next;
    }
    this.idWord = word;
    this.#setLimit(context, isAdding);
  }

  /** Adds the words `[from, to)` of the request, an approximate trim turned into what it did. */
  addWords(effect: EffectBuilder, from: number, to: number, stream: Stream): void {
    for (let word = from; word < to; word += 1) {
      if (!this.isApproximate || !this.trims) effect.word(word);
      else if (word === this.#thresholdWord - 1) effect.text('=');
      else if (word !== this.#thresholdWord) effect.word(word);
      else if (this.maxLength !== null) addInteger(effect, stream.length);
      else {
        if (!stream.edgeId(false, true, firstLeft)) firstLeft.setMax();
        addId(effect, firstLeft);
      }
    }
  }

  #clear(): void {
    this.maxLength = null;
    this.isApproximate = false;
    this.limit = 0;
    this.trims = false;
    this.isCreating = true;
    this.hasId = false;
    this.hasSequence = true;
    this.#hasLimit = false;
  }

  /** Reads the option at `word`; returns the word behind it, 0 when it is none. */
  #readOption(request: Request, word: number, isAdding: boolean): number {
    const hasMore = word + 1 < request.count;
    if (hasMore && request.is(word, 'maxlen')) {
      const threshold = this.#readOperator(request, word);
      this.maxLength = integerIn(request, threshold);
      if (this.maxLength < 0) throw streamErrors.negativeLength;
      return threshold + 1;
    }
    if (hasMore && request.is(word, 'minid')) {
      const threshold = this.#readOperator(request, word);
      idIn(request, threshold, this.minId);
      return threshold + 1;
    }
    if (hasMore && request.is(word, 'limit')) {
      this.limit = integerIn(request, word + 1);
      if (this.limit < 0) throw streamErrors.negativeLimit;
      this.#hasLimit = true;
      return word + 2;
    }
    if (!isAdding || !request.is(word, 'nomkstream')) return 0;
    this.isCreating = false;
    return word + 1;
  }

  /** Returns the word of the threshold. */
  #readOperator(request: Request, word: number): number {
    if (this.trims) throw streamErrors.twoStrategies;
    this.trims = true;
    let threshold = word + 1;
    if (word + 2 < request.count) {
      this.isApproximate = isSign(request, threshold, tilde);
      if (this.isApproximate || isSign(request, threshold, equals)) threshold += 1;
    }
    this.#thresholdWord = threshold;
    return threshold;
  }

  #setLimit(context: CommandContext, isAdding: boolean): void {
    if (!this.trims) {
      if (this.limit > 0) throw streamErrors.limitWithoutStrategy;
      if (!isAdding) throw streamErrors.noStrategy;
      return;
    }
    if (context.session.kind === 'primary') {
      // The primary has said exactly how far it came.
      this.limit = 0;
    } else if (this.#hasLimit) {
      if (!this.isApproximate) throw streamErrors.limitWhenExact;
    } else if (this.isApproximate) {
      const limit = nodesAtOnce * context.database.limits.streamNodeEntries;
      this.limit = limit <= 0 ? limitDefault : Math.min(limit, limitMax);
    }
  }
}

const firstLeft = new StreamId();
