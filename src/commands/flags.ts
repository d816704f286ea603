/**
 * What commands are and may do, as bits: admission reads these and never a name. The names and their
 * order are those of `COMMAND INFO`.
 */

const shownFlags = [
  'write',
  'readonly',
  'denyoom',
  'module',
  'admin',
  'pubsub',
  'noscript',
  'blocking',
  'loading',
  'stale',
  'skip_monitor',
  'skip_slowlog',
  'asking',
  'fast',
  'no_auth',
  'no_mandatory_keys',
  'no_async_loading',
  'no_multi',
  'movablekeys',
  'allow_busy',
] as const;

/**
 * Flags that `COMMAND INFO` does not show. `protected`: a setting must allow it (DEBUG). `unqueued`:
 * runs at once inside MULTI. `inherits`: admitted
 * as the commands of its transaction would be (EXEC). `subscriber`: runs on a RESP2 connection that has
 * subscriptions. `may_replicate`: no write, but replicas may hear of it (PUBLISH, PFCOUNT); Redis 7.0
 * hides it, too.
 */
const hiddenFlags = ['protected', 'unqueued', 'inherits', 'subscriber', 'may_replicate'] as const;

/** A flag of a command. */
export type FlagName = (typeof shownFlags)[number] | (typeof hiddenFlags)[number];

function bitOf(name: FlagName): number {
  const shown: readonly FlagName[] = shownFlags;
  const index = shown.indexOf(name);
  if (index >= 0) return 1 << index;
  const hidden: readonly FlagName[] = hiddenFlags;
  return 1 << (shown.length + hidden.indexOf(name));
}

/** Bits of `Command.flagBits`. */
export const flags = {
  /** Changes data. */
  write: bitOf('write'),
  readOnly: bitOf('readonly'),
  /** Refused while memory is over its limit. */
  denyOutOfMemory: bitOf('denyoom'),
  admin: bitOf('admin'),
  pubsub: bitOf('pubsub'),
  noScript: bitOf('noscript'),
  blocking: bitOf('blocking'),
  /** Where its keys are depends on the request's words. */
  movableKeys: bitOf('movablekeys'),
  /** Runs while a data set is loaded. */
  loading: bitOf('loading'),
  /** Runs on a replica whose link is down and that may not serve stale data. */
  stale: bitOf('stale'),
  skipMonitor: bitOf('skip_monitor'),
  skipSlowlog: bitOf('skip_slowlog'),
  fast: bitOf('fast'),
  /** Runs before the client is authenticated. */
  noAuth: bitOf('no_auth'),
  mayReplicate: bitOf('may_replicate'),
  /** Refused while a replica loads new data beside the old. */
  noAsyncLoading: bitOf('no_async_loading'),
  noMulti: bitOf('no_multi'),
  /** Runs while a script is busy. */
  allowBusy: bitOf('allow_busy'),
  /** Refused unless a setting allows it. */
  protected: bitOf('protected'),
  /** Runs at once inside MULTI. */
  unqueued: bitOf('unqueued'),
  /** Admitted as the commands of its transaction would be. */
  inherits: bitOf('inherits'),
  /** Runs on a RESP2 connection that has subscriptions. */
  subscriber: bitOf('subscriber'),
} as const;

/** All of `names` as bits. */
export function flagBitsOf(names: readonly FlagName[]): number {
  let bits = 0;
  for (const name of names) bits |= bitOf(name);
  return bits;
}

/** The names of `bits` that clients see, in their order. */
export function shownFlagNames(bits: number): readonly string[] {
  return shownFlags.filter((_, index) => (bits & (1 << index)) !== 0);
}

/** Categories of commands for access control, in the order in which they are shown. */
export const aclCategories = [
  'keyspace',
  'read',
  'write',
  'set',
  'sortedset',
  'list',
  'hash',
  'string',
  'bitmap',
  'hyperloglog',
  'geo',
  'stream',
  'pubsub',
  'admin',
  'fast',
  'slow',
  'blocking',
  'dangerous',
  'connection',
  'transaction',
  'scripting',
] as const;

/** A category of commands for access control, without its `@`. */
export type AclCategory = (typeof aclCategories)[number];

/** The categories that follow from flags. */
export function flagCategories(bits: number): ReadonlySet<AclCategory> {
  const found = new Set<AclCategory>();
  if (bits & flags.write) found.add('write');
  if (bits & flags.readOnly) found.add('read');
  if (bits & flags.admin) found.add('admin').add('dangerous');
  if (bits & flags.pubsub) found.add('pubsub');
  if (bits & flags.blocking) found.add('blocking');
  return found.add(bits & flags.fast ? 'fast' : 'slow');
}
