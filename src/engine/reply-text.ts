import { CommandError, errors } from '../protocol/errors.ts';
import { ArenaFullError } from '../store/memory/arena.ts';

/** The reply to what a command threw; anything unexpected is a bug of ours and goes on. */
export function replyTextOf(error: unknown): string {
  if (error instanceof CommandError) return error.text;
  if (error instanceof ArenaFullError) return errors.outOfMemory.text;
  throw error;
}
