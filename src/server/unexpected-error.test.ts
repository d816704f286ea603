import { expect, test } from 'vitest';
import { KeptLog } from '../../test/support/simulated-server.ts';
import { Request } from '../protocol/request.ts';
import { logUnexpectedError } from './unexpected-error.ts';

test('unexpected errors: are CRITICAL, with the error, the command and the request', () => {
  const log = new KeptLog();

  logUnexpectedError(log, Request.of('incr', 'k\xff\n"'), 'ERR value is not an integer');

  expect(log.lines).toHaveLength(1);
  expect(log.lines[0]).toMatch(/^warning: == CRITICAL == This replica is sending an error/);
  expect(log.lines[0]).toContain(
    "'ERR value is not an integer' after processing the command 'incr'",
  );
  expect(log.lines[0]).not.toContain('\n');
});

test('unexpected errors: of a large request the beginning is shown', () => {
  const log = new KeptLog();

  logUnexpectedError(log, Request.of('SET', 'k', 'v'.repeat(1_000_000)), 'ERR');

  expect(log.lines[0].length).toBeLessThan(1_000);
});
