/** What the hops bench calls in each of its four pages. */
import type { Line } from '../unicast/line.ts';
import * as bare from './bound.ts';
import * as ours from './mesh.ts';

export type HopWay = 'leafcutter' | 'bound';

const ways: Readonly<Record<HopWay, Line>> = { leafcutter: ours.mesh, bound: bare.bound };

interface HopsPage {
  readonly bound: {
    offer(): Promise<string>;
    answer(sdp: string): Promise<string>;
    accept(sdp: string): Promise<void>;
  };
  readonly mesh: {
    /** Resolves with the Node's id. */
    start(port: number): string;
    /** Resolves when so many are members, we among them, and the others are neighbours. */
    meet(count: number): Promise<void>;
    block(peers: readonly string[]): void;
    /** Resolves when the way to `target` takes so many hops. */
    awaitHops(target: string, hops: number): Promise<void>;
  };
  expect(way: HopWay, bytes: number, count: number): void;
  /** Milliseconds until the last page has them all. */
  send(way: HopWay, bytes: number, count: number): Promise<number>;
}

declare global {
  interface Window {
    hops: HopsPage;
  }
}

window.hops = {
  bound: { offer: bare.offer, answer: bare.answer, accept: bare.accept },
  mesh: { start: ours.start, meet: ours.meet, block: ours.block, awaitHops: ours.awaitHops },
  expect: (way, bytes, count) => ways[way].expect(bytes, count),
  send: (way, bytes, count) => ways[way].send(bytes, count),
};
