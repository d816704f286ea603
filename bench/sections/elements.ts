/** What one element of each type takes, in its small and its large form. */
import type { BenchOptions } from '../options.ts';
import { bytes, compared, type Row, type SectionResult } from '../report.ts';
import { fewElements, fill, fills } from '../support/fills.ts';
import { residentBytes } from '../support/process-facts.ts';
import { type Kind, kinds, startKind, withClient } from '../support/servers.ts';

const warmUpShare = 0.2;
/** Time to come to rest before memory is read. */
const settleMs = 500;

/** Fills a fresh server of each kind with each type. */
export async function elements(
  options: BenchOptions,
  say: (line: string) => void,
): Promise<SectionResult> {
  const count = options.rangeCount;
  const rows: Row[] = [];
  for (const what of fills) {
    const form = what.perKey === 'few' ? `of ${fewElements}` : `of ${count}`;
    say(`elements: ${what.name} ${form}`);
    const values = {} as Record<Kind, number>;
    for (const kind of kinds) {
      const server = await startKind(kind);
      try {
        // What a server takes to become hot is not what an element takes.
        await withClient(server, async (client) => {
          await fill(client, what, Math.ceil(count * warmUpShare));
          await client.send('FLUSHALL');
          await client.send('MEMORY', 'PURGE');
        });
        await new Promise((resolve) => setTimeout(resolve, settleMs));
        const before = residentBytes(server.pid);
        await withClient(server, (client) => fill(client, what, count));
        await new Promise((resolve) => setTimeout(resolve, settleMs));
        values[kind] = (residentBytes(server.pid) - before) / count;
      } finally {
        await server.stop();
      }
    }
    rows.push(
      compared(`${what.name}, ${form}`, values, bytes, { kind: 'ratio-at-most', bound: 1 }),
    );
  }
  return {
    title: 'Elements',
    rows,
    remarks: [
      `Resident bytes an element above the server that was warmed up and emptied, keys included; ` +
        `${count} elements in all.`,
    ],
  };
}
