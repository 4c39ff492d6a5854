/** A client of the server for tests: it has a key, proves it, and its messages are read one by one, in order. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import { fromHex, toBase64Url } from '../src/runtime/index.ts';
import { type NodeId, nodeIdOf, serverProofInput } from '../src/wire/index.ts';

export type Message = { readonly type: string; readonly [field: string]: unknown };

export const NETWORK = 'ab'.repeat(32);

/** OpenSSL's keys: thousands of them in a second. */
export interface TestIdentity {
  readonly id: NodeId;
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

export function testIdentity(): TestIdentity {
  const { publicKey: key, privateKey } = generateKeyPairSync('ed25519');
  const publicKey = new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(-32));
  const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
  return { id: nodeIdOf(publicKey, { sha256 }), publicKey, privateKey };
}

export class TestClient {
  readonly identity: TestIdentity;
  readonly socket: WebSocket;
  closeCode: number | undefined;
  readonly #claimed: string;
  readonly #messages: Message[] = [];
  #wake: () => void = () => undefined;

  /** @param id another than the key's own, to see what happens */
  constructor(
    port: number,
    { identity = testIdentity(), id = identity.id as string, ...options }: TestClientOptions = {},
  ) {
    this.identity = identity;
    this.#claimed = id;
    this.socket = new WebSocket(
      `ws://127.0.0.1:${port}/peerjs/peerjs?key=peerjs&id=${id}&token=none&version=1.5.5`,
      options,
    );
    this.socket.on('message', (data) => {
      const message = JSON.parse(data.toString()) as Message;
      if (message.type === 'BEAT') return;
      this.#messages.push(message);
      this.#wake();
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', (code) => {
      this.closeCode = code;
      this.#wake();
    });
  }

  get id(): string {
    return this.identity.id;
  }

  async open(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message but for beats; `closed` when there is none any more. */
  async next(): Promise<Message> {
    for (;;) {
      const message = this.#messages.shift();
      if (message) return message;
      if (this.closeCode !== undefined) return { type: 'closed', code: this.closeCode };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The next message of this type; others before it are skipped. */
  async nextOf(type: string): Promise<Message> {
    for (;;) {
      const message = await this.next();
      if (message.type === type || message.type === 'closed') return message;
    }
  }

  /** A REGISTER for the nonce that the server sent, of the id that it claims and the key that it has. */
  registration(nonce: string, network = NETWORK): Message {
    const { publicKey, privateKey } = this.identity;
    const id = this.#claimed as NodeId;
    const signature = sign(null, serverProofInput({ id, nonce: fromHex(nonce), network }), privateKey);
    return {
      type: 'REGISTER',
      payload: { network, publicKey: toBase64Url(publicKey), signature: toBase64Url(signature) },
    };
  }

  async challenge(): Promise<string> {
    const { payload } = await this.nextOf('CHALLENGE');
    return (payload as { readonly nonce: string }).nonce;
  }

  /** Proves its id and registers; answers with the ids that it is told of. */
  async register(network = NETWORK): Promise<readonly string[]> {
    this.send(this.registration(await this.challenge(), network));
    const { payload } = await this.nextOf('INSTANCES');
    return (payload as { readonly ids: readonly string[] } | undefined)?.ids ?? [];
  }

  offer(dst: string, sdp = 'v=0'): Message {
    const payload = { connectionId: 'dc_1', sdp: { type: 'offer', sdp } };
    this.send({ type: 'OFFER', dst, payload });
    return { type: 'OFFER', src: this.id, dst, payload };
  }

  /** Resolves when the server has handled all that was sent before, or has closed: it closes on who has not read for too long. */
  async flushed(): Promise<void> {
    if (this.closeCode !== undefined) return;
    const answered = Promise.race([once(this.socket, 'pong'), once(this.socket, 'close')]);
    this.socket.ping();
    await answered;
  }

  close(): void {
    this.socket.terminate();
  }
}

export interface TestClientOptions extends ClientOptions {
  readonly identity?: TestIdentity;
  readonly id?: string;
}
