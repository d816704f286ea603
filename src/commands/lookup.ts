import { bytesOfLatin1 } from '../base/bytes.ts';
import { CommandError, unknownCommand, unknownSubcommand } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { Command } from './command.ts';
import type { CommandDeclaration } from './define.ts';
import { NameIndex } from './name-index.ts';

/** What `rename-command` asks for: old name to new name, both in any case; '' removes it. */
export type Renames = ReadonlyMap<string, string>;

/** All commands of a server, by the names that its clients know them by. */
export class CommandTable {
  /** Every command and subcommand; a command's `index` is its place here. */
  readonly commands: readonly Command[];
  /** Commands without their subcommands, as renamed. */
  readonly topLevel: readonly Command[];
  readonly #byName: NameIndex<Command>;

  /** Throws: `CommandError` for a rename of an unknown command or onto a name that is taken. */
  constructor(declarations: readonly CommandDeclaration[], renames: Renames = new Map()) {
    const all: Command[] = [];
    const register = (command: Command): number => all.push(command) - 1;
    const named = new Map<string, Command>();
    for (const declaration of declarations) {
      const command = new Command(declaration, null, register);
      named.set(command.name, command);
    }
    rename(named, renames);
    this.commands = all;
    this.topLevel = [...named.values()];
    this.#byName = new NameIndex([...named]);
  }

  /**
   * The command that a request means: a container's subcommand where word 1 names one, the container
   * itself where there is no word 1. Null when there is none; `unknown` says why.
   */
  find(request: Request): Command | null {
    const { bytes, starts, ends } = request;
    const command = this.#byName.find(bytes, starts[0], ends[0]);
    if (command === null || command.subcommands === null || request.count === 1) return command;
    return command.subcommands.find(bytes, starts[1], ends[1]);
  }

  /** The error for a request that `find` found nothing for. */
  unknown(request: Request): CommandError {
    const container = this.#byName.find(request.bytes, request.starts[0], request.ends[0]);
    return container === null ? unknownCommand(request) : unknownSubcommand(request);
  }

  /** A command by its full name, `get` or `client|list`, in any case. Null when there is none. */
  named(fullName: string): Command | null {
    const [first, second, ...rest] = fullName.split('|').map(bytesOfLatin1);
    const command = this.#byName.find(first, 0, first.length);
    if (second === undefined || command === null) return command;
    if (rest.length > 0) return null;
    return command.subcommands?.find(second, 0, second.length) ?? null;
  }
}

function rename(named: Map<string, Command>, renames: Renames): void {
  for (const [from, to] of renames) {
    const command = named.get(from.toLowerCase());
    if (command === undefined) throw new CommandError('No such command in rename-command');
    named.delete(from.toLowerCase());
    if (to === '') continue;
    const name = to.toLowerCase();
    if (named.has(name)) throw new CommandError('Target command name already exists');
    named.set(name, command);
  }
}
