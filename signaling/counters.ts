/** What has happened since the start, as numbers. */
export interface Counters {
  registrations: number;
  readonly signals: { OFFER: number; ANSWER: number; CANDIDATE: number };
  /** Signals to Nodes that are not there, or too many of them. */
  expired: number;
  /** Messages that were malformed or too frequent, and broken frames. */
  malformed: number;
  /** Connections that were closed before anything was read. */
  connectionsRefused: number;
  readonly refused: { origin: number; addressFull: number; serverFull: number; badRequest: number };
}

export function newCounters(): Counters {
  return {
    registrations: 0,
    signals: { OFFER: 0, ANSWER: 0, CANDIDATE: 0 },
    expired: 0,
    malformed: 0,
    connectionsRefused: 0,
    refused: { origin: 0, addressFull: 0, serverFull: 0, badRequest: 0 },
  };
}
