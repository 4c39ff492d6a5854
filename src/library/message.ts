/** What travels, as an application sees it: text or bytes one way, a Message the other. */
import { LeafcutterError } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';

/** A text travels as UTF-8. Bytes are not copied until they leave: leave them alone until then. */
export type Payload = string | Uint8Array | ArrayBuffer;

/** A message or an answer that has arrived. */
export class Message {
  /** Who sent it; proven. */
  readonly from: NodeId;
  readonly name: string;
  /** Sent to everyone, or to several. */
  readonly isBroadcast: boolean;
  /** Yours to keep. */
  readonly body: Uint8Array;

  constructor(from: NodeId, name: string, isBroadcast: boolean, body: Uint8Array) {
    this.from = from;
    this.name = name;
    this.isBroadcast = isBroadcast;
    this.body = body;
  }

  /** As UTF-8; what is none becomes U+FFFD. */
  text(): string {
    return new TextDecoder().decode(this.body);
  }

  /** Check what others say: nothing but the syntax is. @throws LeafcutterError `not-json` */
  json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch (cause) {
      throw new LeafcutterError(
        'not-json',
        `"${this.name}" of node ${this.from.slice(0, 8)} is not JSON; look at its text() or body`,
        { cause },
      );
    }
  }
}

/** @throws LeafcutterError `bad-body` */
export function bytesOf(payload: Payload): Uint8Array {
  if (typeof payload === 'string') return new TextEncoder().encode(payload);
  if (payload instanceof Uint8Array) return payload;
  if (payload instanceof ArrayBuffer) return new Uint8Array(payload);
  throw new LeafcutterError(
    'bad-body',
    'a message is a text, a Uint8Array or an ArrayBuffer; send other things as JSON.stringify(value)',
  );
}
