import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../runtime/index.ts';
import { packetContents } from './contents.ts';
import { encodeMessage, type MeshMessage } from './message.ts';
import { ChunkFlag } from './packet.ts';

const body = new Uint8Array(5);
const WHOLE = ChunkFlag.first | ChunkFlag.last;

function chunk(flags: number, piece: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(flags, 0, piece.length >> 8, piece.length), piece);
}

function packet(...chunks: readonly Uint8Array[]): Uint8Array {
  return concatBytes(Uint8Array.of(0, 0), ...chunks);
}

const whole = (message: MeshMessage): Uint8Array => chunk(WHOLE, encodeMessage(message));

describe('the contents of a packet, for the log', () => {
  it('are the names of its messages, questions and answers', () => {
    const bytes = packet(
      whole({ kind: 'message', name: 'chat', body }),
      whole({ kind: 'request', name: 'blobs/piece', requestId: 1, body }),
      whole({ kind: 'response', requestId: 1, body }),
    );
    expect(packetContents(bytes)).toBe('chat, blobs/piece?, answer');
  });

  it('say that an earlier message goes on, and stop after a few', () => {
    const chat = whole({ kind: 'message', name: 'chat', body });
    expect(packetContents(packet(chunk(ChunkFlag.last, body), chat))).toBe('…, chat');
    expect(packetContents(packet(chat, chat, chat, chat))).toBe('chat, chat, chat, …');
  });

  it('never throw, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => typeof packetContents(bytes) === 'string'),
    );
  });
});
