import { errors, helloOption, wrongArity } from '../protocol/errors.ts';
import { after, block, integer, optional, since, string } from './arguments.ts';
import { isClientName } from './client-names.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { redisVersion } from './versions.ts';
import { integerIn } from './words.ts';

/** One client's connection: greeting, names and passwords, leaving. */

const ping = defineCommand({
  name: 'PING',
  summary: 'Answers, or gives the message back.',
  since: '1.0.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['fast', 'subscriber'],
  tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
  arguments: [optional(string('message'))],
  execute(context) {
    const { request, reply } = context;
    if (request.count > 2) throw wrongArity('ping');
    if (context.session.isSubscriber && context.session.protocol === 2) {
      reply.array(2);
      reply.bulkLatin1('pong');
      reply.bulkLatin1(request.count === 1 ? '' : request.text(1));
      return;
    }
    if (request.count === 1) reply.simple('PONG');
    else reply.bulk(request.bytes, request.starts[1], request.ends[1]);
  },
});

const echo = defineCommand({
  name: 'ECHO',
  summary: 'Gives the message back.',
  since: '1.0.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['loading', 'stale', 'fast'],
  arguments: [string('message')],
  execute(context) {
    const { request, reply } = context;
    reply.bulk(request.bytes, request.starts[1], request.ends[1]);
  },
});

const auth = defineCommand({
  name: 'AUTH',
  summary: 'Proves who the client is.',
  since: '1.0.0',
  group: 'connection',
  complexity: 'O(N) where N is the number of passwords defined for the user',
  flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
  history: [['6.0.0', 'Added ACL style (username and password).']],
  arguments: [since('6.0.0', optional(string('username'))), string('password')],
  execute(context) {
    const { request, settings, reply } = context;
    if (request.count > 3) throw errors.syntax;
    if (request.count === 3) {
      authenticate(context, request.text(1), request.word(2));
    } else {
      if (!settings.passwordRequired) throw errors.noPasswordSet;
      authenticate(context, 'default', request.word(1));
    }
    reply.ok();
  },
});

function authenticate(context: CommandContext, userName: string, password: Uint8Array): void {
  if (!context.settings.authenticate(userName, password)) throw errors.wrongPassword;
  context.session.authenticated = true;
  context.session.userName = userName;
}

const hello = defineCommand({
  name: 'HELLO',
  summary: 'Chooses the protocol, and says what this server is.',
  since: '6.0.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
  history: [
    [
      '6.2.0',
      "`protover` made optional; when called without arguments the command reports the current connection's context.",
    ],
  ],
  arguments: [
    optional(
      block(
        'arguments',
        integer('protover'),
        optional(after('AUTH', block('username_password', string('username'), string('password')))),
        optional(after('SETNAME', string('clientname'))),
      ),
    ),
  ],
  execute(context) {
    const { session, reply } = context;
    const wishes = readHello(context);
    if (wishes.userName !== 0) {
      const { request } = context;
      authenticate(context, request.text(wishes.userName), request.word(wishes.userName + 1));
    }
    if (!session.authenticated) throw errors.helloNotAuthenticated;
    if (wishes.clientName !== null) {
      if (!isClientName(wishes.clientName)) throw errors.clientName;
      session.name = wishes.clientName;
    }
    if (wishes.protocol !== null) {
      session.protocol = wishes.protocol;
      reply.version = wishes.protocol;
    }
    replyHello(context);
  },
});

interface HelloWishes {
  protocol: 2 | 3 | null;
  /** The word with the user's name, the password behind it; 0 for none. */
  userName: number;
  clientName: string | null;
}

function readHello(context: CommandContext): HelloWishes {
  const { request } = context;
  const wishes: HelloWishes = { protocol: null, userName: 0, clientName: null };
  if (request.count < 2) return wishes;
  const version = integerIn(request, 1, errors.protocolNotAnInteger);
  if (version !== 2 && version !== 3) throw errors.unsupportedProtocol;
  wishes.protocol = version;
  for (let word = 2; word < request.count; word += 1) {
    const left = request.count - word - 1;
    if (request.is(word, 'auth') && left >= 2) {
      wishes.userName = word + 1;
      word += 2;
    } else if (request.is(word, 'setname') && left >= 1) {
      wishes.clientName = request.text(word + 1);
      word += 1;
    } else {
      throw helloOption(request.text(word));
    }
  }
  return wishes;
}

function replyHello(context: CommandContext): void {
  const { reply, session, replication } = context;
  reply.map(7);
  reply.bulkLatin1('server');
  reply.bulkLatin1('redis');
  reply.bulkLatin1('version');
  reply.bulkLatin1(redisVersion);
  reply.bulkLatin1('proto');
  reply.integer(session.protocol);
  reply.bulkLatin1('id');
  reply.integer(session.id);
  reply.bulkLatin1('mode');
  reply.bulkLatin1('standalone');
  reply.bulkLatin1('role');
  reply.bulkLatin1(replication.isReplica ? 'replica' : 'master');
  reply.bulkLatin1('modules');
  reply.array(0);
}

const resetFlags = ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'] as const;

const reset = defineCommand({
  name: 'RESET',
  summary: 'Brings the connection back to the state of a fresh one.',
  since: '6.2.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: [...resetFlags, 'unqueued', 'subscriber'],
  execute(context) {
    const { session, settings, reply, transactions, pubSub, instruments } = context;
    transactions.reset();
    instruments.monitors.end();
    instruments.tracking.disable();
    pubSub.reset();
    session.reset();
    session.authenticated = !settings.passwordRequired;
    session.userName = 'default';
    reply.version = session.protocol;
    reply.simple('RESET');
  },
});

const quit = defineCommand({
  name: 'QUIT',
  summary: 'Closes the connection after the replies so far.',
  since: '1.0.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: [...resetFlags, 'unqueued', 'subscriber'],
  arity: -1,
  execute(context) {
    context.reply.ok();
    context.session.closeAfterReply();
  },
});

export const connectionCommands: readonly CommandDeclaration[] = [
  ping,
  echo,
  auth,
  hello,
  reset,
  quit,
];
