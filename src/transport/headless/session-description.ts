/** What PeerJS wraps a description in. */
export class HeadlessSessionDescription {
  readonly type: RTCSdpType;
  readonly sdp: string;

  constructor({ type, sdp = '' }: RTCSessionDescriptionInit) {
    this.type = type;
    this.sdp = sdp;
  }
}
