import { bytesOfLatin1 } from '../../base/bytes.ts';
import type { ReplicaSession } from './replica-session.ts';
import type { StreamSource } from './snapshot-source.ts';

/**
 * Tells replicas that their snapshot stands at `offset`, and keeps the stream from there for them.
 * The stream forgets its database, so that what follows says it anew.
 */
export function openStreams(
  members: readonly ReplicaSession[],
  source: StreamSource,
  offset: number,
): void {
  const line = bytesOfLatin1(`+FULLRESYNC ${source.history.id} ${offset}\r\n`);
  source.forgetDatabase();
  for (const member of members) {
    const { isPrePsync, wantsSnapshotOnly } = member.introduction;
    if (!isPrePsync) member.send(line);
    if (!wantsSnapshotOnly) member.readFrom(source.readerAt(offset));
  }
}
