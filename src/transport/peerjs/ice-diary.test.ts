import { describe, expect, it } from 'vitest';
import { candidateKinds, explainNoPath, IceDiary, type IceFacts } from './ice-diary.ts';

const host = new Set(['host']);
const both: IceFacts = { policy: 'all', hasTurn: false, local: host, remote: host, errors: [] };
const refused = { url: 'turn:turn.test:3478?transport=udp', code: 401, text: 'Unauthorized' };
const unreached = { url: 'turn:turn.test:3478', code: 701, text: 'TURN allocate request timed out.' };
const stun = { url: 'stun:stun.test:3478', code: 701, text: 'STUN binding request timed out.' };

describe('a connection that did not come about', () => {
  it.each<[string, IceFacts, RegExp]>([
    ['no address of ours', { ...both, local: new Set() }, /^this browser offers no address/],
    ['no address of theirs', { ...both, remote: new Set() }, /^the other device offers no address/],
    ['blocked UDP, no TURN', both, /^UDP does not pass between .* names no TURN server/],
    ['blocked UDP, STUN not reached', { ...both, errors: [stun] }, /names no TURN server/],
    [
      'a silent TURN server',
      { ...both, hasTurn: true },
      /^UDP does not pass directly .* no TURN server answered/,
    ],
    [
      'TURN refused',
      { ...both, hasTurn: true, errors: [unreached, refused] },
      /directly.*turn\.test:3478 refused this device \(401 Unauthorized\)/,
    ],
    [
      'TURN not reached',
      { ...both, hasTurn: true, errors: [unreached] },
      /directly.*turn\.test:3478 was not reached: .*UDP/,
    ],
    [
      'nothing over TURN',
      { ...both, hasTurn: true, remote: new Set(['relay']) },
      /not even over a TURN server/,
    ],
    [
      'TURN only, refused',
      { ...both, policy: 'relay', hasTurn: true, local: new Set(), errors: [refused] },
      /^the TURN server turn\.test:3478 refused/,
    ],
    [
      'TURN only, silent',
      { ...both, policy: 'relay', hasTurn: true, local: new Set() },
      /none of them answered/,
    ],
    ['TURN only, none configured', { ...both, policy: 'relay', local: new Set() }, /none is configured/],
  ])('by %s says so', (_, facts, says) => {
    expect(explainNoPath(facts)).toMatch(says);
  });
});

it('reads the kinds of candidates from a session description', () => {
  const sdp = [
    'v=0',
    'a=candidate:1 1 udp 2113937151 4f2c.local 54400 typ host generation 0',
    'a=candidate:2 1 udp 1677729535 203.0.113.5 54400 typ srflx raddr 0.0.0.0 rport 0',
    'a=candidate:3 1 udp 2113937151 192.0.2.1 54401 typ host',
    'a=note: typ relay',
    '',
  ].join('\r\n');
  expect([...candidateKinds(sdp)]).toEqual(['host', 'srflx']);
  expect(candidateKinds('v=0\r\n').size).toBe(0);
});

describe('the diary of a connection', () => {
  const withCandidate = { sdp: 'v=0\r\na=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n' };
  const connection = (state: Partial<Record<keyof RTCPeerConnection, unknown>>) =>
    Object.assign(new EventTarget(), {
      localDescription: { sdp: 'v=0\r\n' },
      remoteDescription: null,
      iceGatheringState: 'gathering',
      iceConnectionState: 'new',
      getConfiguration: () => ({ iceServers: [{ urls: ['turn:turn.test:3478'] }] }),
      ...state,
    }) as unknown as RTCPeerConnection;

  it('knows that without candidates there is no hope, once all were to be known', () => {
    expect(new IceDiary(connection({})).isHopeless).toBe(false);
    expect(new IceDiary(connection({ iceGatheringState: 'complete' })).isHopeless).toBe(true);
    const known = connection({ iceGatheringState: 'complete', localDescription: withCandidate });
    expect(new IceDiary(known).isHopeless).toBe(false);
  });

  it('blames ICE only when both have spoken and are not connected', () => {
    expect(new IceDiary(connection({})).isIceToBlame).toBe(false);
    const spoken = { remoteDescription: withCandidate, iceConnectionState: 'checking' };
    expect(new IceDiary(connection(spoken)).isIceToBlame).toBe(true);
    for (const iceConnectionState of ['connected', 'completed']) {
      expect(new IceDiary(connection({ ...spoken, iceConnectionState })).isIceToBlame).toBe(false);
    }
  });

  it('explains with what servers answered on the way', () => {
    const target = connection({ localDescription: withCandidate, remoteDescription: withCandidate });
    const diary = new IceDiary(target);
    expect(diary.explain()).toMatch(/no TURN server answered/);
    const { url, code, text } = refused;
    target.dispatchEvent(
      Object.assign(new Event('icecandidateerror'), { url, errorCode: code, errorText: text }),
    );
    expect(diary.explain()).toMatch(/refused this device \(401 Unauthorized\)/);
  });
});
