import type { Command } from '../commands/command.ts';
import { flags } from '../commands/flags.ts';
import type { LatencyControl } from '../commands/instruments.ts';
import { LatencyEvents } from './latency-events.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { Statistics } from './statistics.ts';

/**
 * How long calls take. To read a clock twice costs as much as a tenth of a GET, so not every call is
 * timed:
 *
 * - a **quick** call, whose work no data can make long (a fast command, or a plain SET, of few and
 *   short words), is timed for the first calls of its command and from then on once in 32 calls. The
 *   totals and histograms count such a sample for all 32; the slow log and latency events see the
 *   samples only, and a reply that turns out long.
 * - every other call is timed: its duration is exact everywhere.
 * - while the threshold of the slow log or of latency events is below `fineBelowUs`, or samples would
 *   not do for another reason, every call is timed.
 */
export class CallTiming implements LatencyControl {
  readonly events = new LatencyEvents();
  /** `latency-tracking`: whether histograms are kept. */
  keepsHistograms = true;
  #histograms: (LatencyHistogram | null)[];
  /** Words up to which a call of each command is quick; 0: never. */
  readonly #quickWords: Uint8Array;
  readonly #byName: ReadonlyMap<string, Command>;
  #isFine = false;

  constructor(commands: readonly Command[]) {
    this.#histograms = commands.map(() => null);
    this.#byName = new Map(commands.map((command) => [command.fullName, command]));
    this.#quickWords = Uint8Array.from(commands, quickWordsOf);
  }

  /** Whether the next call must be timed. `calls`: how many there were of this command. */
  wants(index: number, wordCount: number, frameBytes: number, calls: number): boolean {
    return (
      wordCount > this.#quickWords[index] ||
      frameBytes > quickBytesMax ||
      (calls & (timedEvery - 1)) === 0 ||
      calls < timedEvery ||
      this.#isFine
    );
  }

  /** Says which thresholds hold; in microseconds, null for none. */
  watch(thresholdsUs: readonly (number | null)[]): void {
    this.#isFine = thresholdsUs.some((each) => each !== null && each < fineBelowUs);
  }

  /** A timed call has ended. `calls`: how many there were of this command before it. */
  ended(
    command: Command,
    call: { readonly wordCount: number; readonly frameBytes: number; readonly calls: number },
    tookUs: number,
    statistics: Statistics,
  ): void {
    const isSample =
      !this.#isFine &&
      call.calls >= timedEvery &&
      call.wordCount <= this.#quickWords[command.index] &&
      call.frameBytes <= quickBytesMax;
    const weight = isSample ? timedEvery : 1;
    statistics.microseconds[command.index] += tookUs * weight;
    if (!this.keepsHistograms) return;
    this.#histograms[command.index] ??= new LatencyHistogram();
    this.#histograms[command.index]?.add(tookUs, weight);
  }

  /** Notes a call among the latency events when it was long enough. */
  note(command: Command, tookUs: number, nowMs: number): void {
    if (this.events.thresholdMs === 0) return;
    const event = (command.flagBits & flags.fast) !== 0 ? 'fast-command' : 'command';
    this.events.note(event, tookUs / 1000, nowMs);
  }

  /** CONFIG RESETSTAT: forgets the histograms. */
  reset(): void {
    this.#histograms = this.#histograms.map(() => null);
  }

  histogram(fullName: string): LatencyHistogram | null {
    const command = this.#byName.get(fullName.toLowerCase());
    return command === undefined ? null : this.#histograms[command.index];
  }

  namesOf(fullName: string): readonly string[] {
    const command = this.#byName.get(fullName.toLowerCase());
    if (command === undefined) return [];
    const subcommands = command.subcommands?.values.map((each) => each.fullName) ?? [];
    return [command.fullName, ...subcommands];
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }
}

/** One quick call in so many is timed; a power of two. */
export const timedEvery = 32;

/** Below this threshold samples would miss most of what is slow. */
const fineBelowUs = 1000;

/** A request of more bytes is long work whatever it asks. */
const quickBytesMax = 1024;

/** Fast commands of more words touch more elements than are quick. */
const fastWords = 8;

/**
 * Where the flag says too much or too little: SET and its kin only copy their words; a count may make
 * a pop long; UNLINK frees what it unlinks.
 */
const quickWordsByName: ReadonlyMap<string, number> = new Map([
  ['set', 8],
  ['setex', 4],
  ['psetex', 4],
  ['mset', 33],
  ['lpop', 2],
  ['rpop', 2],
  ['spop', 2],
  ['zpopmin', 2],
  ['zpopmax', 2],
  ['xadd', 5],
  ['unlink', 0],
]);

function quickWordsOf({ fullName, flagBits }: Command): number {
  return quickWordsByName.get(fullName) ?? ((flagBits & flags.fast) !== 0 ? fastWords : 0);
}
