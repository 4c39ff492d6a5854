/** What the bench calls in each of its two pages. */
import { setBusy } from '../common/busy.ts';
import type { Line } from './line.ts';
import * as ours from './mesh.ts';
import * as theirs from './peerjs.ts';
import { accept, answer, offer, raw } from './raw.ts';

export type Way = 'leafcutter' | 'raw' | 'peerjs';

const ways: Readonly<Record<Way, Line>> = { leafcutter: ours.mesh, raw, peerjs: theirs.peerjs };

interface UnicastPage {
  readonly raw: {
    offer(): Promise<string>;
    answer(sdp: string): Promise<string>;
    accept(sdp: string): Promise<void>;
  };
  connectPeerJs(port: number, id: string, target?: string): Promise<void>;
  connectMesh(port: number): Promise<void>;
  /** Keeps the main thread busy 50 of 60 ms. */
  setBusy(busy: boolean): void;
  expect(way: Way, bytes: number, count: number): void;
  /** Milliseconds until the other page has them all. */
  send(way: Way, bytes: number, count: number): Promise<number>;
}

declare global {
  interface Window {
    unicast: UnicastPage;
  }
}

window.unicast = {
  raw: { offer, answer, accept },
  connectPeerJs: theirs.connect,
  connectMesh: ours.connect,
  setBusy,
  expect: (way, bytes, count) => ways[way].expect(bytes, count),
  send: (way, bytes, count) => ways[way].send(bytes, count),
};
