/** Chance as the pure folders see it: seeded in tests and simulation, strong in production. */
export interface Random {
  /** A uniformly distributed unsigned 32-bit integer. */
  uint32(): number;
  /** Fills `target` with random bytes. */
  fill(target: Uint8Array): void;
}

const hexDigits = '0123456789abcdef';

/** `length` random hex characters: replication ids, run ids and `$EOF:` marks are 40 of them. */
export function randomHex(random: Random, length: number): string {
  let text = '';
  while (text.length < length) {
    let word = random.uint32();
    for (let i = 0; i < 8 && text.length < length; i += 1) {
      text += hexDigits[word & 15];
      word >>>= 4;
    }
  }
  return text;
}
