/** What a browser's statistics say of the path in use, from what libdatachannel knows: enough to tell host, reflexive and relay. */
import type { SelectedCandidateInfo } from 'node-datachannel';

interface SelectedPair {
  readonly local: SelectedCandidateInfo;
  readonly remote: SelectedCandidateInfo;
}

/** Empty without a pair. The entries have the names and types of the W3C's identifiers for WebRTC statistics. */
export function selectedPairReport(pair: SelectedPair | null): ReadonlyMap<string, object> {
  if (!pair) return new Map();
  const candidate = (
    id: string,
    type: string,
    { type: candidateType, address, port }: SelectedCandidateInfo,
  ) => ({
    id,
    type,
    candidateType,
    address,
    port,
  });
  const entries = [
    { id: 'transport', type: 'transport', selectedCandidatePairId: 'pair' },
    {
      id: 'pair',
      type: 'candidate-pair',
      state: 'succeeded',
      nominated: true,
      localCandidateId: 'local',
      remoteCandidateId: 'remote',
    },
    candidate('local', 'local-candidate', pair.local),
    candidate('remote', 'remote-candidate', pair.remote),
  ];
  return new Map(entries.map((entry) => [entry.id, entry]));
}
