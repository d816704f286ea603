/** Settings of listening, of client connections and of their limits. */
import { atStart, setting, stored, storedAtStart } from './declare.ts';
import {
  int32Max,
  int64Max,
  integer,
  memory,
  memoryOrPercent,
  oneOf,
  permissions,
  text,
  uint32Max,
  yesNo,
} from './kinds.ts';
import { addresses, outputLimits } from './list-kinds.ts';

const port = integer({ min: 0, max: 65_535 });

/** Declarations, by name. */
export const networkSettings = {
  bind: setting(addresses, '* -::*', 'Addresses to listen on.'),
  'bind-source-addr': setting(text(), '', 'Local address of the link to the primary.'),
  port: setting(port, '6379', 'TCP port; 0 listens on none.'),
  'tcp-backlog': setting(
    integer({ min: 0, max: int32Max }),
    '511',
    'Connections that may wait to be accepted.',
    atStart,
  ),
  unixsocket: setting(text(), '', 'Path of a Unix socket to listen on as well.', atStart),
  unixsocketperm: setting(permissions, '0', 'Permissions of that socket.', atStart),
  'protected-mode': setting(
    yesNo,
    'yes',
    'Without a password and a `bind`, serve this machine only.',
  ),
  timeout: setting(
    integer({ min: 0, max: int32Max }),
    '0',
    'Seconds after which an idle client is closed; 0 never.',
  ),
  'tcp-keepalive': setting(
    integer({ min: 0, max: int32Max }),
    '300',
    'Seconds of silence before TCP asks whether the peer is alive; 0 never.',
  ),
  maxclients: setting(
    integer({ min: 1, max: uint32Max }),
    '10000',
    'Connections served at the same time.',
  ),
  'client-output-buffer-limit': setting(
    outputLimits,
    'normal 0 0 0 slave 256mb 64mb 60 pubsub 32mb 8mb 60',
    'When a client that does not read its replies is closed.',
  ),
  'client-query-buffer-limit': setting(
    memory({ min: 1_048_576, max: int64Max }),
    '1gb',
    'Bytes that an unfinished request may hold.',
  ),
  'proto-max-bulk-len': setting(
    memory({ min: 1_048_576, max: int64Max }),
    '512mb',
    'The longest word of a request.',
  ),
  'maxmemory-clients': setting(
    memoryOrPercent,
    '0',
    'Bytes that all clients together may hold; 0 no limit.',
    stored,
  ),
  'socket-mark-id': setting(
    integer({ min: 0, max: uint32Max }),
    '0',
    'Mark of the listening sockets, for the routing of packets.',
    storedAtStart,
  ),
  'io-threads': setting(
    integer({ min: 1, max: 128 }),
    '1',
    'Threads of Redis; one loop serves all here.',
    storedAtStart,
  ),
  'io-threads-do-reads': setting(yesNo, 'no', 'Whether those threads read, too.', storedAtStart),
  'tracking-table-max-keys': setting(
    integer({ min: 0, max: int64Max }),
    '1000000',
    'Keys remembered for client-side caching.',
  ),
} as const;

/** Declarations of TLS, by name: there is none yet. */
export const tlsSettings = {
  'tls-port': setting(port, '0', 'TCP port for TLS; 0 listens on none.', { support: 'refused' }),
  'tls-cluster': setting(yesNo, 'no', 'TLS between the nodes of a cluster.', {
    support: 'refused',
  }),
  'tls-replication': setting(yesNo, 'no', 'TLS to the primary.', { support: 'refused' }),
  'tls-auth-clients': setting(
    oneOf('no', 'yes', 'optional'),
    'yes',
    'Whether TLS clients need a certificate.',
    stored,
  ),
  'tls-prefer-server-ciphers': setting(yesNo, 'no', 'Who chooses the cipher.', stored),
  'tls-session-caching': setting(yesNo, 'yes', 'Whether TLS sessions are resumed.', stored),
  'tls-session-cache-size': setting(
    integer({ min: 0, max: int32Max }),
    '20480',
    'TLS sessions kept.',
    stored,
  ),
  'tls-session-cache-timeout': setting(
    integer({ min: 0, max: int32Max }),
    '300',
    'Seconds for which they are kept.',
    stored,
  ),
  'tls-cert-file': setting(text(), '', 'The certificate.', stored),
  'tls-key-file': setting(text(), '', 'Its key.', stored),
  'tls-key-file-pass': setting(text(), '', "The key's passphrase.", stored),
  'tls-client-cert-file': setting(text(), '', 'The certificate towards the primary.', stored),
  'tls-client-key-file': setting(text(), '', 'Its key.', stored),
  'tls-client-key-file-pass': setting(text(), '', "The key's passphrase.", stored),
  'tls-dh-params-file': setting(text(), '', 'Diffie-Hellman parameters.', stored),
  'tls-ca-cert-file': setting(text(), '', 'Certificates that are trusted.', stored),
  'tls-ca-cert-dir': setting(text(), '', 'A directory of such certificates.', stored),
  'tls-protocols': setting(text(), '', 'Versions of TLS.', stored),
  'tls-ciphers': setting(text(), '', 'Ciphers up to TLS 1.2.', stored),
  'tls-ciphersuites': setting(text(), '', 'Ciphers of TLS 1.3.', stored),
} as const;
