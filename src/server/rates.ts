/** What is measured per second. */
export type RateName = 'commands' | 'input' | 'output' | 'replicationInput' | 'replicationOutput';

const rateNames: readonly RateName[] = [
  'commands',
  'input',
  'output',
  'replicationInput',
  'replicationOutput',
];

/** Rates over the last 1.6 seconds, from totals that are looked at ten times a second. */
export class Rates {
  readonly #samples = new Map<RateName, Float64Array>();
  readonly #last = new Map<RateName, number>();
  #lastAtMs = 0;
  #position = 0;

  constructor() {
    for (const name of rateNames) this.#samples.set(name, new Float64Array(sampleCount));
  }

  /** Takes the totals of this moment. */
  sample(nowMs: number, totals: Readonly<Record<RateName, number>>): void {
    const elapsedMs = nowMs - this.#lastAtMs;
    if (elapsedMs <= 0) return;
    for (const name of rateNames) {
      const before = this.#last.get(name);
      const samples = this.#samples.get(name);
      if (before !== undefined && samples !== undefined) {
        samples[this.#position] = (Math.max(0, totals[name] - before) * 1000) / elapsedMs;
      }
      this.#last.set(name, totals[name]);
    }
    this.#lastAtMs = nowMs;
    this.#position = (this.#position + 1) % sampleCount;
  }

  /** Mean of the last samples. */
  perSecond(name: RateName): number {
    const samples = this.#samples.get(name);
    if (samples === undefined) return 0;
    let sum = 0;
    for (const each of samples) sum += each;
    return sum / sampleCount;
  }
}

const sampleCount = 16;
