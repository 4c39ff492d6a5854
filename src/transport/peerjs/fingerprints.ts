/**
 * The SHA-256 fingerprints of the DTLS certificates at both ends of a connection. The handshake binds its proofs to them,
 * so they must be those of the certificates really in use, whatever the server wrote into the descriptions it carried.
 *
 * The other end's is computed from its certificate itself where the browser shows it (Chromium, Safari). Elsewhere it is
 * read from the remote description (RFC 8122), and then that must leave no choice: browsers accept a certificate that
 * matches any one line, so a server that adds its own line beside the honest one could sit in between.
 */
import { equalBytes, fromHex, LeafcutterError, sha256Sync } from '../../runtime/index.ts';

export interface Fingerprints {
  readonly local: Uint8Array;
  readonly remote: Uint8Array;
}

/** Works once the data channel is open. @throws LeafcutterError `fingerprint` */
export function readFingerprints(connection: RTCPeerConnection): Fingerprints {
  return {
    local: onlySha256(connection.localDescription?.sdp ?? '', 'this end'),
    remote:
      certificateOf(connection.sctp?.transport) ??
      onlyFingerprint(connection.remoteDescription?.sdp ?? '', 'the other end'),
  };
}

/**
 * Whether a description that somebody carried is for the connection as it is: once that is open, it must name the certificate of
 * its other end and no other, for another one would begin another encryption, to which no handshake is bound.
 */
export function namesCertificate(
  sdp: string,
  { open, peerConnection }: { readonly open: boolean; readonly peerConnection: RTCPeerConnection },
): boolean {
  if (!open) return true;
  try {
    return equalBytes(readFingerprints(peerConnection).remote, onlyFingerprint(sdp, 'the other end'));
  } catch {
    return false;
  }
}

/** The hash lines of a session description, as `[algorithm, hex]`, each once; both in lower case. */
export function fingerprintLines(sdp: string): readonly (readonly [algorithm: string, hex: string])[] {
  const lines = new Map<string, readonly [string, string]>();
  for (const match of sdp.matchAll(/^a=fingerprint:\s*([\w-]+)\s+([0-9a-f:]+)\s*$/gim)) {
    const algorithm = (match[1] ?? '').toLowerCase();
    const hex = (match[2] ?? '').replaceAll(':', '').toLowerCase();
    lines.set(`${algorithm} ${hex}`, [algorithm, hex]);
  }
  return [...lines.values()];
}

/** Our own description may name our certificate by several hashes: take the SHA-256. */
export function onlySha256(sdp: string, whose: string): Uint8Array {
  const hashes = fingerprintLines(sdp).filter(([algorithm]) => algorithm === 'sha-256');
  const hex = hashes.length === 1 ? hashes[0]?.[1] : undefined;
  if (hex === undefined || !/^[0-9a-f]{64}$/.test(hex)) {
    throw new LeafcutterError(
      'fingerprint',
      `the description of ${whose} names ${hashes.length} SHA-256 certificates, not one`,
    );
  }
  return fromHex(hex);
}

/** From a description that somebody else carried: any second line is refused. */
export function onlyFingerprint(sdp: string, whose: string): Uint8Array {
  const lines = fingerprintLines(sdp);
  if (lines.length > 1) {
    throw new LeafcutterError(
      'fingerprint',
      `the description of ${whose} names ${lines.length} certificates, not one`,
    );
  }
  return onlySha256(sdp, whose);
}

function certificateOf(transport: RTCDtlsTransport | undefined): Uint8Array | undefined {
  // Firefox has the transport without this method.
  if (!transport || !('getRemoteCertificates' in transport)) return undefined;
  const certificate = transport.getRemoteCertificates()[0];
  return certificate ? sha256Sync(new Uint8Array(certificate)) : undefined;
}
