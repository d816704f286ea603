/** Settings of the process: logs, files, signals, security, statistics. */
import { atStart, setting, stored, storedAtStart } from './declare.ts';
import { int32Max, int64Max, integer, oneOf, text, yesNo } from './kinds.ts';
import { keyspaceEvents, outOfMemoryScores, percentiles, shutdownOptions } from './list-kinds.ts';

const access = oneOf('no', 'yes', 'local');
const fileName = text((word) =>
  word.includes('/') ? "dbfilename can't be a path, just a filename" : null,
);

/** Declarations, by name. */
export const generalSettings = {
  daemonize: setting(yesNo, 'no', 'Go on in the background.', storedAtStart),
  supervised: setting(
    oneOf('upstart', 'systemd', 'auto', 'no'),
    'no',
    'Who is told that the server is ready.',
    storedAtStart,
  ),
  pidfile: setting(text(), '', 'File that holds the process id while the server runs.', atStart),
  loglevel: setting(oneOf('debug', 'verbose', 'notice', 'warning'), 'notice', 'What is logged.'),
  logfile: setting(text(), '', 'Where it is logged; empty is standard output.', atStart),
  'syslog-enabled': setting(yesNo, 'no', 'Log to the system logger.', storedAtStart),
  'syslog-ident': setting(text(), 'redis', 'Name used there.', storedAtStart),
  'syslog-facility': setting(
    oneOf(
      ...(['user', 'local0', 'local1', 'local2', 'local3', 'local4'] as const),
      ...(['local5', 'local6', 'local7'] as const),
    ),
    'local0',
    'Facility used there.',
    storedAtStart,
  ),
  'crash-log-enabled': setting(yesNo, 'yes', 'Describe a crash in the log.', stored),
  'crash-memcheck-enabled': setting(yesNo, 'yes', 'Test the memory after a crash.', stored),
  'always-show-logo': setting(
    yesNo,
    'no',
    'Start with the banner even without a terminal.',
    atStart,
  ),
  'set-proc-title': setting(yesNo, 'yes', 'Show the address in the process list.', storedAtStart),
  'proc-title-template': setting(
    text(checkTitle),
    '{title} {listen-addr} {server-mode}',
    'How it is shown.',
    stored,
  ),
  databases: setting(integer({ min: 1, max: int32Max }), '16', 'Number of databases.', atStart),
  dir: setting(text(), './', 'Working directory: files without a path are there.', {
    guarded: true,
    alwaysWritten: true,
  }),
  hz: setting(
    integer({ min: 0, max: int32Max, raisedTo: 1, loweredTo: 500 }),
    '10',
    'Rounds of background work a second.',
  ),
  'dynamic-hz': setting(yesNo, 'yes', 'More rounds with more clients.', stored),
  'shutdown-timeout': setting(
    integer({ min: 0, max: int32Max }),
    '10',
    'Seconds that a shutdown waits for replicas.',
  ),
  'shutdown-on-sigint': setting(shutdownOptions, 'default', 'How SIGINT stops the server.'),
  'shutdown-on-sigterm': setting(shutdownOptions, 'default', 'How SIGTERM stops the server.'),
  requirepass: setting(text(), '', 'Password of the default user.'),
  aclfile: setting(text(), '', 'File of users.', storedAtStart),
  'acllog-max-len': setting(
    integer({ min: 0, max: int64Max }),
    '128',
    'Entries of `ACL LOG`.',
    stored,
  ),
  'acl-pubsub-default': setting(
    oneOf('allchannels', 'resetchannels'),
    'resetchannels',
    'Channels of a new user.',
    stored,
  ),
  'enable-protected-configs': setting(
    access,
    'no',
    'Who may change `dir` and `dbfilename` at run time.',
    atStart,
  ),
  'enable-debug-command': setting(access, 'no', 'Who may use `DEBUG`.', atStart),
  'enable-module-command': setting(access, 'no', 'Who may use `MODULE`.', storedAtStart),
  'busy-reply-threshold': setting(
    integer({ min: 0, max: int64Max }),
    '5000',
    'Milliseconds after which a script makes the server answer BUSY.',
    { support: 'stored', aliases: ['lua-time-limit'] },
  ),
  'slowlog-log-slower-than': setting(
    integer({ min: -1, max: int64Max }),
    '10000',
    'Microseconds from which a command is slow; -1 none is.',
  ),
  'slowlog-max-len': setting(integer({ min: 0, max: int64Max }), '128', 'Entries of the slow log.'),
  'latency-monitor-threshold': setting(
    integer({ min: 0, max: int64Max }),
    '0',
    'Milliseconds from which an event is recorded; 0 none is.',
  ),
  'latency-tracking': setting(yesNo, 'yes', 'Latency histograms by command.'),
  'latency-tracking-info-percentiles': setting(
    percentiles,
    '50 99 99.9',
    'Percentiles of `INFO latencystats`.',
  ),
  'notify-keyspace-events': setting(keyspaceEvents, '', 'Keyspace events to publish.'),
  'ignore-warnings': setting(text(), '', 'Start-up warnings to ignore.', stored),
  'disable-thp': setting(yesNo, 'yes', 'Turn transparent huge pages off.', storedAtStart),
  'oom-score-adj': setting(
    oneOf('no', 'yes', 'relative', 'absolute'),
    'no',
    "Tell the kernel's out-of-memory killer whom to spare.",
    stored,
  ),
  'oom-score-adj-values': setting(
    outOfMemoryScores,
    '0 200 800',
    'Scores of primary, replica and child.',
    stored,
  ),
  server_cpulist: setting(text(), '', 'Processors of the server.', storedAtStart),
  bio_cpulist: setting(text(), '', 'Processors of background threads.', storedAtStart),
  aof_rewrite_cpulist: setting(text(), '', 'Processors of AOF rewriting.', storedAtStart),
  bgsave_cpulist: setting(text(), '', 'Processors of background saving.', storedAtStart),
  dbfilename: setting(fileName, 'dump.rdb', 'Name of the snapshot file in `dir`.', {
    guarded: true,
  }),
} as const;

const titleVariables = new Set(
  ['title', 'listen-addr', 'server-mode', 'port', 'tls-port', 'unixsocket', 'config-file'].map(
    (name) => `{${name}}`,
  ),
);

function checkTitle(template: string): string | null {
  const rest = template.replace(/\{[^{}]*\}/g, (variable) =>
    titleVariables.has(variable) ? '' : '{',
  );
  if (!rest.includes('{')) return null;
  return 'template format is invalid or contains unknown variables';
}
