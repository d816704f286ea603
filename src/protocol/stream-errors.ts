import { CommandError, define, echoOf } from './errors.ts';
import type { Request } from './request.ts';

/** Errors of commands on streams, to the letter as in `errors`. */
export const streamErrors = define({
  invalidId: 'ERR Invalid stream ID specified as stream command argument',
  invalidStart: 'ERR invalid start ID for the interval',
  invalidEnd: 'ERR invalid end ID for the interval',
  idIsZero: 'ERR The ID specified in XADD must be greater than 0-0',
  idTooSmall: 'ERR The ID specified in XADD is equal or smaller than the target stream top item',
  exhausted: 'ERR The stream has exhausted the last possible ID, unable to add more items',
  tooLarge: 'ERR Elements are too large to be stored',
  twoStrategies: 'ERR syntax error, MAXLEN and MINID options at the same time are not compatible',
  negativeLength: 'ERR The MAXLEN argument must be >= 0.',
  negativeLimit: 'ERR The LIMIT argument must be >= 0.',
  limitWithoutStrategy:
    'ERR syntax error, LIMIT cannot be used without specifying a trimming strategy',
  limitWhenExact: 'ERR syntax error, LIMIT cannot be used without the special ~ option',
  noStrategy: 'ERR syntax error, XTRIM must be called with a trimming strategy',
  negativeAdded: 'ERR entries_added must be positive',
  belowGivenDeleted:
    'ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id',
  belowDeleted: 'ERR The ID specified in XSETID is smaller than current max_deleted_entry_id',
  belowLastEntry: 'ERR The ID specified in XSETID is smaller than the target stream top item',
  addedBelowLength:
    'ERR The entries_added specified in XSETID is smaller than the target stream length',
  groupOption: 'ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.',
  noackOption: 'ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.',
  groupMissing: 'ERR Missing GROUP option for XREADGROUP',
  dollarInGroup:
    'ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.',
  plusInGroup:
    'ERR The + ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The + ID would just return an empty result set.',
  newOutsideGroup:
    'ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
  entriesReadNegative: 'ERR value for ENTRIESREAD must be positive or -1',
  keyMissing:
    'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.',
  groupExists: 'BUSYGROUP Consumer Group name already exists',
  claimIdle: 'ERR Invalid min-idle-time argument for XCLAIM',
  claimIdleOption: 'ERR Invalid IDLE option argument for XCLAIM',
  claimTimeOption: 'ERR Invalid TIME option argument for XCLAIM',
  claimRetryOption: 'ERR Invalid RETRYCOUNT option argument for XCLAIM',
  autoclaimIdle: 'ERR Invalid min-idle-time argument for XAUTOCLAIM',
  autoclaimCount: 'ERR COUNT must be > 0',
});

/** XREAD and XREADGROUP: not as many ids as keys. */
export function unbalancedStreams(fullName: string, symbol: '$' | '>'): CommandError {
  return new CommandError(
    `ERR Unbalanced '${fullName}' list of streams: for each stream key an ID or '${symbol}' must be specified.`,
  );
}

/** There is no group of the name in word `group` of the key in word `key`, or no such key. */
export function noSuchGroup(
  request: Request,
  key: number,
  group: number,
  form: 'plain' | 'reading' | 'group first',
): CommandError {
  const keyName = nameIn(request, key);
  const groupName = nameIn(request, group);
  if (form === 'group first') {
    return new CommandError(
      `NOGROUP No such consumer group '${groupName}' for key name '${keyName}'`,
    );
  }
  const end = form === 'reading' ? ' in XREADGROUP with GROUP option' : '';
  return new CommandError(
    `NOGROUP No such key '${keyName}' or consumer group '${groupName}'${end}`,
  );
}

/** XCLAIM met a word that is none of its options. */
export function unknownClaimOption(request: Request, word: number): CommandError {
  return new CommandError(`ERR Unrecognized XCLAIM option '${nameIn(request, word)}'`);
}

function nameIn(request: Request, word: number): string {
  return echoOf(request.bytes, request.starts[word], request.ends[word], Number.MAX_SAFE_INTEGER);
}
