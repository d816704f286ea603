/**
 * Whether `name` fits a glob `pattern` with `*`, `?`, `[a-z]`, `[^…]` and `\`, in any case.
 *
 * One remembered star is enough: an earlier star never has to take more than it did, so the work is
 * bounded by the product of the two lengths.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const glob = pattern.toLowerCase();
  const text = name.toLowerCase();
  let [g, t, star, resumeAt] = [0, 0, -1, 0];
  while (t < text.length) {
    const step = glob[g] === '*' ? 0 : stepOf(glob, g, text[t] ?? '');
    if (step > 0) {
      g += step;
      t += 1;
    } else if (glob[g] === '*') {
      star = g;
      resumeAt = t;
      g += 1;
    } else if (star >= 0) {
      resumeAt += 1;
      g = star + 1;
      t = resumeAt;
    } else return false;
  }
  while (glob[g] === '*') g += 1;
  return g >= glob.length;
}

/** Length of the piece of `glob` at `at` if it fits `char`, otherwise 0. */
function stepOf(glob: string, at: number, char: string): number {
  const piece = glob[at];
  if (piece === undefined) return 0;
  if (piece === '?') return 1;
  if (piece === '\\' && at + 1 < glob.length) return glob[at + 1] === char ? 2 : 0;
  if (piece !== '[') return piece === char ? 1 : 0;
  return stepOfClass(glob, at, char);
}

function stepOfClass(glob: string, at: number, char: string): number {
  let i = at + 1;
  const negated = glob[i] === '^';
  if (negated) i += 1;
  let found = false;
  while (i < glob.length && glob[i] !== ']') {
    if (glob[i] === '\\' && i + 1 < glob.length) i += 1;
    let low = glob[i] ?? '';
    let high = low;
    if (glob[i + 1] === '-' && i + 2 < glob.length) {
      high = glob[i + 2] ?? '';
      i += 2;
    }
    if (low > high) [low, high] = [high, low];
    if (char >= low && char <= high) found = true;
    i += 1;
  }
  return found === negated ? 0 : i + 1 - at;
}
