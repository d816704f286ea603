import { expect, test } from 'vitest';
import { latencyReport } from './latency-report.ts';

test('latency report: figures of each event, and advice where there is some', () => {
  const report = latencyReport([
    {
      name: 'command',
      samples: [
        { unixSeconds: 10, milliseconds: 100 },
        { unixSeconds: 30, milliseconds: 200 },
      ],
      worstMs: 300,
    },
    { name: 'unheard-of', samples: [{ unixSeconds: 1, milliseconds: 7 }], worstMs: 7 },
  ]);

  expect(report).toContain(
    '1. command: 2 latency spikes (average 150ms, mean deviation 50ms, period 10.00 sec). ' +
      'Worst all time event 300ms.',
  );
  expect(report).toContain('2. unheard-of: 1 latency spikes');
  expect(report.match(/^- /gm)?.length).toBe(1);
});
