import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeClock } from './clock.ts';
import { removePidFile, writePidFile } from './pid-file.ts';
import { nodeRandom } from './random.ts';

let directory = '';
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'headwater-world-'));
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

test('clock: tells the time, and microseconds that only grow', () => {
  expect(Math.abs(nodeClock.nowMs() - Date.now())).toBeLessThan(1_000);
  const looks = Array.from({ length: 100 }, () => nodeClock.monotonicUs());
  expect(looks).toEqual([...looks].sort((a, b) => a - b));
});

test('clock: runs tasks later, each as often as asked, and none that was cancelled', async () => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    const never = nodeClock.after(1, () => order.push('never'));
    let ticks = 0;
    const timer = nodeClock.every(1, () => {
      ticks += 1;
      order.push(`tick ${ticks}`);
      if (ticks < 3) return;
      timer.cancel();
      nodeClock.after(5, resolve);
    });
    nodeClock.endOfTurn(() => order.push('end of turn'));
    order.push('now');
    never.cancel();
    never.cancel();
  });

  expect(order.filter((each) => each !== 'end of turn')).toEqual([
    ...['now', 'tick 1', 'tick 2', 'tick 3'],
  ]);
  expect(order).toContain('end of turn');
});

test('chance: words and bytes of all kinds, never the same twice', () => {
  const words = Array.from({ length: 1_000 }, () => nodeRandom.uint32());
  const bytes = new Uint8Array(10_000);
  nodeRandom.fill(bytes);

  for (const word of words) expect(word).toBe(word >>> 0);
  expect(new Set(words).size).toBeGreaterThan(990);
  expect(new Set(bytes).size).toBe(256);
});

test('process id file: is written, says why not, and goes without complaint', () => {
  const file = path.join(directory, 'a.pid');

  expect(writePidFile(file)).toBeNull();
  expect(fs.readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
  removePidFile(file);
  removePidFile(file);
  expect(fs.existsSync(file)).toBe(false);
  expect(writePidFile(path.join(directory, 'none/a.pid'))).toBe('No such file or directory');
});
