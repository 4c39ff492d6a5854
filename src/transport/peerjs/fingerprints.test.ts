import { describe, expect, it } from 'vitest';
import { sha256Sync, toHex } from '../../runtime/index.ts';
import {
  fingerprintLines,
  namesCertificate,
  onlyFingerprint,
  onlySha256,
  readFingerprints,
} from './fingerprints.ts';

const hash = (seed: number): string =>
  Array.from(sha256Sync(new Uint8Array([seed])), (byte) =>
    byte.toString(16).padStart(2, '0').toUpperCase(),
  ).join(':');
const plain = (seed: number): string => toHex(sha256Sync(new Uint8Array([seed])));
const sdp = (...lines: readonly string[]): string => ['v=0', ...lines, 'a=setup:actpass', ''].join('\r\n');

describe('fingerprints in a session description', () => {
  it('are read from session and media level, and counted once', () => {
    const text = sdp(
      `a=fingerprint:sha-256 ${hash(1)}`,
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      `a=fingerprint:SHA-256 ${hash(1).toLowerCase()}`,
      'a=fingerprint:sha-1 AB:CD',
    );
    expect(fingerprintLines(text)).toEqual([
      ['sha-256', plain(1)],
      ['sha-1', 'abcd'],
    ]);
    expect(toHex(onlySha256(text, 'this end'))).toBe(plain(1));
  });

  it('are refused when none or several could be meant', () => {
    expect(() => onlySha256(sdp(), 'this end')).toThrow(/this end names 0/);
    expect(() => onlySha256(sdp('a=fingerprint:sha-256 AB:CD'), 'this end')).toThrow(/this end/);
    const two = sdp(`a=fingerprint:sha-256 ${hash(1)}`, `a=fingerprint:sha-256 ${hash(2)}`);
    expect(() => onlySha256(two, 'this end')).toThrow(/names 2/);
  });

  it('of the other end leave no second choice to whoever carried them', () => {
    const honest = `a=fingerprint:sha-256 ${hash(1)}`;
    expect(toHex(onlyFingerprint(sdp(honest), 'the other end'))).toBe(plain(1));
    expect(() => onlyFingerprint(sdp(honest, 'a=fingerprint:sha-1 AB:CD'), 'the other end')).toThrow(
      /names 2/,
    );
  });
});

describe('the fingerprints of a connection', () => {
  // The three fields that are read; the real thing is in e2e/transport.spec.ts.
  const connection = (remoteSdp: string, transport: object): RTCPeerConnection =>
    ({
      localDescription: { sdp: sdp(`a=fingerprint:sha-256 ${hash(1)}`) },
      remoteDescription: { sdp: remoteSdp },
      sctp: { transport },
    }) as unknown as RTCPeerConnection;
  const lying = sdp(`a=fingerprint:sha-256 ${hash(9)}`);

  it('follow the certificate in use, not what the description says of it', () => {
    const certificate = new Uint8Array([7, 7]).buffer;
    const { local, remote } = readFingerprints(
      connection(lying, { getRemoteCertificates: () => [certificate] }),
    );
    expect(toHex(local)).toBe(plain(1));
    expect(toHex(remote)).toBe(toHex(sha256Sync(new Uint8Array([7, 7]))));
  });

  it('come from the description where the browser does not show the certificate', () => {
    expect(toHex(readFingerprints(connection(lying, {})).remote)).toBe(plain(9));
  });
});

describe('a description for a connection', () => {
  const line = (seed: number): string => `a=fingerprint:sha-256 ${hash(seed)}`;
  const peerConnection = {
    localDescription: { sdp: sdp(line(1)) },
    remoteDescription: { sdp: sdp(line(2)) },
  } as RTCPeerConnection;

  it('that is open must name the certificate that it has, and no other', () => {
    const names = (...lines: readonly string[]) =>
      namesCertificate(sdp(...lines), { open: true, peerConnection });
    expect(names(line(2))).toBe(true);
    expect(names(line(3))).toBe(false);
    expect(names(line(2), line(3))).toBe(false);
    expect(names()).toBe(false);
  });

  it('that is not open yet may name any: the handshake comes after it', () => {
    expect(namesCertificate(sdp(line(3)), { open: false, peerConnection })).toBe(true);
  });
});
