import { latin1Of } from '../base/bytes.ts';
import type { Request } from '../protocol/request.ts';
import type { Log } from '../runtime/log.ts';

/** How much of the failing request the log shows. */
const shownBytesMax = 256;

/**
 * A command of the primary's stream failed here though it went well there: the data sets differ, or
 * a command is not known here. Tools look for the word CRITICAL.
 */
export function logUnexpectedError(log: Log, request: Request, error: string): void {
  const end = Math.min(request.frameEnd, request.frameStart + shownBytesMax);
  log.warning(
    `== CRITICAL == This replica is sending an error to its master: '${error}' after processing ` +
      `the command '${request.text(0)}'`,
    { request: JSON.stringify(latin1Of(request.bytes, request.frameStart, end)) },
  );
}
