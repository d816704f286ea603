import type { Request } from '../protocol/request.ts';

const none: readonly number[] = [];

/** Settings that `CONFIG SET` must not repeat in logs, by all their names. */
const secretSettings = /^(requirepass|(master|primary)(user|auth)|tls-.*-pass)$/i;

/** Which words of a request are secrets, that the slow log and monitors show as `(redacted)`. */
export function secretWordsOf(fullName: string, request: Request): readonly number[] {
  switch (fullName) {
    case 'auth':
      return wordsFrom(request, 1);
    case 'hello':
      return secretsOfHello(request);
    case 'config|set':
      return secretsOfConfigSet(request);
    default:
      return none;
  }
}

function wordsFrom(request: Request, first: number): readonly number[] {
  return Array.from({ length: Math.max(0, request.count - first) }, (_, i) => first + i);
}

function secretsOfHello(request: Request): readonly number[] {
  for (let word = 2; word + 2 < request.count; word += 1) {
    if (request.is(word, 'auth')) return [word + 1, word + 2];
  }
  return none;
}

function secretsOfConfigSet(request: Request): readonly number[] {
  const secrets: number[] = [];
  for (let word = 2; word + 1 < request.count; word += 2) {
    if (secretSettings.test(request.text(word))) secrets.push(word + 1);
  }
  return secrets;
}
