import type { Command } from '../commands/command.ts';
import { flags } from '../commands/flags.ts';
import type { LatencyControl } from '../commands/instruments.ts';
import { LatencyEvents } from './latency-events.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { Statistics } from './statistics.ts';

/**
 * How long calls take. To read a clock twice costs as much as a tenth of a GET, so not every call is
 * timed, and what is asked of every call is two looks into small arrays:
 *
 * - a **quick** call, whose work no data can make long (a fast command, or a plain SET, of few and
 *   short words), is timed for the first calls of its command and from then on once in 32 calls. The
 *   totals and histograms count such a sample for all 32; the slow log and latency events see the
 *   samples only, and a reply that turns out long.
 * - every other call is timed: its duration is exact everywhere.
 * - while the threshold of the slow log or of latency events is below `fineBelowUs`, every call is
 *   timed.
 */
export class CallTiming implements LatencyControl {
  readonly events = new LatencyEvents();
  /** `latency-tracking`: whether histograms are kept. */
  keepsHistograms = true;
  #histograms: (LatencyHistogram | null)[];
  /** Words up to which a call of each command is quick; 0: never. */
  readonly #quickWords: Uint8Array;
  /** The same, or 0 for all while every call is timed. */
  #quickNow: Uint8Array;
  /** How many quick calls of each command go before the next that is timed; below 0: this one is. */
  readonly #untilTimed: Int8Array;
  /** How many of the first calls were timed. */
  readonly #firstCalls: Uint8Array;
  readonly #byName: ReadonlyMap<string, Command>;

  constructor(commands: readonly Command[]) {
    this.#histograms = commands.map(() => null);
    this.#byName = new Map(commands.map((command) => [command.fullName, command]));
    this.#quickWords = Uint8Array.from(commands, quickWordsOf);
    this.#quickNow = this.#quickWords;
    this.#untilTimed = new Int8Array(commands.length);
    this.#firstCalls = new Uint8Array(commands.length);
  }

  /** Whether the call that begins must be timed, with `ended`. Asked once for each call. */
  wants(index: number, wordCount: number, frameBytes: number): boolean {
    if (wordCount > this.#quickNow[index] || frameBytes > quickBytesMax) return true;
    const left = this.#untilTimed[index] - 1;
    this.#untilTimed[index] = left;
    return left < 0;
  }

  /** Says which thresholds hold; in microseconds, null for none. */
  watch(thresholdsUs: readonly (number | null)[]): void {
    const isFine = thresholdsUs.some((each) => each !== null && each < fineBelowUs);
    this.#quickNow = isFine ? new Uint8Array(this.#quickWords.length) : this.#quickWords;
  }

  /** A call that `wants` wanted has ended. */
  ended({ index }: Command, tookUs: number, statistics: Statistics): void {
    const weight = this.#untilTimed[index] < 0 ? this.#quickCallEnded(index) : 1;
    statistics.microseconds[index] += tookUs * weight;
    if (!this.keepsHistograms) return;
    this.#histograms[index] ??= new LatencyHistogram();
    this.#histograms[index]?.add(tookUs, weight);
  }

  /** Returns for how many calls this one stands: for itself, or for those before it, too. */
  #quickCallEnded(index: number): number {
    if (this.#firstCalls[index] < timedEvery) {
      this.#firstCalls[index] += 1;
      const isLast = this.#firstCalls[index] === timedEvery;
      this.#untilTimed[index] = isLast ? timedEvery - 1 : 0;
      return 1;
    }
    this.#untilTimed[index] = timedEvery - 1;
    return timedEvery;
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
    this.#untilTimed.fill(0);
    this.#firstCalls.fill(0);
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

/** One quick call in so many is timed. */
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
