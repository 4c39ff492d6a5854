/**
 * What a NATS client says, as its bytes mean it: subjects are still plain text, for whether they are any, and whether this client may
 * use them, is decided elsewhere (client-state.ts).
 */
export type NatsCommand =
  | { readonly type: 'connect'; readonly json: string }
  | {
      readonly type: 'pub';
      readonly subject: string;
      readonly reply: string | undefined;
      /** `NATS/1.0\r\n...\r\n\r\n`, as it came. */
      readonly headers: Uint8Array | undefined;
      readonly payload: Uint8Array;
    }
  | {
      readonly type: 'sub';
      readonly subject: string;
      readonly queue: string | undefined;
      readonly sid: string;
    }
  /** `max`: undefined for "now". */
  | { readonly type: 'unsub'; readonly sid: string; readonly max: number | undefined }
  | { readonly type: 'ping' | 'pong' }
  /** The last command: nothing after it can be understood. */
  | {
      readonly type: 'error';
      /** Of `-ERR`; undefined where NATS closes without a word. */
      readonly text: string | undefined;
      /** Whether it began as CONNECT does: before anything else a client that must prove itself may say only that. */
      readonly isOfConnect: boolean;
    };

/** Stands for bytes that are no UTF-8: in no subject. */
export const NO_TEXT = '\ufffd';

/** The texts are nats-server's: clients match on them. */
export const UNKNOWN_OPERATION = 'Unknown Protocol Operation';
export const CONTROL_LINE_EXCEEDED = 'maximum control line exceeded';
export const PAYLOAD_EXCEEDED = 'Maximum Payload Violation';

export interface NatsLimits {
  /** Headers included. */
  readonly maxPayloadBytes: number;
  /** Of what stands between a verb, the blanks behind it, and the end of its line. */
  readonly maxControlLineBytes: number;
}

/** nats-server's default. */
export const MAX_CONTROL_LINE_BYTES = 4096;
