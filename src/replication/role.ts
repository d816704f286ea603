import type { Link } from './replica/link.ts';

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
