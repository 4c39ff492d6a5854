/**
 * A session description reduced to what two browsers need of it for data channels: the credentials of ICE, the fingerprint of
 * the certificate, who begins DTLS, and the addresses. All else is the same in every description of ours, so it can be
 * written again from that (RFC 8829, RFC 8839, RFC 8841): a hundred bytes instead of a kilobyte.
 */
import { LeafcutterError, toHex } from '../../runtime/index.ts';
import { onlySha256 } from './fingerprints.ts';

export interface Description {
  readonly ufrag: string;
  readonly password: string;
  /** SHA-256 of the DTLS certificate. */
  readonly fingerprint: Uint8Array;
  readonly setup: Setup;
  /** At most MAX_CANDIDATES. */
  readonly candidates: readonly Candidate[];
}

export const SETUPS = ['actpass', 'active', 'passive'] as const;
export type Setup = (typeof SETUPS)[number];
export const CANDIDATE_TYPES = ['host', 'srflx', 'prflx', 'relay'] as const;
export type CandidateType = (typeof CANDIDATE_TYPES)[number];
/** How the address is reached; of TCP only the end that listens is worth telling. */
export const PROTOCOLS = ['udp', 'tcp'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface Candidate {
  readonly type: CandidateType;
  readonly protocol: Protocol;
  /** IPv4, IPv6, or the `<uuid>.local` under which browsers hide an address of their LAN. */
  readonly address: string;
  readonly port: number;
}

/** The first ones; a machine with more interfaces is reached by one of them. */
export const MAX_CANDIDATES = 12;
/** RFC 8445, 5.1.2.2: recommended type preferences. */
const TYPE_PREFERENCE: Readonly<Record<CandidateType, number>> = {
  host: 126,
  prflx: 110,
  srflx: 100,
  relay: 0,
};
/** Port 9 (discard): an active TCP candidate waits for nobody. */
const DISCARD_PORT = 9;
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*|[0-9a-f-]{36}\.local)$/i;

/** @throws LeafcutterError `bad-description`, `fingerprint`: what a browser has made has all of it. */
export function reduceDescription(sdp: string): Description {
  const ufrag = line(sdp, 'ice-ufrag');
  const password = line(sdp, 'ice-pwd');
  const setup = SETUPS.find((each) => each === line(sdp, 'setup'));
  if (!ufrag || !password || !setup) {
    throw new LeafcutterError(
      'bad-description',
      'the browser made a session description without ICE or DTLS',
    );
  }
  const candidates = [...sdp.matchAll(/^a=candidate:(.*?)\r?$/gm)].flatMap(([, text]) => {
    const candidate = readCandidate(text ?? '');
    return candidate ? [candidate] : [];
  });
  return {
    ufrag,
    password,
    fingerprint: onlySha256(sdp, 'this end'),
    setup,
    candidates: candidates.slice(0, MAX_CANDIDATES),
  };
}

/** A description that every browser takes, without candidates: they are given apart. */
export function writeDescription({ ufrag, password, fingerprint, setup }: Description): string {
  const hex = toHex(fingerprint).toUpperCase().match(/../g)?.join(':') ?? '';
  return [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${hex}`,
    `a=setup:${setup}`,
    'a=mid:0',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
    '',
  ].join('\r\n');
}

/** The candidate lines, best first in their order, as `addIceCandidate` takes them. */
export function writeCandidates({ candidates, ufrag }: Description): string[] {
  return candidates.map(({ type, protocol, address, port }, index) => {
    const priority = TYPE_PREFERENCE[type] * 2 ** 24 + (0xffff - index) * 2 ** 8 + 255;
    const related = type === 'host' ? '' : ' raddr 0.0.0.0 rport 0';
    const tcp = protocol === 'tcp' ? ' tcptype passive' : '';
    return `candidate:${index + 1} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${related}${tcp} ufrag ${ufrag}`;
  });
}

function readCandidate(text: string): Candidate | undefined {
  const [, component, protocolText, , address = '', portText, , typeText] = text.split(' ');
  const protocol = PROTOCOLS.find((each) => each === protocolText?.toLowerCase());
  const type = CANDIDATE_TYPES.find((each) => each === typeText);
  const port = Number(portText);
  if (component !== '1' || !protocol || !type || !ADDRESS.test(address)) return undefined;
  return port === DISCARD_PORT || !(port > 0 && port < 65_536)
    ? undefined
    : { type, protocol, address, port };
}

function line(sdp: string, name: string): string | undefined {
  return new RegExp(`^a=${name}:(\\S+)\\s*$`, 'm').exec(sdp)?.[1];
}
