import { noLatencySamples } from '../protocol/errors.ts';
import { many, optional, string } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineContainer, defineSubcommand } from './define.ts';
import { withHelp } from './help.ts';
import type { LatencyEvent, LatencyHistogramView } from './instruments.ts';
import { latencyGraph } from './latency-graph.ts';
import { latencyNotMonitored, latencyReport, nothingWasSlow } from './latency-report.ts';

/** LATENCY: events that held the server up, and how long commands take. */

const common = {
  since: '2.8.13',
  group: 'server',
  complexity: 'O(1)',
  flags: ['admin', 'noscript', 'loading', 'stale'],
} as const;

const asking = [
  'nondeterministic_output',
  'request_policy:all_nodes',
  'response_policy:special',
] as const;

const doctor = defineSubcommand({
  ...common,
  name: 'DOCTOR',
  summary: 'Says in words what was seen, and what may help.',
  tips: asking,
  execute({ instruments, reply }) {
    const { events } = instruments.timing;
    if (events.thresholdMs === 0 && events.all.length === 0) reply.verbatim(latencyNotMonitored);
    else if (events.all.length === 0) reply.verbatim(nothingWasSlow);
    else reply.verbatim(latencyReport(events.all));
  },
});

const graph = defineSubcommand({
  ...common,
  name: 'GRAPH',
  summary: 'Draws the samples of an event.',
  tips: asking,
  arguments: [string('event')],
  execute(context) {
    const event = eventIn(context);
    if (event === undefined) throw noLatencySamples(context.request.text(2));
    const { name, samples, worstMs } = event;
    const times = samples.map(({ milliseconds }) => milliseconds);
    const heading =
      `${name} - high ${Math.max(...times)} ms, low ${Math.min(...times)} ms ` +
      `(all time high ${worstMs} ms)`;
    const drawing = latencyGraph(samples, Math.floor(context.nowMs / 1000));
    context.reply.verbatim(`${heading}\n${'-'.repeat(80)}\n${drawing}`);
  },
});

const history = defineSubcommand({
  ...common,
  name: 'HISTORY',
  summary: 'Returns the samples of an event: Unix seconds, and milliseconds that it took.',
  tips: asking,
  arguments: [string('event')],
  execute(context) {
    const samples = eventIn(context)?.samples ?? [];
    const { reply } = context;
    reply.array(samples.length);
    for (const { unixSeconds, milliseconds } of samples) {
      reply.array(2);
      reply.integer(unixSeconds);
      reply.integer(milliseconds);
    }
  },
});

function eventIn({ request, instruments }: CommandContext): LatencyEvent | undefined {
  const name = request.text(2);
  return instruments.timing.events.all.find((each) => each.name === name);
}

const latest = defineSubcommand({
  ...common,
  name: 'LATEST',
  summary: 'Returns the last sample of each event, and the worst.',
  tips: asking,
  execute({ instruments, reply }) {
    const { events } = instruments.timing;
    const { all } = events;
    reply.array(all.length);
    for (const { name, samples, worstMs } of all) {
      const last = samples[samples.length - 1];
      reply.array(4);
      reply.bulkLatin1(name);
      reply.integer(last.unixSeconds);
      reply.integer(last.milliseconds);
      reply.integer(worstMs);
    }
  },
});

const reset = defineSubcommand({
  ...common,
  name: 'RESET',
  summary: 'Forgets the samples of some events, or of all.',
  tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
  arguments: [optional(many(string('event')))],
  execute({ request, instruments, reply }) {
    const { events } = instruments.timing;
    const all = events.all.map(({ name }) => name);
    const named = Array.from({ length: request.count - 2 }, (_, i) => request.text(i + 2));
    const forgotten = (named.length === 0 ? all : named).filter((name) => events.forget(name));
    reply.integer(forgotten.length);
  },
});

const histogram = defineSubcommand({
  ...common,
  name: 'HISTOGRAM',
  summary: 'Says how many calls of commands took how long.',
  since: '7.0.0',
  complexity: 'O(N) where N is the number of commands with latency information being retrieved.',
  tips: asking,
  arguments: [optional(many(string('command')))],
  execute(context) {
    const { request, reply } = context;
    const { timing } = context.instruments;
    const named = Array.from({ length: request.count - 2 }, (_, i) => request.text(i + 2));
    const names = named.length === 0 ? timing.names : named.flatMap((each) => timing.namesOf(each));
    const shown = names.flatMap((name) => {
      const found = timing.histogram(name);
      return found === null ? [] : [[name, found] as const];
    });
    reply.map(shown.length);
    for (const [name, found] of shown) replyHistogram(context, name, found);
  },
});

function replyHistogram(
  { reply }: CommandContext,
  name: string,
  histogram: LatencyHistogramView,
): void {
  const steps = histogram.cumulative();
  reply.bulkLatin1(name);
  reply.map(2);
  reply.bulkLatin1('calls');
  reply.integer(histogram.total);
  reply.bulkLatin1('histogram_usec');
  reply.map(steps.length);
  for (const [boundUs, count] of steps) {
    reply.integer(boundUs);
    reply.integer(count);
  }
}

const latency = defineContainer({
  ...common,
  name: 'LATENCY',
  summary: 'Tells of delays.',
  complexity: 'Depends on subcommand.',
  flags: [],
  subcommands: withHelp({
    container: 'LATENCY',
    since: '2.8.13',
    group: 'server',
    subcommands: [doctor, graph, histogram, history, latest, reset],
  }),
});

export const latencyCommands: readonly CommandDeclaration[] = [latency];
