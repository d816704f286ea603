import { CommandError, errors } from '../protocol/errors.ts';
import { block, integer, oneOf, string, token } from './arguments.ts';
import type { CommandContext, RoleView } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { integerIn, timeoutIn } from './words.ts';

/** Who follows whom. The work is replication's: these commands read words and write replies. */

const followArguments = [
  oneOf(
    'args',
    block('host-port', string('host'), integer('port')),
    block('no-one', token('no', 'NO'), token('one', 'ONE')),
  ),
];

const replicaof = defineCommand({
  name: 'REPLICAOF',
  summary: 'Makes the server follow another one, or none.',
  since: '5.0.0',
  group: 'server',
  complexity: 'O(1)',
  flags: ['admin', 'noscript', 'stale', 'no_async_loading'],
  arguments: followArguments,
  execute: follow,
});

const replicaofByOldName = defineCommand({
  name: 'SLAVEOF',
  summary: 'The old name of REPLICAOF.',
  since: '1.0.0',
  group: 'server',
  complexity: 'O(1)',
  flags: ['admin', 'noscript', 'stale', 'no_async_loading'],
  deprecated: { since: '5.0.0', replacedBy: '`REPLICAOF`' },
  arguments: followArguments,
  execute: follow,
});

const portMax = 65535;

function follow(context: CommandContext): void {
  const { request, reply, replication, session } = context;
  if (request.is(1, 'no') && request.is(2, 'one')) {
    replication.promote();
    reply.ok();
    return;
  }
  if (session.kind === 'replica') throw errors.replicaofFromReplica;
  const port = integerIn(request, 2, errors.invalidPrimaryPort);
  if (port < 0 || port > portMax) throw errors.invalidPrimaryPort;
  const result = replication.follow(request.text(1), port, session);
  if (result === 'ok') reply.ok();
  else if (result === 'already') reply.simple('OK Already connected to specified master');
  else throw new CommandError(result.error);
}

const role = defineCommand({
  name: 'ROLE',
  summary: 'Says whether this is a primary or a replica, and how far it is.',
  since: '2.8.12',
  group: 'server',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale', 'fast'],
  aclExtras: ['admin', 'dangerous'],
  execute(context) {
    replyRole(context, context.replication.roleView());
  },
});

function replyRole({ reply }: CommandContext, view: RoleView): void {
  if (view.role === 'replica') {
    reply.array(5);
    reply.bulkLatin1('slave');
    reply.bulkLatin1(view.host);
    reply.integer(view.port);
    reply.bulkLatin1(view.linkState);
    reply.integer(view.offset);
    return;
  }
  reply.array(3);
  reply.bulkLatin1('master');
  reply.integer(view.offset);
  reply.array(view.replicas.length);
  for (const { host, port, offset } of view.replicas) {
    reply.array(3);
    reply.bulkLatin1(host);
    reply.bulkInteger(port);
    reply.bulkInteger(offset);
  }
}

const wait = defineCommand({
  name: 'WAIT',
  summary: 'Waits until so many replicas have what this connection wrote.',
  since: '3.0.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['noscript'],
  tips: ['request_policy:all_shards', 'response_policy:agg_min'],
  aclGroups: ['connection'],
  arguments: [integer('numreplicas'), integer('timeout')],
  execute(context) {
    const { request, replication } = context;
    if (replication.isReplica) throw errors.waitOnReplica;
    const replicaCount = integerIn(request, 1);
    replication.wait(context, replicaCount, timeoutIn(request, 2));
  },
});

const replconf = defineCommand({
  name: 'REPLCONF',
  summary: 'Tells a primary about the replica that connects, and how far it is.',
  since: '3.0.0',
  group: 'server',
  complexity: 'O(1)',
  flags: ['admin', 'noscript', 'loading', 'stale', 'allow_busy'],
  system: true,
  arity: -1,
  execute(context) {
    context.replication.replconf(context);
  },
});

const psync = defineCommand({
  name: 'PSYNC',
  summary: 'Asks a primary for its stream from a position on.',
  since: '2.8.0',
  group: 'server',
  flags: ['admin', 'noscript', 'no_async_loading', 'no_multi'],
  arity: -3,
  arguments: [string('replicationid'), integer('offset')],
  execute(context) {
    context.replication.sync(context);
  },
});

const sync = defineCommand({
  name: 'SYNC',
  summary: 'Asks a primary for a snapshot and its stream.',
  since: '1.0.0',
  group: 'server',
  flags: ['admin', 'noscript', 'no_async_loading', 'no_multi'],
  execute(context) {
    context.replication.sync(context);
  },
});

export const replicationCommands: readonly CommandDeclaration[] = [
  replicaof,
  replicaofByOldName,
  role,
  wait,
  replconf,
  psync,
  sync,
];
