import type { Command } from '../commands/command.ts';
import { flags } from '../commands/flags.ts';
import type { Request } from '../protocol/request.ts';
import { RequestQueue } from './request-queue.ts';

/**
 * A session's transaction; without one, requests run as they come:
 *
 *   (none) → queueing → executing → (none)
 *               └──── DISCARD ────────↑
 */
export type Transaction =
  | { readonly name: 'queueing'; readonly queued: QueuedCommands }
  | { readonly name: 'executing' };

/** Bits that EXEC has because a command of the transaction has them. */
const inherited = flags.write | flags.mayReplicate | flags.denyOutOfMemory | flags.noAsyncLoading;
/** Bits that EXEC has only while all commands of the transaction have them. */
const shared = flags.stale | flags.loading;

/** The commands of a transaction that wait for EXEC, with what admission wants to know of them. */
export class QueuedCommands {
  /** A command was refused: EXEC will do nothing. */
  isSpoilt = false;
  readonly requests = new RequestQueue();
  readonly #commands: Command[] = [];
  #anyFlags = 0;
  #allFlags = shared;

  get commands(): readonly Command[] {
    return this.#commands;
  }

  add(command: Command, request: Request): void {
    this.requests.add(request);
    this.#commands.push(command);
    this.#anyFlags |= command.flagBits;
    this.#allFlags &= command.flagBits;
  }

  /** Flags of the EXEC that would run these commands. */
  flagsOfExec(own: number): number {
    const missing = shared & ~this.#allFlags;
    return (own | (this.#anyFlags & inherited)) & ~missing;
  }
}
