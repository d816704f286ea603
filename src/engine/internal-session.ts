import { Session } from './session.ts';

/** The session of what no client asked for. */
export function internalSession(nowMs: number): Session {
  return new Session({
    id: 0,
    kind: 'internal',
    connection: null,
    nowMs,
    authenticated: true,
    maxBulkBytes: Number.MAX_SAFE_INTEGER,
  });
}
