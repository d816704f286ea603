import { expect, test } from 'vitest';
import { Request } from '../protocol/request.ts';
import { RequestParser } from '../protocol/request-parser.ts';
import { RequestQueue } from './request-queue.ts';
import { frameOf } from './testing-engine.ts';

function wordsOf(request: Request): string[] {
  return Array.from({ length: request.count }, (_, i) => request.text(i));
}

function parsed(text: string): Request {
  const bytes = new TextEncoder().encode(text);
  const parser = new RequestParser();
  parser.feed(bytes, bytes.length);
  const request = new Request();
  expect(parser.next(request)).toBe('request');
  return request;
}

test('request queue: gives back what was added, in order, whatever became of the memory', () => {
  const queue = new RequestQueue();
  const long = `SET key ${'x'.repeat(1000)}`;
  const many = `MSET ${Array.from({ length: 60 }, (_, i) => `k${i} v${i}`).join(' ')}`;
  const lines = ['GET a', long, 'PING', many, 'SET b c'];
  for (const line of lines) {
    const request = parsed(frameOf(line));
    queue.add(request);
    request.bytes.fill(0);
  }

  const frames: string[] = [];
  const words: string[] = [];
  for (const request of queue.requests()) {
    words.push(wordsOf(request).join(' '));
    const { bytes, frameStart, frameEnd } = request;
    frames.push(new TextDecoder().decode(bytes.subarray(frameStart, frameEnd)));
  }

  expect(words).toEqual(lines);
  expect(frames).toEqual(lines.map(frameOf));
  expect(queue.count).toBe(lines.length);
  expect(queue.bytes).toBe(frames.join('').length);
});

test('request queue: an inline request is kept as an array of bulk strings', () => {
  const queue = new RequestQueue();
  queue.add(parsed('SET a "b c"\r\n'));

  for (const request of queue.requests()) expect(wordsOf(request)).toEqual(['SET', 'a', 'b c']);

  expect(queue.bytes).toBe('*3\r\n$3\r\nSET\r\n$1\r\na\r\n$3\r\nb c\r\n'.length);
});

test('request queue: short requests cost little memory', () => {
  const queue = new RequestQueue();
  const request = parsed(frameOf('GET a'));
  for (let i = 0; i < 10_000; i += 1) queue.add(request);

  expect(queue.reservedBytes / queue.count).toBeLessThan(150);
});
