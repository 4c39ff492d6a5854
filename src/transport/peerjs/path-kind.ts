/** How an open connection runs: from address to address, through a NAT, or over a TURN server. From the pair that ICE selected. */
import type { PathKind } from '../contract.ts';

/** The part of a getStats entry that is used. */
interface Stat {
  readonly id: string;
  readonly type: string;
  readonly [name: string]: unknown;
}

/** @param stats the values of an RTCStatsReport. Undefined while no pair is selected. */
export function pathKindOf(stats: Iterable<Stat>): PathKind | undefined {
  const byId = new Map([...stats].map((stat) => [stat.id, stat]));
  const all = [...byId.values()];
  const selected = all.find(({ type }) => type === 'transport')?.['selectedCandidatePairId'];
  const pair =
    byId.get(String(selected)) ??
    // Firefox names no transport, but marks the pair.
    all.find((stat) => stat.type === 'candidate-pair' && stat['selected'] === true);
  if (!pair) return undefined;
  const kinds = [pair['localCandidateId'], pair['remoteCandidateId']].map(
    (id) => byId.get(String(id))?.['candidateType'],
  );
  if (kinds.includes('relay')) return 'relay';
  return kinds.some((kind) => kind === 'srflx' || kind === 'prflx') ? 'reflexive' : 'host';
}
