import type { CommandContext } from './context.ts';
import { deleteIfEmpty, deleteWord, hasField, hashEvents } from './hash-values.ts';
import type { FieldWords } from './hash-words.ts';
import { isPast } from './string-values.ts';

/** Giving fields of a hash another expiry, and telling everybody. */

/** Which expiries may be changed. */
export type Condition = 'nx' | 'xx' | 'gt' | 'lt';

/** What a field of HEXPIRE is answered with. */
export const expiryOutcomes = { noField: -2, refused: 0, changed: 1, deleted: 2 } as const;

/** Changes expiries field by field, and then says what came of it. */
export class FieldExpiryChange {
  /** The hash; its record may move. */
  record: number;
  /** The words of the fields that expire otherwise now, and of those that are gone. */
  readonly changed: number[] = [];
  readonly deleted: number[] = [];
  readonly #context: CommandContext;
  readonly #moment: number;
  readonly #isPast: boolean;

  /** `moment` in Unix ms. */
  constructor(context: CommandContext, record: number, moment: number) {
    this.#context = context;
    this.record = record;
    this.#moment = moment;
    this.#isPast = isPast(context, moment);
  }

  /** Returns one of `expiryOutcomes`. */
  apply(word: number, condition: Condition | null): number {
    const context = this.#context;
    const { hashes } = context.database;
    if (!hasField(context, this.record, word)) return expiryOutcomes.noField;
    if (!allows(condition, hashes.expiresAtMs, this.#moment)) return expiryOutcomes.refused;
    if (this.#isPast) {
      this.record = deleteWord(context, this.record, word);
      this.deleted.push(word);
      return expiryOutcomes.deleted;
    }
    const { bytes, starts, ends } = context.request;
    // 0 means "no expiry" in the store, and on a replica even the past must be kept.
    const moment = Math.max(1, this.#moment);
    this.record = hashes.setExpiry(this.record, bytes, starts[word], ends[word], moment);
    this.changed.push(word);
    return expiryOutcomes.changed;
  }

  /** Events, and the key's end with its last field. `changes`: what save points count. */
  notify(changes = this.changed.length + this.deleted.length): void {
    if (this.changed.length + this.deleted.length === 0) return;
    const context = this.#context;
    const isEmpty = deleteIfEmpty(context, this.record);
    const event = this.deleted.length > 0 ? hashEvents.delete : hashEvents.expire;
    context.modified(event, 1, changes);
    if (isEmpty) context.modified(hashEvents.keyGone, 1, 0);
  }

  /** Replicas get the moment, not the delay, and only the fields that it applies to. */
  propagate(): void {
    propagateDeletion(this.#context, this.deleted);
    if (this.changed.length === 0) return;
    const effect = this.#context
      .effect(this.changed.length + 5)
      .text('HPEXPIREAT')
      .word(1);
    effect.integer(Math.max(1, this.#moment)).text('FIELDS').integer(this.changed.length);
    for (const word of this.changed) effect.word(word);
  }
}

/** Sends HDEL in place of the command, where it deleted fields. */
export function propagateDeletion(context: CommandContext, words: readonly number[]): void {
  if (words.length === 0) return;
  const effect = context
    .effect(words.length + 2)
    .text('HDEL')
    .word(1);
  for (const word of words) effect.word(word);
}

/**
 * Takes the expiries of fields away; `apply` sees each field's word, and whether the field is there.
 *
 * @returns the words of the fields that had one.
 */
export function persistFields(
  context: CommandContext,
  record: number,
  fields: FieldWords,
  apply: (word: number, isThere: boolean, hadExpiry: boolean) => void,
): readonly number[] {
  const { bytes, starts, ends } = context.request;
  const { hashes } = context.database;
  const persisted: number[] = [];
  let hash = record;
  for (let word = fields.first; word < fields.end; word += 1) {
    const isThere = hasField(context, hash, word);
    const hadExpiry = isThere && hashes.expiresAtMs !== 0;
    apply(word, isThere, hadExpiry);
    if (!hadExpiry) continue;
    hash = hashes.setExpiry(hash, bytes, starts[word], ends[word], 0);
    persisted.push(word);
  }
  return persisted;
}

/** A field without expiry lives for ever: nothing is later, everything is earlier. */
function allows(condition: Condition | null, current: number, moment: number): boolean {
  switch (condition) {
    case 'nx':
      return current === 0;
    case 'xx':
      return current !== 0;
    case 'gt':
      return current !== 0 && moment > current;
    case 'lt':
      return current === 0 || moment < current;
    default:
      return true;
  }
}
