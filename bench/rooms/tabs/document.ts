/** A map that several pages share, whoever keeps it in step: what the bench asks of each way. */
export type WayName = 'rooms' | 'y-webrtc' | 'y-websocket' | 'automerge';

/** Where the servers of the ways listen. */
export type Ports = Readonly<Record<WayName, number>>;

export interface Shared {
  set(key: string, value: string): void;
  keys(): Iterable<string>;
  size(): number;
  /** Something has changed. */
  onChange(call: () => void): void;
  /** All that was set is with somebody else. */
  flushed(): Promise<unknown>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly ports: Ports;
  /** What the first one's `open` gave. Without one another document begins. */
  readonly link?: string;
  /** In IndexedDB. */
  readonly isKept: boolean;
}

export interface Way {
  /** Resolves when it is joined or begun, whatever has come by then. `connectedAt`: as `clock`, when only the document was missing. */
  open(options: OpenOptions): Promise<{ link: string; shared: Shared; connectedAt: number }>;
}

/** ms, the same in all pages of one machine. */
export const clock = (): number => performance.timeOrigin + performance.now();
