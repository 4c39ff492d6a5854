/** What a packet carries, in words for the debug panel's log. Untrusted bytes are fine: it never throws. */
import { decodeMessage, type MeshMessage } from './message.ts';
import { PACKET_HEAD_BYTES, RecordFlag, readRecord } from './packet.ts';

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
  for (let record = readRecord(packet, at); record; record = readRecord(packet, at)) {
    at = record.end;
    if (titles.length === MAX_LISTED) return `${titles.join(', ')}, …`;
    if (record.flags === 0 || record.flags === RecordFlag.last) titles.push('…');
    else {
      const message = decodeMessage(packet, record.start, record.end);
      if (message) titles.push(messageTitle(message));
    }
  }
  return titles.join(', ');
}
