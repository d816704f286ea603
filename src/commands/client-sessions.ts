import { errors, noSuchUser, unknownClientType } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import {
  after,
  block,
  deprecated,
  documentedAs,
  integer,
  many,
  oneOf,
  optional,
  since,
  string,
  token,
} from './arguments.ts';
import type { CommandContext, SessionFilter, SessionView } from './context.ts';
import { defineSubcommand } from './define.ts';
import { integerIn } from './words.ts';

/** CLIENT LIST and CLIENT KILL: all connections, and the end of some. */

type ClientType = NonNullable<SessionFilter['type']>;

/** Classes of connections, by the names that clients use. */
const clientTypes: Readonly<Record<string, ClientType>> = {
  normal: 'normal',
  'slave': 'replica',
  replica: 'replica',
  'master': 'primary',
  pubsub: 'pubsub',
};

function typeIn(request: Request, word: number): ClientType {
  const name = request.text(word);
  const lower = name.toLowerCase();
  if (!Object.hasOwn(clientTypes, lower)) throw unknownClientType(name);
  return clientTypes[lower];
}

/** CLIENT LIST. */
export const clientList = defineSubcommand({
  name: 'LIST',
  summary: 'Describes connections, one a line.',
  since: '2.4.0',
  group: 'connection',
  complexity: 'O(N) where N is the number of client connections',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  tips: ['nondeterministic_output'],
  history: [
    ['2.8.12', 'Added unique client `id` field.'],
    ['5.0.0', 'Added optional `TYPE` filter.'],
    ['6.0.0', 'Added `user` field.'],
    [
      '6.2.0',
      'Added `argv-mem`, `tot-mem`, `laddr` and `redir` fields and the optional `ID` filter.',
    ],
    ['7.0.0', 'Added `resp`, `multi-mem`, `rbs` and `rbp` fields.'],
    ['7.0.3', 'Added `ssub` field.'],
  ],
  arguments: [
    since(
      '5.0.0',
      optional(
        after(
          'TYPE',
          oneOf(
            'normal_master_replica_pubsub',
            token('normal', 'NORMAL'),
            token('master', 'MASTER'),
            token('replica', 'REPLICA'),
            token('pubsub', 'PUBSUB'),
          ),
        ),
      ),
    ),
    since('6.2.0', optional(after('ID', block('id', many(integer('client-id')))))),
  ],
  execute(context) {
    const lines = sessionsIn(context).map((each) => `${each.describe(context.nowMs)}\n`);
    context.reply.verbatim(lines.join(''));
  },
});

function sessionsIn(context: CommandContext): readonly SessionView[] {
  const { request, clients } = context;
  if (request.count === 2) return clients.list({});
  if (request.count === 4 && request.is(2, 'type')) {
    return clients.list({ type: typeIn(request, 3) });
  }
  if (request.count < 4 || !request.is(2, 'id')) throw errors.syntax;
  const found: SessionView[] = [];
  for (let word = 3; word < request.count; word += 1) {
    found.push(...clients.list({ ids: [integerIn(request, word, errors.clientId)] }));
  }
  return found;
}

/** CLIENT KILL. */
export const clientKill = defineSubcommand({
  name: 'KILL',
  summary: 'Closes connections: one by its address, or all that fit.',
  since: '2.4.0',
  group: 'connection',
  complexity: 'O(N) where N is the number of client connections',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  arity: -3,
  history: [
    ['2.8.12', 'Added new filter format.'],
    ['2.8.12', '`ID` option.'],
    ['3.2.0', 'Added `master` type in for `TYPE` option.'],
    [
      '5.0.0',
      'Replaced `slave` `TYPE` with `replica`. `slave` still supported for backward compatibility.',
    ],
    ['6.2.0', '`LADDR` option.'],
  ],
  arguments: [
    oneOf(
      'filter',
      deprecated('2.8.12', string('ip:port')),
      many(
        oneOf(
          'new-format',
          since('2.8.12', optional(after('ID', integer('client-id')))),
          since(
            '2.8.12',
            optional(
              after(
                'TYPE',
                oneOf(
                  'normal_master_slave_pubsub',
                  token('normal', 'NORMAL'),
                  since('3.2.0', token('master', 'MASTER')),
                  token('slave', 'SLAVE'),
                  since('5.0.0', token('replica', 'REPLICA')),
                  token('pubsub', 'PUBSUB'),
                ),
              ),
            ),
          ),
          optional(after('USER', string('username'))),
          optional(documentedAs('ip:port', after('ADDR', string('addr')))),
          since('6.2.0', optional(documentedAs('ip:port', after('LADDR', string('laddr'))))),
          optional(after('SKIPME', string('yes/no'))),
        ),
      ),
    ),
  ],
  execute(context) {
    const { request, clients, session, reply } = context;
    if (request.count === 3) {
      const address = request.text(2);
      if (clients.kill({ address }, session) === 0) throw errors.noSuchClient;
      reply.ok();
      return;
    }
    reply.integer(clients.kill(filterIn(context), session));
  },
});

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

function filterIn(context: CommandContext): SessionFilter {
  const { request, session } = context;
  const filter: Writable<SessionFilter> = { skip: session };
  for (let word = 2; word < request.count; word += 2) {
    if (word + 1 >= request.count) throw errors.syntax;
    const value = word + 1;
    if (request.is(word, 'id')) filter.ids = [idIn(request, value)];
    else if (request.is(word, 'type')) filter.type = typeIn(request, value);
    else if (request.is(word, 'addr')) filter.address = request.text(value);
    else if (request.is(word, 'laddr')) filter.localAddress = request.text(value);
    else if (request.is(word, 'user')) filter.userName = userIn(request, value);
    else if (request.is(word, 'skipme') && request.is(value, 'yes')) filter.skip = session;
    else if (request.is(word, 'skipme') && request.is(value, 'no')) delete filter.skip;
    else throw errors.syntax;
  }
  return filter;
}

function idIn(request: Request, word: number): number {
  const id = integerIn(request, word, errors.killClientId);
  if (id < 1) throw errors.killClientId;
  return id;
}

/** There is one user as long as there are no access control lists. */
function userIn(request: Request, word: number): string {
  const name = request.text(word);
  if (name !== 'default') throw noSuchUser(name);
  return name;
}
