import type { Command } from '../commands/command.ts';
import type { CommandTable } from '../commands/lookup.ts';
import type { Request } from '../protocol/request.ts';
import type { Database } from '../store/database.ts';
import { MemberTable } from '../store/values/member-table.ts';
import { RankedMembers } from '../store/values/sorted-set-members.ts';

/**
 * Fetches the memory that the requests of a batch will need within a large set, hash or sorted set,
 * as `warmBatch` does for keys: pipelines often stay with one value, and each of its members is
 * somewhere else. Only requests that follow one another with the same key are looked at, so that all
 * others pay nothing.
 */
export class MemberWarming {
  /** The word of the first member, by command; 0 for commands without. */
  readonly #first: Uint8Array;
  /** Words from one member to the next. */
  readonly #step: Uint8Array;
  /** Which end of a sorted set a command takes an element from; 0 for others. */
  readonly #end: Uint8Array;

  readonly #batch: readonly Request[];
  readonly #commands: readonly (Command | null)[];

  /** `batch` and `commands`: where each batch's requests stand, and their commands. */
  constructor(
    { commands: all }: CommandTable,
    batch: readonly Request[],
    commands: readonly (Command | null)[],
  ) {
    this.#batch = batch;
    this.#commands = commands;
    this.#first = Uint8Array.from(all, (each) => memberWords.get(each.fullName)?.[0] ?? 0);
    this.#step = Uint8Array.from(all, (each) => memberWords.get(each.fullName)?.[1] ?? 0);
    this.#end = Uint8Array.from(all, (each) => ends.get(each.fullName) ?? 0);
  }

  /** Looks at the first `count` requests of a batch. Changes nothing but hints. */
  warm(database: Database, count: number): void {
    const batch = this.#batch;
    const commands = this.#commands;
    for (let i = 1; i < count; i += 1) {
      const command = commands[i];
      if (command === null || !this.#isKnown(command)) continue;
      if (!hasSameKey(batch[i - 1], batch[i])) continue;
      const table = tableIn(database, batch[i - 1]);
      if (table === null || table.size < worthwhileMembers) return;
      const end = this.#end[command.index];
      if (end !== 0) {
        if (table instanceof RankedMembers) {
          table.warmEnd(this.#alike(i, count) + 1, end === lowestEnd);
        }
        return;
      }
      const { memberHints } = database.records;
      for (let at = i - 1; at < count; at += 1) {
        const command = commands[at];
        if (command === null || !this.#hasMembers(command)) continue;
        if (at > i && !hasSameKey(batch[i], batch[at])) break;
        this.#addMembers(database, command, batch[at]);
      }
      table.table.warm(memberHints.hashes, memberHints.count);
      return;
    }
  }

  /** How many requests from `from` on are the same command on the same key. */
  #alike(from: number, count: number): number {
    let at = from + 1;
    while (at < count && this.#commands[at] === this.#commands[from]) {
      if (!hasSameKey(this.#batch[from], this.#batch[at])) break;
      at += 1;
    }
    return at - from;
  }

  #isKnown(command: Command): boolean {
    return this.#first[command.index] !== 0 || this.#end[command.index] !== 0;
  }

  #hasMembers(command: Command | null): boolean {
    return command !== null && this.#first[command.index] !== 0;
  }

  #addMembers(database: Database, { index }: Command, request: Request): void {
    const { memberHints } = database.records;
    const end = Math.min(request.count, this.#first[index] + membersMax * this.#step[index]);
    for (let word = this.#first[index]; word < end; word += this.#step[index]) {
      memberHints.add(request.bytes, request.starts[word], request.ends[word]);
    }
  }
}

function hasSameKey(left: Request, right: Request): boolean {
  if (left.count < 2 || right.count < 2) return false;
  const length = left.ends[1] - left.starts[1];
  if (right.ends[1] - right.starts[1] !== length) return false;
  const leftStart = left.starts[1];
  const rightStart = right.starts[1];
  for (let i = length - 1; i >= 0; i -= 1) {
    if (left.bytes[leftStart + i] !== right.bytes[rightStart + i]) return false;
  }
  return true;
}

/** The table of the large value under a request's key; null for any other value. */
function tableIn(database: Database, { bytes, starts, ends }: Request): MemberTable | null {
  const record = database.find(bytes, starts[1], ends[1]);
  if (record === 0 || !database.records.isStructured(record)) return null;
  const structure = database.values.structureOf(record);
  return structure instanceof MemberTable ? structure : null;
}

/** Smaller tables are in the processor's caches anyway. */
export const worthwhileMembers = 200_000;
/** Members of one request that are worth it; more overlap by themselves. */
const membersMax = 8;

const lowestEnd = 1;
const highestEnd = 2;
const ends: ReadonlyMap<string, number> = new Map([
  ['zpopmin', lowestEnd],
  ['zpopmax', highestEnd],
]);

/** Where members stand: the first word, and how far it is to the next. */
const memberWords: ReadonlyMap<string, readonly [first: number, step: number]> = new Map([
  ['sadd', [2, 1]],
  ['srem', [2, 1]],
  ['sismember', [2, 1]],
  ['smismember', [2, 1]],
  ['hget', [2, 1]],
  ['hmget', [2, 1]],
  ['hset', [2, 2]],
  ['hmset', [2, 2]],
  ['hsetnx', [2, 2]],
  ['hincrby', [2, 2]],
  ['hexists', [2, 1]],
  ['hdel', [2, 1]],
  ['zadd', [3, 2]],
  ['zincrby', [3, 2]],
  ['zscore', [2, 1]],
  ['zmscore', [2, 1]],
  ['zrank', [2, 8]],
  ['zrevrank', [2, 8]],
  ['zrem', [2, 1]],
]);
