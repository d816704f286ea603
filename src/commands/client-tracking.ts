import { errors, overlappingPrefixes } from '../protocol/errors.ts';
import { after, integer, manyWithToken, oneOf, optional, string, token } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineSubcommand } from './define.ts';
import type { TrackingState, TrackingWishes } from './instruments.ts';
import { integerIn } from './words.ts';

/** CLIENT TRACKING and its kin: which keys a client caches, and who hears when they change. */

const common = {
  group: 'connection',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale'],
} as const;

const tracking = defineSubcommand({
  ...common,
  name: 'TRACKING',
  summary: 'Has the server tell when keys change that this connection has read.',
  since: '6.0.0',
  complexity: 'O(1). Some options may introduce additional complexity.',
  arguments: [
    oneOf('status', token('on', 'ON'), token('off', 'OFF')),
    optional(after('REDIRECT', integer('client-id'))),
    optional(manyWithToken(after('PREFIX', string('prefix')))),
    optional(token('bcast', 'BCAST')),
    optional(token('optin', 'OPTIN')),
    optional(token('optout', 'OPTOUT')),
    optional(token('noloop', 'NOLOOP')),
  ],
  execute(context) {
    const { request, reply } = context;
    const options = readOptions(context);
    if (request.is(2, 'on')) enable(context, options);
    else if (request.is(2, 'off')) context.instruments.tracking.disable();
    else throw errors.syntax;
    reply.ok();
  },
});

interface Options {
  redirection: number;
  isBroadcast: boolean;
  isOptIn: boolean;
  isOptOut: boolean;
  ignoresOwn: boolean;
  readonly prefixes: string[];
}

function readOptions({ request, clients }: CommandContext): Options {
  const options: Options = {
    redirection: 0,
    isBroadcast: false,
    isOptIn: false,
    isOptOut: false,
    ignoresOwn: false,
    prefixes: [],
  };
  for (let word = 3; word < request.count; word += 1) {
    const hasValue = word + 1 < request.count;
    if (request.is(word, 'redirect') && hasValue) {
      word += 1;
      if (options.redirection !== 0) throw errors.redirectedTwice;
      options.redirection = integerIn(request, word);
      if (clients.list({ ids: [options.redirection] }).length === 0) throw errors.noSuchRedirection;
    } else if (request.is(word, 'prefix') && hasValue) {
      word += 1;
      options.prefixes.push(request.text(word));
    } else if (request.is(word, 'bcast')) options.isBroadcast = true;
    else if (request.is(word, 'optin')) options.isOptIn = true;
    else if (request.is(word, 'optout')) options.isOptOut = true;
    else if (request.is(word, 'noloop')) options.ignoresOwn = true;
    else throw errors.syntax;
  }
  return options;
}

function enable(context: CommandContext, options: Options): void {
  const { state } = context.instruments.tracking;
  const { isBroadcast, isOptIn, isOptOut, prefixes } = options;
  if (!isBroadcast && prefixes.length > 0) throw errors.prefixNeedsBroadcast;
  if (state !== null && (state.prefixes !== null) !== isBroadcast) throw errors.broadcastSwitched;
  if (isBroadcast && (isOptIn || isOptOut)) throw errors.choiceWithBroadcast;
  if (isOptIn && isOptOut) throw errors.twoChoices;
  const isSwitched =
    (isOptIn && state?.choice === 'opt-out') || (isOptOut && state?.choice === 'opt-in');
  if (isSwitched) throw errors.choiceSwitched;
  if (isBroadcast) checkPrefixes(prefixes, state?.prefixes ?? []);
  const wishes: TrackingWishes = {
    redirection: options.redirection,
    isBroadcast,
    wishedPrefixes: prefixes,
    choice: isOptIn ? 'opt-in' : isOptOut ? 'opt-out' : 'all',
    ignoresOwn: options.ignoresOwn,
  };
  context.instruments.tracking.enable(wishes);
}

/** A key must not be reported twice to the same client. */
function checkPrefixes(prefixes: readonly string[], known: readonly string[]): void {
  for (const [i, prefix] of prefixes.entries()) {
    for (const other of known) {
      if (overlap(prefix, other)) throw overlappingPrefixes(prefix, other, 'an existing');
    }
    for (const other of prefixes.slice(i + 1)) {
      if (overlap(prefix, other)) throw overlappingPrefixes(prefix, other, 'another provided');
    }
  }
}

function overlap(left: string, right: string): boolean {
  return left.startsWith(right) || right.startsWith(left);
}

const caching = defineSubcommand({
  ...common,
  name: 'CACHING',
  summary: 'Says whether the keys of the next command are tracked.',
  since: '6.0.0',
  arguments: [oneOf('mode', token('yes', 'YES'), token('no', 'NO'))],
  execute({ request, instruments, reply }) {
    const { state } = instruments.tracking;
    if (state === null) throw errors.cachingWithoutTracking;
    if (request.is(2, 'yes')) {
      if (state.choice !== 'opt-in') throw errors.cachingYesWithoutOptIn;
      state.caching = 'yes';
    } else if (request.is(2, 'no')) {
      if (state.choice !== 'opt-out') throw errors.cachingNoWithoutOptOut;
      state.caching = 'no';
    } else {
      throw errors.syntax;
    }
    reply.ok();
  },
});

const getRedirection = defineSubcommand({
  ...common,
  name: 'GETREDIR',
  summary: 'Says which connection hears of changed keys: 0 this one, -1 none.',
  since: '6.0.0',
  execute({ instruments, reply }) {
    const { state } = instruments.tracking;
    reply.integer(state?.redirection ?? -1);
  },
});

const trackingInfo = defineSubcommand({
  ...common,
  name: 'TRACKINGINFO',
  summary: 'Says how keys are tracked for this connection.',
  since: '6.2.0',
  execute({ instruments, reply }) {
    const { state } = instruments.tracking;
    const flags = flagsOf(state);
    const prefixes = state?.prefixes ?? [];
    reply.map(3);
    reply.bulkLatin1('flags');
    reply.set(flags.length);
    for (const flag of flags) reply.bulkLatin1(flag);
    reply.bulkLatin1('redirect');
    reply.integer(state?.redirection ?? -1);
    reply.bulkLatin1('prefixes');
    reply.array(prefixes.length);
    for (const prefix of prefixes) reply.bulkLatin1(prefix);
  },
});

function flagsOf(state: TrackingState | null): readonly string[] {
  if (state === null) return ['off'];
  const flags = ['on'];
  if (state.prefixes !== null) flags.push('bcast');
  if (state.choice === 'opt-in') flags.push('optin');
  if (state.caching === 'yes') flags.push('caching-yes');
  if (state.choice === 'opt-out') flags.push('optout');
  if (state.caching === 'no') flags.push('caching-no');
  if (state.ignoresOwn) flags.push('noloop');
  if (state.isRedirectionBroken) flags.push('broken_redirect');
  return flags;
}

/** Subcommands of CLIENT. */
export const trackingSubcommands: readonly CommandDeclaration[] = [
  caching,
  getRedirection,
  tracking,
  trackingInfo,
];
