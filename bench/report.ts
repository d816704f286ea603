/** Rows of results: a value, what it is compared with, and whether the goal is met. */

/** What a row must reach to pass. */
export type Goal =
  | { readonly kind: 'ratio-at-least'; readonly bound: number }
  | { readonly kind: 'ratio-at-most'; readonly bound: number }
  | { readonly kind: 'value-at-most'; readonly bound: number };

/** One line of a table; texts as they are shown, empty where there is nothing to say. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly redis: string;
  readonly ratio: string;
  readonly goal: string;
  readonly verdict: 'pass' | 'miss' | '';
}

/** What a section found. Remarks are sentences to read along with the rows. */
export interface SectionResult {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly remarks: readonly string[];
}

/** Turns a value into text with its unit. */
export type Format = (value: number) => string;

/** A row that sets our value beside redis-server's. */
export function compared(
  what: string,
  values: { readonly ours: number; readonly redis: number },
  format: Format,
  goal: Goal | null = null,
): Row {
  const ratio = values.ours / values.redis;
  return {
    what,
    ours: format(values.ours),
    redis: format(values.redis),
    ratio: Number.isFinite(ratio) ? ratio.toFixed(2) : '',
    ...judged(goal, values.ours, ratio, format),
  };
}

/** A row of ours alone. */
export function alone(what: string, value: number, format: Format, goal: Goal | null = null): Row {
  const judgement = judged(goal, value, Number.NaN, format);
  return { what, ours: format(value), redis: '', ratio: '', ...judgement };
}

function judged(
  goal: Goal | null,
  value: number,
  ratio: number,
  format: Format,
): Pick<Row, 'goal' | 'verdict'> {
  if (goal === null) return { goal: '', verdict: '' };
  const { kind, bound } = goal;
  switch (kind) {
    case 'ratio-at-least':
      return { goal: `ratio ≥ ${bound}`, verdict: ratio >= bound ? 'pass' : 'miss' };
    case 'ratio-at-most':
      return { goal: `ratio ≤ ${bound}`, verdict: ratio <= bound ? 'pass' : 'miss' };
    case 'value-at-most':
      return { goal: `≤ ${format(bound)}`, verdict: value <= bound ? 'pass' : 'miss' };
  }
}

/** The middle value; the mean of the two middle ones when their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How far rounds lie apart: (largest − smallest) / median, in percent. */
export function spreadOf(values: readonly number[]): number {
  return ((Math.max(...values) - Math.min(...values)) / median(values)) * 100;
}

/** A remark on how undisturbed the servers were, from the shares of `WaitWatch`. */
export function remarkOnWaits(percents: readonly number[]): string {
  const worst = Math.max(...percents);
  const verdict = worst > quietPercentMax ? ': the machine was NOT quiet, measure again' : '';
  return `Servers waited for their core at most ${worst.toFixed(1)} % of the time${verdict}.`;
}

/** Timers, interrupts and the server's own helper threads take about this much. */
const quietPercentMax = 5;

export const thousandsPerSecond: Format = (value) => `${(value / 1000).toFixed(0)} k/s`;
export const millionsPerSecond: Format = (value) => `${(value / 1e6).toFixed(2)} M/s`;
export const nanoseconds: Format = (value) => `${value.toFixed(value < 100 ? 1 : 0)} ns`;
export const milliseconds: Format = (value) => `${value.toFixed(1)} ms`;
export const seconds: Format = (value) => `${value.toFixed(2)} s`;
export const bytes: Format = (value) => `${value.toFixed(1)} bytes`;
export const megabytes: Format = (value) => `${(value / 1e6).toFixed(1)} MB`;
export const percent: Format = (value) => `${value.toFixed(1)} %`;

const heads = ['', 'Headwater', 'redis-server', 'ratio', 'goal', ''];

/** The rows as a Markdown table, padded so that it reads well in a terminal, too. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [
    heads,
    ...rows.map((row) => [row.what, row.ours, row.redis, row.ratio, row.goal, row.verdict]),
  ];
  const widths = heads.map((_, column) =>
    Math.max(3, ...lines.map((cells) => cells[column].length)),
  );
  const [first, ...rest] = lines.map((cells) => {
    const padded = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    return `| ${padded.join(' | ')} |`;
  });
  const dashes = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [first, `| ${dashes.join(' | ')} |`, ...rest].join('\n');
}

/** A section as Markdown, without its title. */
export function bodyOf(result: SectionResult): string {
  const remarks = result.remarks.map((remark) => `- ${remark}`);
  return [tableOf(result.rows), ...(remarks.length === 0 ? [] : ['', ...remarks])].join('\n');
}
