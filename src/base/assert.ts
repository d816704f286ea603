/** A belief of ours turned out wrong: a bug in this program, never a peer's or a client's mistake. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Stops with `belief` in the message unless it holds. */
export function assert(holds: boolean, belief: string): asserts holds {
  if (!holds) throw new AssertionError(`this should hold: ${belief}`);
}

/** For the `default` of a switch over a union: the compiler proves that it cannot be reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`this should not exist: ${JSON.stringify(value)}`);
}
