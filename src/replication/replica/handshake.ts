import { bytesOfLatin1, concatBytes } from '../../base/bytes.ts';
import { sharedHashCapability } from '../capabilities.ts';
import type { ReplicationSettings } from '../settings.ts';

/** How much of an error a step can live with. */
export type Tolerance = 'lack-of-permission' | 'no-error' | 'any-error';

/** One exchange of the handshake, as data: which errors it survives, and what it sends, if anything. */
interface HandshakeStep {
  readonly name: string;
  readonly tolerates: Tolerance;
  /** The words to send (latin-1), or null to leave the step out. Read anew at each handshake. */
  request(settings: ReplicationSettings): readonly string[] | null;
}

/** A step that takes part in this handshake. */
export interface HandshakeRequest {
  readonly name: string;
  readonly tolerates: Tolerance;
  readonly frame: Uint8Array;
}

const handshakeSteps: readonly HandshakeStep[] = [
  // A primary that wants a password says so here: that is an answer, and the next step's business.
  { name: 'ping', tolerates: 'lack-of-permission', request: () => ['PING'] },
  { name: 'auth', tolerates: 'no-error', request: credentials },
  {
    name: 'listening-port',
    tolerates: 'any-error',
    request: ({ replicaAnnouncePort, port }) => [
      'REPLCONF',
      'listening-port',
      String(replicaAnnouncePort === 0 ? port : replicaAnnouncePort),
    ],
  },
  {
    name: 'ip-address',
    tolerates: 'any-error',
    request: ({ replicaAnnounceIp }) =>
      replicaAnnounceIp === '' ? null : ['REPLCONF', 'ip-address', replicaAnnounceIp],
  },
  {
    name: 'capabilities',
    tolerates: 'any-error',
    // The last word is our own; other servers ignore words that they do not know.
    request: () => ['REPLCONF', 'capa', 'eof', 'capa', 'psync2', 'capa', sharedHashCapability],
  },
];

/**
 * The requests that introduce us to our primary. The first is sent alone, the others together once
 * it is answered; replies come in the same order.
 */
export function handshakeRequests(settings: ReplicationSettings): readonly HandshakeRequest[] {
  const requests: HandshakeRequest[] = [];
  for (const { name, tolerates, request } of handshakeSteps) {
    const words = request(settings);
    if (words !== null) requests.push({ name, tolerates, frame: frameOf(words) });
  }
  return requests;
}

/** Whether a handshake goes on after `reply`, the first line of the answer to a step. */
export function isTolerable(tolerance: Tolerance, reply: string): boolean {
  if (!reply.startsWith('-')) return tolerance !== 'lack-of-permission' || reply.startsWith('+');
  if (tolerance === 'any-error') return true;
  return tolerance === 'lack-of-permission' && lacksPermission(reply);
}

/** A request as an array of bulk strings; each character of a word is one byte. */
export function frameOf(words: readonly string[]): Uint8Array {
  const parts = words.map((word) => bytesOfLatin1(`$${word.length}\r\n${word}\r\n`));
  return concatBytes([bytesOfLatin1(`*${words.length}\r\n`), ...parts]);
}

function credentials({
  primaryUser,
  primaryPassword,
}: ReplicationSettings): readonly string[] | null {
  if (primaryPassword === '') return null;
  if (primaryUser === '') return ['AUTH', primaryPassword];
  return ['AUTH', primaryUser, primaryPassword];
}

function lacksPermission(reply: string): boolean {
  return (
    reply.startsWith('-NOAUTH') ||
    reply.startsWith('-NOPERM') ||
    // Servers before 2.8 said it in these words.
    reply.startsWith('-ERR operation not permitted')
  );
}
