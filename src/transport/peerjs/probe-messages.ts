/** What a page and its probe worker say to each other. */
export type ToProbeWorker =
  | { readonly type: 'adopt'; readonly id: number; readonly channel: RTCDataChannel }
  | { readonly type: 'send'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'answering'; readonly id: number; readonly isAnswering: boolean }
  | { readonly type: 'release'; readonly id: number }
  /** The page has taken so many datagrams in all. */
  | { readonly type: 'taken'; readonly count: number };

export type FromProbeWorker =
  /** It runs: what it adopts is answered. */
  | { readonly type: 'ready' }
  | { readonly type: 'datagram'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> };
