/**
 * How long calls of one command took, in buckets: sixteen to each power of two, so that a quantile is
 * right to about six percent. Times are microseconds.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(bucketCount);
  #total = 0;

  /** How many calls were added. */
  get total(): number {
    return this.#total;
  }

  /** Adds `weight` calls that took so long. */
  add(tookUs: number, weight: number): void {
    this.#counts[bucketOf(tookUs)] += weight;
    this.#total += weight;
  }

  /** The time that `percent` of the calls did not exceed, 0 without calls. */
  percentile(percent: number): number {
    let left = Math.max(1, Math.ceil((percent / 100) * this.#total));
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      left -= this.#counts[bucket];
      if (left <= 0 && this.#total > 0) return upperBoundOf(bucket);
    }
    return 0;
  }

  /** Powers of two and how many calls took no longer; only where the number grows. */
  cumulative(): readonly (readonly [boundUs: number, count: number])[] {
    const steps: [number, number][] = [];
    let count = 0;
    let shown = 0;
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      count += this.#counts[bucket];
      const isLastOfPower = bucket % perPower === perPower - 1;
      if (!isLastOfPower || count === shown) continue;
      steps.push([boundOfPower(bucket), count]);
      shown = count;
    }
    return steps;
  }
}

const perPower = 16;
/** From one microsecond (all below count as one) to about 18 minutes. */
const bucketCount = 31 * perPower;

function bucketOf(tookUs: number): number {
  if (!(tookUs > 1)) return perPower - 1;
  const bucket = perPower + Math.ceil(Math.log2(tookUs) * perPower) - 1;
  return Math.min(bucket, bucketCount - 1);
}

function upperBoundOf(bucket: number): number {
  return 2 ** ((bucket + 1 - perPower) / perPower);
}

/** The bounds that Redis shows are a thirty-second more than powers of two: 1, 2, 4, 8, 16, 33, 66. */
function boundOfPower(bucket: number): number {
  return Math.floor((2 ** Math.floor(bucket / perPower) * 33) / 32);
}
