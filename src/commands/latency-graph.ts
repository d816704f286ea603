import type { LatencySample } from './instruments.ts';

/** A graph of samples in letters: a column for each, and below it how long ago it was. */
export function latencyGraph(samples: readonly LatencySample[], nowSeconds: number): string {
  const shown = samples.slice(-columnsMax);
  const high = Math.max(...shown.map(({ milliseconds }) => milliseconds));
  const low = Math.min(...shown.map(({ milliseconds }) => milliseconds));
  const columns = shown.map(({ unixSeconds, milliseconds }) => {
    const share = high === low ? 0 : (milliseconds - low) / (high - low);
    return [...columnOf(share), ...ageOf(nowSeconds - unixSeconds)];
  });
  const height = Math.max(...columns.map((column) => column.length));
  const lines = Array.from({ length: height }, (_, row) =>
    columns.map((column) => column[row] ?? ' ').join(''),
  );
  return `${lines.join('\n')}\n`;
}

const columnsMax = 80;
const rows = 4;
/** Levels within one row, lowest first. */
const levels = ['_', 'o', '#'];

/** The letters of one column from top to bottom: `share` of its height is filled. */
function columnOf(share: number): readonly string[] {
  const steps = Math.round(share * (rows * levels.length - 1));
  const fullRows = Math.floor(steps / levels.length);
  return Array.from({ length: rows }, (_, row) => {
    const fromBelow = rows - 1 - row;
    if (fromBelow < fullRows) return '|';
    return fromBelow === fullRows ? levels[steps % levels.length] : ' ';
  });
}

const units = [
  { letter: 'd', seconds: 86_400 },
  { letter: 'h', seconds: 3600 },
  { letter: 'm', seconds: 60 },
  { letter: 's', seconds: 1 },
];

/** An age in letters that stand one below the other: `15s`. */
function ageOf(seconds: number): readonly string[] {
  const unit = units.find((each) => seconds >= each.seconds) ?? units[units.length - 1];
  return [...`${Math.floor(seconds / unit.seconds)}${unit.letter}`];
}
