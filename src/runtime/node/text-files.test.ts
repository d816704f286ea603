import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeTextFiles as files } from './text-files.ts';

let directory = '';
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-files-'));
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

const inside = (name: string) => path.join(directory, name);

test('files: any bytes survive, and the mode of the file stays', () => {
  fs.writeFileSync(inside('a.conf'), 'old', { mode: 0o600 });

  const replaced = files.replace(inside('a.conf'), 'x\xff\0y');

  expect(replaced.ok).toBe(true);
  expect(files.read(inside('a.conf'))).toEqual({ ok: true, value: 'x\xff\0y' });
  expect(fs.statSync(inside('a.conf')).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(directory)).toEqual(['a.conf']);
});

test('files: reasons are the words of the C library', () => {
  const missing = { ok: false, reason: 'No such file or directory' };

  expect(files.read(inside('none'))).toEqual(missing);
  expect(files.replace(inside('none/a'), '')).toEqual(missing);
  expect(files.directory('')).toEqual(missing);
  expect(files.directory(inside('a.conf'))).toEqual({ ok: false, reason: 'Not a directory' });
  expect(files.directory(directory)).toEqual({ ok: true, value: directory });
});

test('files: a pattern finds what fits, in order, without hidden files', () => {
  fs.mkdirSync(inside('d'));
  for (const name of ['b.conf', 'a.conf', '.c.conf', 'a.txt'])
    fs.writeFileSync(inside(`d/${name}`), '');

  expect(files.matching(inside('d/*.conf'))).toEqual([inside('d/a.conf'), inside('d/b.conf')]);
  expect(files.matching(inside('d/[!b].c?nf'))).toEqual([inside('d/a.conf')]);
  expect(files.matching(inside('none/*'))).toEqual([]);
});
