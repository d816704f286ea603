import type { CommandTable } from '../commands/lookup.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { Keyspace } from '../store/keyspace.ts';
import type { ServerConditions } from './admission.ts';
import type { EffectSink } from './effects.ts';
import type { Session } from './session.ts';

/** What the engine tells the server around it. */
export interface EngineEvents {
  /** A session's connection should be ended: what was replied is sent first. */
  readonly endSession: (session: Session) => void;
  /** A reply was kept because the peer does not read; limits may have to be looked at. */
  readonly outputKept: (session: Session) => void;
  /** An attack through a browser: somebody speaks HTTP. */
  readonly foreignProtocol: (session: Session) => void;
  /** A replica sent an empty line: it is alive. */
  readonly blankLine: (session: Session) => void;
}

/** What an engine is made of. */
export interface EngineOptions {
  readonly table: CommandTable;
  readonly keyspace: Keyspace;
  readonly clock: Clock;
  readonly random: Random;
  readonly sink: EffectSink;
  readonly conditions: ServerConditions;
  readonly events: EngineEvents;
  /** A session that is still there, by its id. */
  readonly sessionOf: (id: number) => Session | undefined;
}
