import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId, type Signal } from '../../wire/index.ts';
import { messageForPeerJs, signalFromPeerJs } from './peer-signals.ts';
import { readServerMessage } from './server-messages.ts';

const random = seededRandom(1);
const [us, them] = [newNodeId(random), newNodeId(random)];

describe('the signals of PeerJS', () => {
  it('leave as signals of ours and come in as PeerServer would have brought them', () => {
    const said = [
      { type: 'OFFER', payload: { connectionId: 'dc_1', sdp: { type: 'offer', sdp: 'v=0' } } },
      { type: 'ANSWER', payload: { connectionId: 'dc_1', sdp: { type: 'answer', sdp: 'v=0' } } },
      { type: 'CANDIDATE', payload: { connectionId: 'dc_1', candidate: { candidate: 'c', sdpMid: '0' } } },
    ].map((message) => signalFromPeerJs({ ...message, dst: them }));
    expect(said).toEqual([
      { to: them, signal: { kind: 'offer', connection: 'dc_1', text: 'v=0' } },
      { to: them, signal: { kind: 'answer', connection: 'dc_1', text: 'v=0' } },
      { to: them, signal: { kind: 'candidate', connection: 'dc_1', text: 'c' } },
    ]);
    const heard = said.map((each) =>
      readServerMessage({ ...messageForPeerJs(each?.signal as Signal), src: us }),
    );
    const signal = { kind: 'signal', from: us, connectionId: 'dc_1' };
    expect(heard).toEqual([
      { kind: 'offer', from: us, connectionId: 'dc_1' },
      { ...signal, sdp: 'v=0' },
      signal,
    ]);
    expect(messageForPeerJs({ kind: 'hang-up', connection: 'dc_1', text: '' })).toBeUndefined();
  });

  it('say of a restart that it is none of a new connection', () => {
    const restart: Signal = { kind: 'restart', connection: 'dc_1', text: 'v=0' };
    const message = messageForPeerJs(restart);
    expect(readServerMessage({ ...message, src: us })).toEqual({
      kind: 'restart',
      from: us,
      connectionId: 'dc_1',
      sdp: 'v=0',
    });
    expect(signalFromPeerJs({ ...message, dst: them })).toEqual({ to: them, signal: restart });
  });

  it('are not what PeerJS has to say to its server, and never larger than a frame holds', () => {
    const offer = { type: 'OFFER', dst: them, payload: { connectionId: 'dc_1', sdp: { sdp: 'v=0' } } };
    expect(signalFromPeerJs({ type: 'HEARTBEAT' })).toBeUndefined();
    expect(signalFromPeerJs({ ...offer, dst: 'bob' })).toBeUndefined();
    expect(signalFromPeerJs({ ...offer, payload: undefined })).toBeUndefined();
    const sdp = { sdp: 'x'.repeat(12_001) };
    expect(signalFromPeerJs({ ...offer, payload: { connectionId: 'dc_1', sdp } })).toBeUndefined();
    expect(
      signalFromPeerJs({ ...offer, payload: { ...offer.payload, connectionId: 'x'.repeat(65) } }),
    ).toBeUndefined();
  });
});
