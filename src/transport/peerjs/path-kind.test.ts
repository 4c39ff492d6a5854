import { expect, it } from 'vitest';
import { pathKindOf } from './path-kind.ts';

const candidates = (local: string, remote: string) => [
  { id: 'l', type: 'local-candidate', candidateType: local },
  { id: 'r', type: 'remote-candidate', candidateType: remote },
  { id: 'other', type: 'local-candidate', candidateType: 'relay' },
];
const pairs = [
  { id: 'p0', type: 'candidate-pair', localCandidateId: 'other', remoteCandidateId: 'r' },
  { id: 'p1', type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r' },
];
const transport = { id: 't', type: 'transport', selectedCandidatePairId: 'p1' };

it.each([
  ['host', 'host', 'host'],
  ['host', 'srflx', 'reflexive'],
  ['prflx', 'host', 'reflexive'],
  ['relay', 'host', 'relay'],
  ['srflx', 'relay', 'relay'],
] as const)('from %s to %s is %s', (local, remote, kind) => {
  expect(pathKindOf([transport, ...pairs, ...candidates(local, remote)])).toBe(kind);
});

it('is told by the mark on the pair where there is no transport', () => {
  const marked = pairs.map((pair) => ({ ...pair, selected: pair.id === 'p1' }));
  expect(pathKindOf([...marked, ...candidates('host', 'host')])).toBe('host');
});

it('is unknown while no pair is selected', () => {
  expect(
    pathKindOf([{ id: 't', type: 'transport' }, ...pairs, ...candidates('host', 'host')]),
  ).toBeUndefined();
  expect(pathKindOf([])).toBeUndefined();
});
