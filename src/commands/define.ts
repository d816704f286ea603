import type { Request } from '../protocol/request.ts';
import type { Argument, KeyFlag, ValuesOf } from './arguments.ts';
import type { CommandContext } from './context.ts';
import type { AclCategory, FlagName } from './flags.ts';
import type { KeyPosition, KeySpec } from './key-specs.ts';
import { parseArguments } from './parse-arguments.ts';

/**
 * A command is declared exactly once. Its arity, key positions, ACL categories, `COMMAND` replies,
 * help, admission and documentation all follow from here.
 */

/** Groups of commands, as the documentation of Redis has them. */
export type CommandGroup =
  | 'generic'
  | 'string'
  | 'list'
  | 'set'
  | 'sorted-set'
  | 'hash'
  | 'stream'
  | 'bitmap'
  | 'hyperloglog'
  | 'geo'
  | 'connection'
  | 'server'
  | 'transactions'
  | 'pubsub';

/** A change that a command went through: the version, and what it brought. */
export type HistoryEntry = readonly [version: string, change: string];

/** What is common to all declarations. */
interface DeclarationBase {
  /** Upper case, without the container's name. */
  readonly name: string;
  /** One sentence, in our own words. */
  readonly summary: string;
  /** The version of Redis that has it first. */
  readonly since: string;
  readonly group: CommandGroup;
  readonly complexity?: string;
  readonly flags: readonly FlagName[];
  readonly history?: readonly HistoryEntry[];
  readonly tips?: readonly string[];
  readonly deprecated?: { readonly since: string; readonly replacedBy: string };
  /** Not for clients: only servers and tests send it. */
  readonly system?: true;
  /** Where it does not follow from the arguments. */
  readonly arity?: number;
  /** ACL categories in place of the group's; those of flags are added in any case. */
  readonly aclGroups?: readonly AclCategory[];
  /** ACL categories beside the group's and the flags'. */
  readonly aclExtras?: readonly AclCategory[];
  /** Where the keys are, where that does not follow from the arguments. */
  readonly keys?: readonly KeySpec[];
  /** Finds the keys of a request whose command is word `offset`, where no rule says where they are. */
  readonly findKeys?: (request: Request, offset: number) => readonly KeyPosition[];
  /** What this request does to its keys, where that depends on its words; `first` is the key's. */
  readonly keyFlags?: (request: Request, first: number) => readonly KeyFlag[];
}

/** A command as the table takes it. */
export interface CommandDeclaration extends DeclarationBase {
  readonly arguments: readonly Argument[];
  readonly subcommands: readonly CommandDeclaration[];
  /** How many words its name has: 2 for a subcommand. */
  readonly nameWords: 1 | 2;
  /** Does the work and writes the reply; null for a container that is no command by itself. */
  readonly execute: ((context: CommandContext) => void) | null;
}

/** A command that receives its arguments parsed. */
interface ParsedDeclaration<Arguments extends readonly Argument[]> extends DeclarationBase {
  readonly arguments?: Arguments;
  run(context: CommandContext, values: ValuesOf<Arguments>): void;
}

/** A command that reads the words of the request itself: hot ones, and those with odd grammars. */
interface DirectDeclaration extends DeclarationBase {
  readonly arguments?: readonly Argument[];
  execute(context: CommandContext): void;
}

/** A command that consists of subcommands; with `execute` it is also one without. */
interface ContainerDeclaration extends DeclarationBase {
  readonly subcommands: readonly CommandDeclaration[];
  execute?(context: CommandContext): void;
}

/** Declares a command. Add it to its family's list, too. */
export function defineCommand<const Arguments extends readonly Argument[]>(
  declaration: ParsedDeclaration<Arguments> | DirectDeclaration,
): CommandDeclaration {
  return complete(declaration, 1);
}

/** Declares a subcommand; its words begin at 2. */
export function defineSubcommand<const Arguments extends readonly Argument[]>(
  declaration: ParsedDeclaration<Arguments> | DirectDeclaration,
): CommandDeclaration {
  return complete(declaration, 2);
}

/** Declares a command that has subcommands. */
export function defineContainer(declaration: ContainerDeclaration): CommandDeclaration {
  const { execute, subcommands, ...rest } = declaration;
  return { ...rest, arguments: [], subcommands, nameWords: 1, execute: execute ?? null };
}

function complete<const Arguments extends readonly Argument[]>(
  declaration: ParsedDeclaration<Arguments> | DirectDeclaration,
  nameWords: 1 | 2,
): CommandDeclaration {
  const declared = declaration.arguments ?? [];
  const common = { arguments: declared, subcommands: [], nameWords };
  if ('execute' in declaration) return { ...declaration, ...common };
  const { run, ...rest } = declaration;
  return {
    ...rest,
    ...common,
    execute: (context) => {
      run(context, parseArguments(declared as Arguments, context.request, nameWords));
    },
  };
}
