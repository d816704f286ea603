import {
  errors,
  unknownSubcommandOrArity,
  unprintableAttribute,
  unrecognizedOption,
} from '../protocol/errors.ts';
import { after, integer, oneOf, optional, since, string, token } from './arguments.ts';
import { isClientName } from './client-names.ts';
import { clientKill, clientList } from './client-sessions.ts';
import { trackingSubcommands } from './client-tracking.ts';
import { type CommandDeclaration, defineContainer, defineSubcommand } from './define.ts';
import { withHelp } from './help.ts';
import { int64In, timeoutIn } from './words.ts';

/** CLIENT: what a client may know of itself and of others. */

const id = defineSubcommand({
  name: 'ID',
  summary: "Returns this connection's number.",
  since: '5.0.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale'],
  execute(context) {
    context.reply.integer(context.session.id);
  },
});

const info = defineSubcommand({
  name: 'INFO',
  summary: 'Describes this connection.',
  since: '6.2.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale'],
  tips: ['nondeterministic_output'],
  execute(context) {
    context.reply.verbatim(`${context.session.describe(context.nowMs)}\n`);
  },
});

const getName = defineSubcommand({
  name: 'GETNAME',
  summary: 'Returns the name that the client gave this connection.',
  since: '2.6.9',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale'],
  execute(context) {
    const { name } = context.session;
    if (name === '') context.reply.nil();
    else context.reply.bulkLatin1(name);
  },
});

const setName = defineSubcommand({
  name: 'SETNAME',
  summary: 'Gives this connection a name; an empty one takes it away.',
  since: '2.6.9',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale'],
  arguments: [string('connection-name')],
  execute(context) {
    const name = context.request.text(2);
    if (!isClientName(name)) throw errors.clientName;
    context.session.name = name;
    context.reply.ok();
  },
});

const setInfo = defineSubcommand({
  name: 'SETINFO',
  summary: 'Notes the library that the client uses.',
  since: '7.2.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale'],
  tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
  arguments: [
    oneOf('attr', after('LIB-NAME', string('libname')), after('LIB-VER', string('libver'))),
  ],
  execute(context) {
    const { request, session, reply } = context;
    const isName = request.is(2, 'lib-name');
    if (!isName && !request.is(2, 'lib-ver')) throw unrecognizedOption(request.text(2));
    const value = request.text(3);
    if (!isClientName(value)) throw unprintableAttribute(request.text(2));
    if (isName) session.libraryName = value;
    else session.libraryVersion = value;
    reply.ok();
  },
});

const onOrOff = oneOf('enabled', token('on', 'ON'), token('off', 'OFF'));

const noEvict = defineSubcommand({
  name: 'NO-EVICT',
  summary: 'Keeps this connection open when clients must make room.',
  since: '7.0.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  arguments: [onOrOff],
  run(context, { enabled }) {
    context.session.noEvict = enabled.kind === 'on';
    context.reply.ok();
  },
});

const noTouch = defineSubcommand({
  name: 'NO-TOUCH',
  summary: "Lets this connection's reads leave no trace in LRU and LFU.",
  since: '7.2.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale'],
  arguments: [onOrOff],
  run(context, { enabled }) {
    context.session.noTouch = enabled.kind === 'on';
    context.reply.ok();
  },
});

const reply = defineSubcommand({
  name: 'REPLY',
  summary: 'Says whether this connection is answered: always, never, or all but once.',
  since: '3.2.0',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale'],
  arguments: [oneOf('on_off_skip', token('on', 'ON'), token('off', 'OFF'), token('skip', 'SKIP'))],
  run(context, values) {
    const { session } = context;
    const mode = values.on_off_skip.kind;
    if (mode === 'on') {
      session.replyMode = 'on';
      context.reply.muted = false;
      context.reply.ok();
    } else if (mode === 'off') {
      session.replyMode = 'off';
    } else if (session.replyMode !== 'off') {
      session.replyMode = 'skip-next';
    }
  },
});

const pause = defineSubcommand({
  name: 'PAUSE',
  summary: 'Holds all commands, or those that write, back for a time.',
  since: '2.9.50',
  group: 'connection',
  complexity: 'O(1)',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  history: [['6.2.0', '`CLIENT PAUSE WRITE` mode added along with the `mode` option.']],
  arguments: [
    integer('timeout'),
    since('6.2.0', optional(oneOf('mode', token('write', 'WRITE'), token('all', 'ALL')))),
  ],
  execute(context) {
    const { request } = context;
    if (request.count > 4) throw unknownSubcommandOrArity(request);
    const isWrite = request.count === 4 && request.is(3, 'write');
    if (request.count === 4 && !isWrite && !request.is(3, 'all')) throw errors.pauseMode;
    const untilMs = context.nowMs + timeoutIn(request, 2);
    context.clients.pause(isWrite ? 'write' : 'all', untilMs);
    context.reply.ok();
  },
});

const unpause = defineSubcommand({
  name: 'UNPAUSE',
  summary: 'Ends a pause.',
  since: '6.2.0',
  group: 'connection',
  complexity: 'O(N) Where N is the number of paused clients',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  execute(context) {
    context.clients.unpause();
    context.reply.ok();
  },
});

const unblock = defineSubcommand({
  name: 'UNBLOCK',
  summary: 'Ends the wait of a blocked connection.',
  since: '5.0.0',
  group: 'connection',
  complexity: 'O(log N) where N is the number of client connections',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  arguments: [
    integer('client-id'),
    optional(oneOf('timeout_error', token('timeout', 'TIMEOUT'), token('error', 'ERROR'))),
  ],
  execute(context) {
    const { request, clients } = context;
    if (request.count > 4) throw unknownSubcommandOrArity(request);
    const isError = request.count === 4 && request.is(3, 'error');
    if (request.count === 4 && !isError && !request.is(3, 'timeout')) throw errors.unblockReason;
    const number = Number(int64In(request, 2));
    context.reply.integer(clients.unblock(number, isError ? 'error' : 'timeout') ? 1 : 0);
  },
});

const client = defineContainer({
  name: 'CLIENT',
  summary: 'Shows and changes connections.',
  since: '2.4.0',
  group: 'connection',
  complexity: 'Depends on subcommand.',
  flags: [],
  subcommands: withHelp({
    container: 'CLIENT',
    since: '5.0.0',
    group: 'connection',
    subcommands: [
      getName,
      id,
      info,
      clientKill,
      clientList,
      noEvict,
      noTouch,
      pause,
      reply,
      setInfo,
      setName,
      ...trackingSubcommands,
      unblock,
      unpause,
    ],
  }),
});

export const clientCommands: readonly CommandDeclaration[] = [client];
