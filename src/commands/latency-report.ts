import type { LatencyEvent } from './instruments.ts';

/** What LATENCY DOCTOR says when nothing is measured. */
export const latencyNotMonitored =
  'Latency is not monitored: latency-monitor-threshold is 0. Set it, for example ' +
  '"CONFIG SET latency-monitor-threshold 100", to note all events from 100 milliseconds on.\n';

/** What it says when nothing was slow. */
export const nothingWasSlow =
  'No event has been longer than latency-monitor-threshold since the last reset.\n';

/** Advice on a kind of event. */
const advice: Readonly<Record<string, string>> = {
  command:
    'Look into SLOWLOG GET: commands that visit many elements (KEYS, SORT, ranges, deletion of ' +
    'large values) hold everybody up. Take smaller steps, or let replicas do it.',
  'fast-command':
    'Fast commands do little work: when they are slow, the machine is short of processor time or ' +
    'memory, or very many words come in one request.',
  'expire-cycle': 'Many keys expire at once: spread the times at which they do.',
};

/** LATENCY DOCTOR: what was seen of each kind of event, and what may be done. */
export function latencyReport(events: readonly LatencyEvent[]): string {
  const lines = ['Events that held the server up:', ''];
  for (const [i, event] of events.entries()) lines.push(`${i + 1}. ${descriptionOf(event)}`);
  const hints = events.flatMap(({ name }) => advice[name] ?? []);
  if (hints.length > 0) lines.push('', 'What may help:', '', ...hints.map((hint) => `- ${hint}`));
  return `${lines.join('\n')}\n`;
}

function descriptionOf({ name, samples, worstMs }: LatencyEvent): string {
  const total = samples.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const mean = total / samples.length;
  const deviation =
    samples.reduce((sum, { milliseconds }) => sum + Math.abs(milliseconds - mean), 0) /
    samples.length;
  const first = samples[0].unixSeconds;
  const last = samples[samples.length - 1].unixSeconds;
  const period = Math.max(1, last - first) / samples.length;
  return (
    `${name}: ${samples.length} latency spikes (average ${Math.round(mean)}ms, ` +
    `mean deviation ${Math.round(deviation)}ms, period ${period.toFixed(2)} sec). ` +
    `Worst all time event ${worstMs}ms.`
  );
}
