/** What TLS needs of a door, read and checked by whoever starts it. */
export interface DoorTls {
  /** PEM, the door's own certificate first. */
  readonly cert: Buffer;
  readonly key: Buffer;
  /** With it clients must show a certificate of this authority. */
  readonly ca?: Buffer;
}
