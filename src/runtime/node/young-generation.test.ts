import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Allocates 50 MB, a part of which lives on for a while; how large was the space before and after? */
const program = `
  const { getHeapSpaceStatistics } = await import('node:v8');
  const sizeNow = () =>
    getHeapSpaceStatistics().find((each) => each.space_name === 'new_space').space_size;
  const { keepYoungGenerationSmall } = await import(process.argv[1]);
  keepYoungGenerationSmall();
  const before = sizeNow();
  const kept = [];
  for (let i = 0; i < 500_000; i += 1) kept[i % 20_000] = { some: [i, i, i, i, i, i] };
  console.log(JSON.stringify({ before, after: sizeNow() }));
`;
const file = fileURLToPath(new URL('young-generation.ts', import.meta.url));
const sizeMax = 32 * 1024 * 1024;

test('young generation: does not grow, however much is allocated', async () => {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program, file];

  const { stdout } = await promisify(execFile)(process.execPath, args);

  const { before, after } = JSON.parse(stdout) as { before: number; after: number };
  expect(before).toBeLessThan(sizeMax);
  expect(after).toBeLessThanOrEqual(before);
});
