/** SHA-1 (RFC 3174) of a byte range. For data digests and script names, not for secrets. */

const schedule = new Uint32Array(80);
const state = new Uint32Array(5);
const block = new Uint8Array(64);

/** The 20-byte digest of `bytes[start, end)`, written to `target`. */
export function sha1(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array = new Uint8Array(20),
): Uint8Array {
  state[0] = 0x67452301;
  state[1] = 0xefcdab89;
  state[2] = 0x98badcfe;
  state[3] = 0x10325476;
  state[4] = 0xc3d2e1f0;
  let at = start;
  for (; end - at >= 64; at += 64) mixBlock(bytes, at);
  finish(bytes, at, end, end - start);
  for (let i = 0; i < 5; i += 1) writeWord(state[i], target, i * 4);
  return target;
}

/** The last bytes, the mark behind them, and the length in bits. */
function finish(bytes: Uint8Array, start: number, end: number, length: number): void {
  block.fill(0);
  let i = 0;
  for (let at = start; at < end; at += 1) block[i++] = bytes[at];
  block[i++] = 0x80;
  if (i > 56) {
    mixBlock(block, 0);
    block.fill(0);
  }
  writeWord(Math.floor(length / 0x20000000), block, 56);
  writeWord((length << 3) >>> 0, block, 60);
  mixBlock(block, 0);
}

function writeWord(word: number, target: Uint8Array, at: number): void {
  target[at] = word >>> 24;
  target[at + 1] = word >>> 16;
  target[at + 2] = word >>> 8;
  target[at + 3] = word;
}

function mixBlock(bytes: Uint8Array, at: number): void {
  const w = schedule;
  for (let i = 0; i < 16; i += 1) {
    const j = at + i * 4;
    w[i] = (bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3];
  }
  for (let i = 16; i < 80; i += 1) {
    const x = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
    w[i] = (x << 1) | (x >>> 31);
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  for (let i = 0; i < 80; i += 1) {
    const next = (((a << 5) | (a >>> 27)) + roundTerm(i, b, c, d) + e + w[i]) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

/** The round's function of three words, plus its constant. */
function roundTerm(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}
