/** What the table of the chain knows of a server, read from its `INFO`. */

/** One look at one server. */
export interface Sample {
  readonly role: 'primary' | 'replica';
  /** The link to its own primary; a primary has none. */
  readonly link: 'up' | 'down' | 'syncing' | 'none';
  readonly offset: number;
  readonly keys: number;
  readonly operationsPerSecond: number;
  /** Syncs that it gave to those below it. */
  readonly fullSyncs: number;
  readonly partialSyncs: number;
}

/** Reads the text of `INFO`. */
export function sampleOf(info: string): Sample {
  const fields = new Map<string, string>();
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const number = (name: string) => Number(fields.get(name) ?? '0');
  const isReplica = fields.get('role') === 'slave';
  return {
    role: isReplica ? 'replica' : 'primary',
    link: isReplica ? linkOf(fields) : 'none',
    offset: isReplica ? number('slave_repl_offset') : number('master_repl_offset'),
    keys: keysOf(fields),
    operationsPerSecond: number('instantaneous_ops_per_sec'),
    fullSyncs: number('sync_full'),
    partialSyncs: number('sync_partial_ok'),
  };
}

function linkOf(fields: ReadonlyMap<string, string>): Sample['link'] {
  if (fields.get('master_sync_in_progress') === '1') return 'syncing';
  return fields.get('master_link_status') === 'up' ? 'up' : 'down';
}

function keysOf(fields: ReadonlyMap<string, string>): number {
  let keys = 0;
  for (const [name, value] of fields) {
    if (/^db\d+$/.test(name)) keys += Number(/keys=(\d+)/.exec(value)?.[1] ?? '0');
  }
  return keys;
}

/** How long the primary's offsets are remembered. */
const memoryMs = 60_000;

/** How old a replica's data is: since when the primary has been ahead of it. */
export class Staleness {
  readonly #offsets: { readonly atMs: number; readonly offset: number }[] = [];

  /** Notes the primary's offset. */
  note(atMs: number, offset: number): void {
    const last = this.#offsets.at(-1);
    if (last?.offset !== offset) this.#offsets.push({ atMs, offset });
    while (this.#offsets.length > 1 && (this.#offsets[1]?.atMs ?? atMs) < atMs - memoryMs) {
      this.#offsets.shift();
    }
  }

  /** Milliseconds, exact to the distance of two looks. */
  ofReplica(nowMs: number, offset: number): number {
    const ahead = this.#offsets.find((each) => each.offset > offset);
    return ahead === undefined ? 0 : Math.max(0, nowMs - ahead.atMs);
  }
}
