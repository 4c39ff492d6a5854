/** What a packet carries, in words for the debug panel's log. Untrusted bytes are fine: it never throws. */
import { decodeMessage, type MeshMessage } from './message.ts';
import { ChunkFlag, PACKET_HEAD_BYTES, readChunk } from './packet.ts';

/** A packet can hold thousands of small messages; a line of a log cannot. */
const MAX_LISTED = 3;

/** The kind and name of a message: `blobs/piece?` asks, `answer` answers. */
export function messageTitle(message: MeshMessage): string {
  switch (message.kind) {
    case 'message':
      return message.name;
    case 'request':
      return `${message.name}?`;
    case 'response':
      return 'answer';
    case 'error':
      return `error: ${message.reason}`;
  }
}

/** The titles of the messages that begin in the packet, the first few; `…` where an earlier one goes on. */
export function packetContents(packet: Uint8Array): string {
  const titles: string[] = [];
  let at = PACKET_HEAD_BYTES;
  for (let chunk = readChunk(packet, at); chunk; chunk = readChunk(packet, at)) {
    at = chunk.end;
    if (titles.length === MAX_LISTED) return `${titles.join(', ')}, …`;
    if (chunk.flags === 0 || chunk.flags === ChunkFlag.last) titles.push('…');
    else {
      const message = decodeMessage(packet, chunk.start, chunk.end);
      if (message) titles.push(messageTitle(message));
    }
  }
  return titles.join(', ');
}
