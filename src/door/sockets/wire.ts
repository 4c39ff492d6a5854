/** A socket as a client at the door needs it: TCP, TLS and WebSocket are the same behind it. */
export interface Wire {
  readonly kind: 'nats' | 'websocket';
  /** Of the client: IP address and port. */
  readonly ip: string;
  readonly port: number;
  /** Written and not out yet. */
  readonly pendingBytes: number;
  readonly tlsVersion: string | undefined;
  /** @param onOut when the system has taken all of it; never, when the socket breaks before */
  write(pieces: readonly Uint8Array[], onOut: () => void): void;
  pause(): void;
  resume(): void;
  /** Closes when what is written is out, or after LINGER_MS. */
  end(): void;
  destroy(): void;
}

export interface WireListener {
  bytes(chunk: Uint8Array): void;
  /** Once, and the last. */
  closed(reason: string): void;
}

/** How long one that does not read has for its last words. */
export const LINGER_MS = 1_000;
