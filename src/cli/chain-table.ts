/** The live view of the chain, as text. Pure. */
import type { Sample } from './chain-sample.ts';

/** One server and what was last seen of it; `sample` is null while it does not answer. */
export interface Row {
  readonly name: string;
  readonly port: number;
  readonly sample: Sample | null;
  readonly bytesBehind: number;
  readonly msBehind: number;
}

const titles = [
  ...['server', 'port', 'role', 'link', 'offset', 'bytes behind', 'ms behind'],
  ...['keys', 'ops/s', 'full syncs', 'partial syncs'],
];

/** A table, one line a server, with a line of titles. */
export function tableOf(rows: readonly Row[]): readonly string[] {
  const cells = [titles, ...rows.map(cellsOf)];
  const widths = titles.map((_, column) =>
    Math.max(...cells.map((line) => (line[column] ?? '').length)),
  );
  return cells.map((line) =>
    line
      .map((cell, column) => aligned(cell, widths[column] ?? 0, column))
      .join('  ')
      .trimEnd(),
  );
}

/** Names to the left, numbers to the right. */
function aligned(cell: string, width: number, column: number): string {
  return column < 4 ? cell.padEnd(width) : cell.padStart(width);
}

function cellsOf(row: Row): readonly string[] {
  const { name, port, sample } = row;
  if (sample === null) return [name, String(port), '-', 'no answer', ...Array(7).fill('-')];
  const isReplica = sample.role === 'replica';
  return [
    name,
    String(port),
    sample.role,
    sample.link === 'none' ? '-' : sample.link,
    String(sample.offset),
    isReplica ? String(row.bytesBehind) : '-',
    isReplica ? String(row.msBehind) : '-',
    String(sample.keys),
    String(sample.operationsPerSecond),
    String(sample.fullSyncs),
    String(sample.partialSyncs),
  ];
}

/** The same in one line, for a log file. */
export function lineOf(rows: readonly Row[]): string {
  return rows
    .map(({ name, port, sample, bytesBehind, msBehind }) => {
      if (sample === null) return `${name} ${port} no answer`;
      const head = `${name} ${port} offset=${sample.offset} keys=${sample.keys}`;
      const rest = `ops/s=${sample.operationsPerSecond} full=${sample.fullSyncs} partial=${sample.partialSyncs}`;
      if (sample.role === 'primary') return `${head} ${rest}`;
      return `${head} link=${sample.link} behind=${bytesBehind}B/${msBehind}ms ${rest}`;
    })
    .join(' | ');
}

/** What to try, with the ports that the chain has. */
export function suggestions(ports: readonly [number, number, number]): readonly string[] {
  const [primary, replica, subReplica] = ports;
  return [
    'Try, in another terminal:',
    `  redis-cli -p ${primary} SET greeting "hello"`,
    `  redis-cli -p ${subReplica} GET greeting`,
    `  redis-cli -p ${replica} SET greeting "no"          # a replica refuses writes`,
    `  redis-cli -p ${primary} INFO replication`,
    `  redis-benchmark -p ${primary} -t set,get -P 16 -q    # and watch the table`,
    `  redis-cli -p ${replica} REPLICAOF NO ONE            # promote; the sub-replica stays with it`,
    `  redis-cli -p ${replica} REPLICAOF 127.0.0.1 ${primary}`,
  ];
}
