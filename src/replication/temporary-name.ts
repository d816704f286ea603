import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { randomHex } from '../runtime/random.ts';

/**
 * A name for a file that nobody else uses: time and port tell the operator whose it was, chance
 * keeps two of the same millisecond apart.
 */
export function temporaryName(
  prefix: string,
  world: {
    readonly clock: Clock;
    readonly random: Random;
    readonly settings: { readonly port: number };
  },
): string {
  const { clock, random, settings } = world;
  return `${prefix}-${clock.nowMs()}.${settings.port}.${randomHex(random, 8)}.rdb`;
}
