/**
 * `probe PORT`: asks for a key, again a millisecond after each answer, until its standard input ends;
 * then prints the longest wait. The answer is on its way as soon as the server gets to it, so a wait
 * is what a client would have felt of a stall.
 */
import { connect } from 'node:net';

const request = Buffer.from('*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000000\r\n');
const pauseMs = 1;
const samplesMax = 1_000_000;

const waits = new Float64Array(samplesMax);
let samples = 0;
let askedAt = 0;
let isWaiting = false;
let isOver = false;

const socket = connect({ port: Number(process.argv[2]), host: '127.0.0.1', noDelay: true });

function ask(): void {
  if (isOver) return;
  isWaiting = true;
  askedAt = performance.now();
  socket.write(request);
}

socket.on('connect', () => {
  process.stdout.write('ready\n');
  ask();
});
socket.on('data', () => {
  note();
  if (isOver) report();
  else setTimeout(ask, pauseMs);
});
socket.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

// A wait that is under way at the end counts, too: it is awaited, or taken as it stands.
process.stdin.on('end', () => {
  isOver = true;
  if (isWaiting) setTimeout(report, lastWaitMs);
  else report();
});
process.stdin.resume();

const lastWaitMs = 5_000;

function note(): void {
  isWaiting = false;
  if (samples < samplesMax) waits[samples++] = performance.now() - askedAt;
}

function report(): void {
  if (isWaiting) note();
  const sorted = waits.slice(0, samples).sort();
  const worstMs = sorted[samples - 1];
  const p99Ms = sorted[Math.floor(samples * 0.99)];
  process.stdout.write(`${JSON.stringify({ worstMs, p99Ms, samples })}\n`);
  process.exit(0);
}
