import { Request } from '../protocol/request.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Database } from '../store/database.ts';
import type { Keyspace } from '../store/keyspace.ts';
import { collectDueHashes, hasExpiringFields } from '../store/values/due-hashes.ts';
import { deleteDueFields, type ExpiryListener } from './due-fields.ts';
import { EffectBuffer, type EffectSink } from './effects.ts';
import type { Statistics } from './statistics.ts';

/**
 * Deletes keys and fields of hashes whose time has come, though nobody asks for them. Every segment of a table knows the
 * earliest expiry in it, so a cycle looks only at segments that have something to delete, and a pass
 * over the others reads one number each.
 */
export class ActiveExpiry {
  enabled = true;
  readonly #clock: Clock;
  readonly #sink: EffectSink;
  readonly #statistics: Statistics;
  readonly #listener: ExpiryListener;
  readonly #effects = new EffectBuffer(new Request());
  readonly #due: number[] = [];
  #databaseAt = 0;
  #segmentAt = 0;

  /** `listener` hears of each key, after it was deleted. */
  constructor(clock: Clock, sink: EffectSink, statistics: Statistics, listener: ExpiryListener) {
    this.#clock = clock;
    this.#sink = sink;
    this.#statistics = statistics;
    this.#listener = listener;
  }

  /**
   * One cycle, at most about `budgetUs` long; goes on next time where it stopped. Requires: this is a
   * primary, and expiry is not suspended. Returns how many keys were deleted.
   */
  cycle(keyspace: Keyspace, budgetUs: number): number {
    if (!this.enabled) return 0;
    const nowMs = this.#clock.nowMs();
    const deadlineUs = this.#clock.monotonicUs() + budgetUs;
    const { databases } = keyspace;
    let deleted = 0;
    let left = databases.length;
    while (left > 0) {
      const database = databases[this.#databaseAt % databases.length];
      const finished = this.#sweep(database, nowMs, deadlineUs);
      deleted += finished.deleted;
      if (!finished.isWhole) {
        this.#statistics.expireCyclesCutShort += 1;
        return deleted;
      }
      this.#databaseAt = (this.#databaseAt + 1) % databases.length;
      this.#segmentAt = 0;
      left -= 1;
    }
    return deleted;
  }

  #sweep(
    database: Database,
    nowMs: number,
    deadlineUs: number,
  ): { readonly deleted: number; readonly isWhole: boolean } {
    const { table } = database;
    let deleted = 0;
    const hasFields = hasExpiringFields(database);
    if (database.expiryCount === 0 && !hasFields) return { deleted, isWhole: true };
    const { segments } = table;
    while (this.#segmentAt < segments.count) {
      const segment = this.#segmentAt++;
      if (segments.earliestExpiry[segment] > nowMs) continue;
      table.collectDue(segment, nowMs, this.#due);
      deleted += this.#deleteDue(database);
      if (hasFields) this.#deleteDueFields(database, segment, nowMs, deadlineUs);
      if (this.#clock.monotonicUs() > deadlineUs) return { deleted, isWhole: false };
    }
    return { deleted, isWhole: true };
  }

  /** Refs stay valid only until the first deletion, so the keys are copied first. */
  #deleteDue(database: Database): number {
    const keys = this.#due.map((ref) => database.keyOf(ref));
    this.#due.length = 0;
    const propagates = this.#sink.wantsEffects;
    for (const key of keys) {
      database.delete(key, 0, key.length);
      this.#listener.expired(database, key);
      if (!propagates) continue;
      this.#effects.begin(database.index, 2).text('DEL').bytes(key);
      this.#effects.deliver(this.#sink);
    }
    this.#statistics.expiredKeys += keys.length;
    return keys.length;
  }

  /** Goes on with a hash as long as there is time: what is left over is found next time. */
  #deleteDueFields(database: Database, segment: number, nowMs: number, deadlineUs: number): void {
    collectDueHashes(database, segment, nowMs, this.#due);
    const keys = this.#due.map((ref) => database.keyOf(ref));
    this.#due.length = 0;
    const world = {
      listener: this.#listener,
      statistics: this.#statistics,
      effects: this.#sink.wantsEffects ? this.#effects : null,
    };
    for (const key of keys) {
      let record = database.find(key, 0, key.length);
      do {
        record = deleteDueFields(database, record, nowMs, null, world);
        if (this.#effects.count > 0) this.#effects.deliver(this.#sink);
        if (this.#clock.monotonicUs() > deadlineUs) return;
      } while (record !== 0 && database.hashes.earliestMs(record) <= nowMs);
    }
  }
}
