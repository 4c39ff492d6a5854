/**
 * Why two machines found no path to each other, in words. ICE itself only says "failed"; what it tried stands in the session
 * descriptions (the candidates of both ends) and in the errors that STUN and TURN servers gave.
 */
export interface IceFacts {
  readonly policy: RTCIceTransportPolicy;
  readonly hasTurn: boolean;
  /** Kinds of our own candidates: host, srflx, prflx, relay. */
  readonly local: ReadonlySet<string>;
  readonly remote: ReadonlySet<string>;
  readonly errors: readonly IceServerError[];
}

export interface IceServerError {
  /** "turn:host:3478?transport=udp" */
  readonly url: string;
  /** STUN's error code (RFC 8489, 8656), or 701: it was not reached. */
  readonly code: number;
  readonly text: string;
}

const NOT_REACHED = 701;
const MAX_ERRORS = 16;

/** One sentence, without a full stop. */
export function explainNoPath({ policy, hasTurn, local, remote, errors }: IceFacts): string {
  const turnErrors = errors.filter(({ url }) => /^turns?:/.test(url));
  const refused = turnErrors.find(({ code }) => code !== NOT_REACHED);
  const turn = refused
    ? `the TURN server ${hostOf(refused.url)} refused this device (${refused.code} ${refused.text})`
    : turnErrors[0] &&
      `the TURN server ${hostOf(turnErrors[0].url)} was not reached: is it running, and may UDP pass?`;
  if (local.size === 0) {
    if (turn) return turn;
    if (policy === 'relay') {
      return hasTurn
        ? 'connections may only go over TURN servers, and none of them answered'
        : 'connections may only go over TURN servers, and none is configured';
    }
    return 'this browser offers no address to connect to: it has no network, or a setting or an extension forbids WebRTC';
  }
  if (remote.size === 0) return 'the other device offers no address to connect to';
  if (turn) return `UDP does not pass directly between the two devices, and ${turn}`;
  if (local.has('relay') || remote.has('relay')) {
    return 'the two devices do not reach each other, not even over a TURN server: UDP seems to be blocked';
  }
  return hasTurn
    ? 'UDP does not pass directly between the two devices, and no TURN server answered'
    : 'UDP does not pass between the two devices (a firewall or NAT), and the server names no TURN server to go over';
}

/** The kinds of candidates that a session description names, those that came later included. */
export function candidateKinds(sdp: string): Set<string> {
  return new Set(Array.from(sdp.matchAll(/^a=candidate:.* typ (\w+)/gm), ([, kind = '']) => kind));
}

/** Follows one connection from its start. */
export class IceDiary {
  readonly #connection: RTCPeerConnection;
  readonly #errors: IceServerError[] = [];

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
    connection.addEventListener('icecandidateerror', ({ url, errorCode, errorText }) => {
      if (this.#errors.length < MAX_ERRORS) this.#errors.push({ url, code: errorCode, text: errorText });
    });
  }

  /** True when nothing can come of it: every candidate of ours was to be known by now, and there is none. */
  get isHopeless(): boolean {
    return this.#connection.iceGatheringState === 'complete' && this.#local.size === 0;
  }

  /** True when both ends have spoken, and still are not connected: ICE is the reason, not the signaling. */
  get isIceToBlame(): boolean {
    const { remoteDescription, iceConnectionState } = this.#connection;
    return (
      remoteDescription !== null && iceConnectionState !== 'connected' && iceConnectionState !== 'completed'
    );
  }

  explain(): string {
    const { iceServers = [], iceTransportPolicy = 'all' } = this.#connection.getConfiguration();
    return explainNoPath({
      policy: iceTransportPolicy,
      hasTurn: iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url))),
      local: this.#local,
      remote: candidateKinds(this.#connection.remoteDescription?.sdp ?? ''),
      errors: this.#errors,
    });
  }

  get #local(): ReadonlySet<string> {
    return candidateKinds(this.#connection.localDescription?.sdp ?? '');
  }
}

function hostOf(url: string): string {
  return url.replace(/^turns?:/, '').replace(/\?.*$/, '');
}
