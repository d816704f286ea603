import {
  type Argument,
  after,
  block,
  documentedAs,
  double,
  integer,
  key,
  oneOf,
  optional,
  since,
  string,
  token,
} from './arguments.ts';
import { unit } from './geo-words.ts';

/** The arguments that searches by place have in common, declared. */

/** FROMMEMBER or FROMLONLAT, then BYRADIUS or BYBOX. */
export const searchShape: readonly Argument[] = [
  oneOf(
    'from',
    after('FROMMEMBER', string('member')),
    after('FROMLONLAT', block('longitude_latitude', double('longitude'), double('latitude'))),
  ),
  oneOf(
    'by',
    block('circle', after('BYRADIUS', double('radius')), unit),
    block('box', after('BYBOX', double('width')), double('height'), unit),
  ),
];

export const searchOrder: Argument = optional(
  oneOf('order', token('asc', 'ASC'), token('desc', 'DESC')),
);

export const searchCount: Argument = optional(
  block('count', after('COUNT', integer('count')), optional(token('any', 'ANY'))),
);

/** The same for the older commands, which had no ANY at first. */
export const searchCountSince: Argument = optional(
  block('count', after('COUNT', integer('count')), since('6.2.0', optional(token('any', 'ANY')))),
);

export const searchExtras: readonly Argument[] = [
  optional(token('withcoord', 'WITHCOORD')),
  optional(token('withdist', 'WITHDIST')),
  optional(token('withhash', 'WITHHASH')),
];

/** STORE and STOREDIST, each with a key. */
export const searchTargets: readonly Argument[] = [
  optional(after('STORE', documentedAs('key', key('store', 'OW', 'update')))),
  optional(after('STOREDIST', documentedAs('key', key('storedist', 'OW', 'update')))),
];
