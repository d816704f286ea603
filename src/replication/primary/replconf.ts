import { parseSafeInteger } from '../../base/number-text.ts';
import { CommandError, echoOf, errors, rangeError } from '../../protocol/errors.ts';
import type { Request } from '../../protocol/request.ts';
import { sharedHashCapability } from '../capabilities.ts';
import type { Introduction } from './replica-session.ts';

/** Longest announced address, as Redis has it. */
const hostBytesMax = 255;

/** What a REPLCONF asks for beyond an introduction. */
export type ReplconfOutcome =
  | { readonly kind: 'introduced' }
  /** No reply is due. */
  | { readonly kind: 'acknowledged'; readonly offset: number }
  | { readonly kind: 'asked-for-ack' };

/**
 * Reads `REPLCONF option value …` and notes what it says in `introduction`. Throws a `CommandError`
 * for a malformed request; what came before in the same request then stands, as in Redis.
 */
export function readReplconf(request: Request, introduction: Introduction): ReplconfOutcome {
  if (request.count % 2 === 0) throw errors.syntax;
  for (let at = 1; at < request.count; at += 2) {
    if (request.is(at, 'ack')) return { kind: 'acknowledged', offset: offsetOf(request, at + 1) };
    if (request.is(at, 'getack')) return { kind: 'asked-for-ack' };
    readOption(request, at, introduction);
  }
  return { kind: 'introduced' };
}

function readOption(request: Request, at: number, introduction: Introduction): void {
  if (request.is(at, 'listening-port')) {
    introduction.listeningPort = integerOf(request, at + 1);
  } else if (request.is(at, 'ip-address')) {
    introduction.announcedHost = hostOf(request, at + 1);
  } else if (request.is(at, 'capa')) {
    if (request.is(at + 1, 'eof')) introduction.understandsEofMark = true;
    else if (request.is(at + 1, 'psync2')) introduction.understandsPsync2 = true;
    else if (request.is(at + 1, sharedHashCapability)) introduction.understandsSharedHash = true;
  } else if (request.is(at, 'version')) {
    // Valkey tells its version; every snapshot of ours suits all of them.
  } else if (request.is(at, 'rdb-only')) {
    introduction.wantsSnapshotOnly = flagOf(request, at + 1);
  } else if (request.is(at, 'rdb-filter-only')) {
    introduction.content = contentOf(request.text(at + 1));
  } else {
    throw new CommandError(`ERR Unrecognized REPLCONF option: ${textOf(request, at)}`);
  }
}

/** An offset that cannot be read counts as none: an acknowledgement is never answered. */
function offsetOf(request: Request, word: number): number {
  const value = parseSafeInteger(request.bytes, request.starts[word], request.ends[word]);
  return Number.isNaN(value) ? -1 : value;
}

function integerOf(request: Request, word: number): number {
  const value = parseSafeInteger(request.bytes, request.starts[word], request.ends[word]);
  if (Number.isNaN(value)) throw errors.notAnInteger;
  return value;
}

function flagOf(request: Request, word: number): boolean {
  const value = integerOf(request, word);
  if (value !== 0 && value !== 1) throw rangeError(0, 1);
  return value === 1;
}

function hostOf(request: Request, word: number): string {
  const length = request.lengthOf(word);
  if (length > hostBytesMax) {
    throw new CommandError(
      `ERR REPLCONF ip-address provided by replica instance is too long: ${length} bytes`,
    );
  }
  return request.text(word);
}

function contentOf(filters: string): Introduction['content'] {
  const words = filters.split(' ').filter((word) => word !== '');
  const unknown = words.find((word) => word !== 'functions');
  if (unknown !== undefined) {
    throw new CommandError(`ERR Unsupported rdb-filter-only option: ${unknown}`);
  }
  return words.length === 0 ? 'nothing' : 'functions';
}

function textOf(request: Request, word: number): string {
  return echoOf(request.bytes, request.starts[word], request.ends[word]);
}
