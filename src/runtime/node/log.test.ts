import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { bannerOf, NodeLog, type NodeLogOptions } from './log.ts';

/** A log whose lines are kept. */
function keptLog(options: Partial<NodeLogOptions> = {}) {
  const lines: string[] = [];
  const log = new NodeLog({
    level: 'notice',
    role: 'M',
    file: '',
    pid: 4711,
    now: () => new Date(2026, 10, 1, 2, 3, 4, 5),
    write: (line) => lines.push(line),
    ...options,
  });
  return { log, lines };
}

test('log: a line has process, role, time, level, sentence and fields', () => {
  const { log, lines } = keptLog();

  log.notice('Ready to accept connections');
  log.warning('link state changed', { from: 'connecting', reason: 'no "way" out', tries: 3 });

  expect(lines).toEqual([
    '4711:M 01 Nov 2026 02:03:04.005 * Ready to accept connections\n',
    '4711:M 01 Nov 2026 02:03:04.005 # link state changed from=connecting reason="no \\"way\\" out" tries=3\n',
  ]);
});

test('log: level and role can change', () => {
  const { log, lines } = keptLog({ level: 'warning' });

  log.notice('not seen');
  log.setLevel('debug');
  log.setRole('S');
  log.debug('a');
  log.verbose('b');

  expect(lines.map((line) => line.replace(/ \d.*\d{3} /, ' '))).toEqual([
    '4711:S . a\n',
    '4711:S - b\n',
  ]);
});

test('log: what a peer sent cannot begin a new line', () => {
  const { log, lines } = keptLog();

  log.notice('asked for\r\n4711:M forged', { name: 'a\nb' });

  expect(lines).toHaveLength(1);
  expect(lines[0]?.trimEnd()).not.toContain('\n');
});

test('log: a file is appended to, and a file that was moved away is begun again', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-log-'));
  const file = path.join(directory, 'a.log');
  const log = new NodeLog({ level: 'notice', role: 'M', file });

  log.notice('one');
  fs.renameSync(file, `${file}.1`);
  log.notice('two');

  expect(fs.readFileSync(`${file}.1`, 'utf8')).toMatch(/one\n$/);
  expect(fs.readFileSync(file, 'utf8')).toMatch(/^\d+:M .* \* two\n$/);
  fs.rmSync(directory, { recursive: true });
});

test('log: the banner says version, role, port and process', () => {
  const banner = bannerOf({ version: '0.1.0', port: 7000, pid: 12, role: 'primary' });

  expect(banner).toMatch(/0\.1\.0[\s\S]*primary[\s\S]*7000[\s\S]*12/);
});
