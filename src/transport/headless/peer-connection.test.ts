import { afterEach, describe, expect, it } from 'vitest';
import { readFingerprints } from '../peerjs/fingerprints.ts';
import { IceDiary } from '../peerjs/ice-diary.ts';
import { HeadlessPeerConnection, onlyLoopback } from './peer-connection.ts';

const open: HeadlessPeerConnection[] = [];
afterEach(() => {
  for (const connection of open.splice(0)) connection.close();
});

function pair(): readonly [HeadlessPeerConnection, HeadlessPeerConnection] {
  const both = [new HeadlessPeerConnection(), new HeadlessPeerConnection()] as const;
  open.push(...both);
  const [a, b] = both;
  for (const [from, to] of [both, [b, a]] as const) {
    // One that comes after the end is refused.
    from.onicecandidate = ({ candidate }) => to.addIceCandidate(candidate).catch(() => undefined);
  }
  return both;
}

/** It is one as far as the transport looks. */
const fingerprints = (connection: HeadlessPeerConnection) =>
  readFingerprints(connection as unknown as RTCPeerConnection);

/** Offers and answers; `edit` is what a server on the way does to the answer. Resolves when `a` is up or has failed. */
async function negotiate(
  [a, b]: readonly [HeadlessPeerConnection, HeadlessPeerConnection],
  edit: (sdp: string) => string = (sdp) => sdp,
): Promise<RTCPeerConnectionState> {
  const settled = new Promise<RTCPeerConnectionState>((resolve) => {
    a.onconnectionstatechange = () => {
      if (a.connectionState === 'connected' || a.connectionState === 'failed') resolve(a.connectionState);
    };
  });
  a.createDataChannel('frames');
  const offer = await a.createOffer();
  await b.setRemoteDescription(offer);
  const { type, sdp = '' } = await b.createAnswer();
  await a.setRemoteDescription({ type, sdp: edit(sdp) });
  return settled;
}

describe('the connection in Node', () => {
  it('lets the end that answers begin DTLS', async () => {
    const [a, b] = pair();
    expect(await negotiate([a, b])).toBe('connected');
    expect(b.localDescription?.sdp).toMatch(/^a=setup:active\r?$/m);
    expect(a.localDescription?.sdp).toMatch(/^a=setup:actpass\r?$/m);
  });

  it('tells nobody where it is before it has the answer', async () => {
    const [a, b] = pair();
    const told: (string | undefined)[] = [];
    a.onicecandidate = ({ candidate }) => told.push(candidate.candidate);
    a.createDataChannel('frames');
    const offer = await a.createOffer();
    expect(offer.sdp).not.toContain('candidate');
    await b.setRemoteDescription(offer);
    const answer = await b.createAnswer();
    while (a.iceGatheringState !== 'complete') await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
    await a.setRemoteDescription(answer);
    while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(told[0]).toMatch(/^candidate:/);
  });

  it('lets be said why no path was found', () => {
    const alone = new HeadlessPeerConnection({ iceTransportPolicy: 'relay' });
    open.push(alone);
    const diary = new IceDiary(alone as unknown as RTCPeerConnection);
    expect(diary.explain()).toBe('connections may only go over TURN servers, and none is configured');
    const turn = { urls: 'turn:127.0.0.1:1', username: 'a', credential: 'b' };
    const withTurn = new HeadlessPeerConnection({ iceTransportPolicy: 'relay', iceServers: [turn] });
    open.push(withTurn);
    expect(new IceDiary(withTurn as unknown as RTCPeerConnection).explain()).toContain(
      'none of them answered',
    );
  });

  it('offers nothing before it is asked to', async () => {
    const [a] = pair();
    a.createDataChannel('frames');
    await new Promise((resolve) => setImmediate(resolve));
    expect(a.iceGatheringState).toBe('new');
    expect(a.signalingState).toBe('stable');
  });

  it('refuses a certificate that is not the one in the description', async () => {
    const forged = (sdp: string): string =>
      sdp.replace(/(a=fingerprint:sha-256 )(..)/i, (_, start, byte) => start + (byte === 'AA' ? 'BB' : 'AA'));
    const ends = pair();
    expect(await negotiate(ends, forged)).toBe('failed');
    ends[0].close();
    expect(ends[0].connectionState).toBe('closed');
  });

  it('a second certificate in a description opens nothing: the one that is kept is the one that is checked', async () => {
    const ends = pair();
    const added = (sdp: string): string =>
      sdp.replace(/^a=fingerprint:.*$/im, (line) => `${line}\r\na=fingerprint:sha-256 ${'AA:'.repeat(31)}AA`);
    const state = await negotiate(ends, added);
    const [a, b] = ends;
    if (state === 'connected') expect(fingerprints(a).remote).toEqual(fingerprints(b).local);
  });

  it('uses the loopback interface only where there is no other', () => {
    const address = { address: '', netmask: '', mac: '', cidr: null, family: 'IPv4' } as const;
    expect(onlyLoopback({ lo: [{ ...address, internal: true }] })).toBe('127.0.0.1');
    expect(
      onlyLoopback({ lo: [{ ...address, internal: true }], eth0: [{ ...address, internal: false }] }),
    ).toBe(undefined);
  });
});
