import { expect, it } from 'vitest';
import { separateCandidates } from './descriptions.ts';

it('takes candidates out of a description', () => {
  const sdp = 'v=0\r\na=candidate:1 1 UDP 2 192.0.2.1 9 typ host\r\na=end-of-candidates\r\na=mid:0\r\n';
  expect(separateCandidates(sdp)).toEqual({
    sdp: 'v=0\r\na=mid:0\r\n',
    candidates: ['candidate:1 1 UDP 2 192.0.2.1 9 typ host'],
  });
  expect(separateCandidates('v=0\r\na=mid:0\r\n')).toEqual({ sdp: 'v=0\r\na=mid:0\r\n', candidates: [] });
});
