/** What applications publish and get. */
import { LeafcutterError } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import { type BrokerVerb, messageWeight } from '../contract.ts';
import { type HeaderInit, MsgHeaders } from './headers.ts';

/** A text travels as UTF-8. Bytes are not copied until they leave: leave them alone until then. */
export type Payload = string | Uint8Array;

/** What goes with an answer. */
export interface RespondOptions {
  readonly headers?: HeaderInit;
}

/** @throws LeafcutterError `bad-payload` */
export function bytesOfPayload(payload: Payload): Uint8Array {
  if (typeof payload === 'string') return new TextEncoder().encode(payload);
  if (payload instanceof Uint8Array) return payload;
  throw new LeafcutterError(
    'bad-payload',
    'a payload is a text or a Uint8Array; send other things as JSON.stringify(value)',
  );
}

/** A message that has arrived. */
export class Msg {
  readonly subject: string;
  /** Where an answer goes; '' when none is wanted. */
  readonly reply: string;
  /** Yours to read; other subscriptions of this tab get the same bytes. */
  readonly data: Uint8Array;
  readonly headers: MsgHeaders | undefined;
  /** The Node of its publisher; proven. */
  readonly from: NodeId;
  /** So many were lost by this subscription just before it: it was read too slowly, or the mesh could not bring them. */
  readonly lost: number;
  /** Bytes that it takes while it lies somewhere, its headers included. */
  readonly weight: number;
  readonly #respond: (data: Payload, options: RespondOptions) => void;

  constructor(
    verb: Extract<BrokerVerb, { readonly type: 'msg' }>,
    respond: (data: Payload, options: RespondOptions) => void,
  ) {
    const { subject, reply, headers, payload, from, lost } = verb;
    this.subject = subject;
    this.reply = reply ?? '';
    this.data = payload;
    this.headers = headers && MsgHeaders.decode(headers);
    this.from = from;
    this.lost = lost;
    this.weight = messageWeight(verb);
    this.#respond = respond;
  }

  /** Answers; false when no answer is wanted. @throws what `publish` throws */
  respond(data: Payload = '', options: RespondOptions = {}): boolean {
    if (this.reply === '') return false;
    this.#respond(data, options);
    return true;
  }

  /** As UTF-8; what is none becomes U+FFFD. */
  string(): string {
    return new TextDecoder().decode(this.data);
  }

  /** Check what others say: nothing but the syntax is. @throws LeafcutterError `not-json` */
  json(): unknown {
    try {
      return JSON.parse(this.string());
    } catch (cause) {
      throw new LeafcutterError(
        'not-json',
        `what came on "${this.subject}" is not JSON; look at its string() or data`,
        { cause },
      );
    }
  }
}
