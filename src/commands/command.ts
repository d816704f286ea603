import type { Request } from '../protocol/request.ts';
import { wordCountOf } from './arguments.ts';
import type { CommandContext } from './context.ts';
import type { CommandDeclaration, CommandGroup } from './define.ts';
import {
  type AclCategory,
  aclCategories,
  flagBitsOf,
  flagCategories,
  flags,
  shownFlagNames,
} from './flags.ts';
import {
  isMovable,
  type KeyPosition,
  type KeyRange,
  type KeySpec,
  keyPositionsOf,
  keySpecsOf,
  legacyRangeOf,
} from './key-specs.ts';
import { NameIndex } from './name-index.ts';

/** A command as the engine runs it: what follows from its declaration, as plain fields. */
export class Command {
  /** Lower case, without the container's name. */
  readonly name: string;
  /** `client|list` for a subcommand, else the same as `name`. */
  readonly fullName: string;
  /** Words with the name: exactly this many, or at least the negated number. */
  readonly arity: number;
  /** Bits of `flags`. */
  readonly flagBits: number;
  /** Position in `CommandTable.commands`, for counters kept in arrays. */
  readonly index: number;
  /** Runs it. Requires: the arity was checked. Throws: `CommandError`. */
  readonly execute: (context: CommandContext) => void;
  /** Subcommands by name; null when there are none. */
  readonly subcommands: NameIndex<Command> | null;
  readonly declaration: CommandDeclaration;
  readonly keySpecs: readonly KeySpec[];
  readonly keyRange: KeyRange;
  readonly categories: readonly AclCategory[];

  /** `register` gives each command its index, this one's before its subcommands'. */
  constructor(
    declaration: CommandDeclaration,
    container: Command | null,
    register: (command: Command) => number,
  ) {
    this.declaration = declaration;
    this.name = declaration.name.toLowerCase();
    this.fullName = container === null ? this.name : `${container.name}|${this.name}`;
    this.arity = arityOf(declaration);
    this.keySpecs = declaration.keys ?? keySpecsOf(declaration.arguments, declaration.nameWords);
    const isMoving = this.keySpecs.some(isMovable);
    this.flagBits = flagBitsOf(declaration.flags) | (isMoving ? flags.movableKeys : 0);
    this.execute = declaration.execute ?? notACommand;
    this.keyRange = legacyRangeOf(this.keySpecs);
    this.categories = categoriesOf(declaration, this.flagBits);
    this.index = register(this);
    this.subcommands = this.#subcommandsOf(declaration, register);
  }

  /** Whether a request of `count` words has the right number of them. */
  acceptsCount(count: number): boolean {
    return this.arity >= 0 ? count === this.arity : count >= -this.arity;
  }

  /** The words of a request of this command, whose name is word `offset`, that are keys. */
  keyPositions(request: Request, offset = 0): readonly KeyPosition[] {
    const { findKeys } = this.declaration;
    return findKeys?.(request, offset) ?? keyPositionsOf(this.keySpecs, request, offset);
  }

  /** The flags that `COMMAND INFO` shows. */
  get flagNames(): readonly string[] {
    return shownFlagNames(this.flagBits);
  }

  #subcommandsOf(
    declaration: CommandDeclaration,
    register: (command: Command) => number,
  ): NameIndex<Command> | null {
    if (declaration.subcommands.length === 0) return null;
    const made = declaration.subcommands.map((each) => new Command(each, this, register));
    return new NameIndex(made.map((each) => [each.name, each]));
  }
}

/** The arity as declared, or as it follows from the arguments. */
export function arityOf(declaration: CommandDeclaration): number {
  if (declaration.arity !== undefined) return declaration.arity;
  if (declaration.subcommands.length > 0) return -2;
  const words = wordCountOf(declaration.arguments);
  const least = declaration.nameWords + words.min;
  return words.min === words.max ? least : -least;
}

const groupCategories: Readonly<Record<CommandGroup, readonly AclCategory[]>> = {
  generic: ['keyspace'],
  string: ['string'],
  list: ['list'],
  set: ['set'],
  'sorted-set': ['sortedset'],
  hash: ['hash'],
  stream: ['stream'],
  bitmap: ['bitmap'],
  hyperloglog: ['hyperloglog'],
  geo: ['geo'],
  connection: ['connection'],
  server: [],
  transactions: ['transaction'],
  pubsub: [],
};

function categoriesOf(declaration: CommandDeclaration, flagBits: number): readonly AclCategory[] {
  const found = new Set(flagCategories(flagBits));
  const isContainer = declaration.subcommands.length > 0;
  const own = declaration.aclGroups ?? (isContainer ? [] : groupCategories[declaration.group]);
  for (const category of own) found.add(category);
  for (const category of declaration.aclExtras ?? []) found.add(category);
  return aclCategories.filter((category) => found.has(category));
}

/** A container is found only without a subcommand, and then its arity refuses the request. */
function notACommand(): void {
  throw new Error('a container of commands was executed');
}
