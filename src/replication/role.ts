import type { ReplicaView } from './primary/replicas.ts';
import type { Link } from './replica/link.ts';
import { wireName } from './replica/link-state.ts';

/** An address of a server. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What this server is in its history: the source, or a follower of one. */
export type Role = { readonly name: 'primary' } | { readonly name: 'replica'; readonly link: Link };

/** What ROLE shows. */
export type RoleView =
  | {
      readonly role: 'primary';
      readonly offset: number;
      readonly replicas: readonly {
        readonly host: string;
        readonly port: number;
        readonly offset: number;
      }[];
    }
  | {
      readonly role: 'replica';
      readonly host: string;
      readonly port: number;
      /** In the words of ROLE: `connect`, `connecting`, `handshake`, `sync`, `connected`. */
      readonly linkState: string;
      /** -1 while the link is not up. */
      readonly offset: number;
    };

/** ROLE's answer. `offset` is the history's, `replicas` are those of a primary. */
export function roleViewOf(role: Role, offset: number, replicas: readonly ReplicaView[]): RoleView {
  if (role.name === 'primary') {
    return {
      role: 'primary',
      offset,
      replicas: replicas.filter(({ state }) => state === 'online'),
    };
  }
  const { link } = role;
  return {
    role: 'replica',
    ...link.target,
    linkState: wireName(link.state),
    offset: link.isUp ? offset : -1,
  };
}
