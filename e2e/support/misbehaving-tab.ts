/** A tab of the real page whose person has got at its channels: what it is told to send goes to a neighbour past its Node. */
import { type Browser, expect, type Page } from '@playwright/test';
import { isBundle, readBundle } from '../../src/mesh/link/bundle.ts';

export interface MisbehavingTab {
  readonly page: Page;
  /** Puts channel messages on its Link with that neighbour. False when there is none any more. */
  send(neighbour: string, messages: readonly Uint8Array[]): Promise<boolean>;
  /** Frames that came to it, the newest last. */
  seen(): Promise<readonly Uint8Array[]>;
}

declare global {
  interface Window {
    /** Open reliable channels by the id of the neighbour, and what came over all of them last. */
    taken: { readonly channels: Map<string, RTCDataChannel>; readonly messages: Uint8Array[] };
  }
}

/** In the page, before its own script: notes each reliable channel under the id in the first frame that comes over it. */
function takeChannels(): void {
  const BUNDLE_MARK = 0xb1;
  const taken = { channels: new Map<string, RTCDataChannel>(), messages: [] as Uint8Array[] };
  window.taken = taken;
  const send = RTCDataChannel.prototype.send;
  const known = new WeakSet<RTCDataChannel>();
  RTCDataChannel.prototype.send = function (this: RTCDataChannel, ...args: Parameters<typeof send>) {
    if (this.ordered && !known.has(this)) {
      known.add(this);
      this.addEventListener('message', ({ data }) => {
        const frame = new Uint8Array(data);
        taken.messages.push(frame);
        if (taken.messages.length > 5000) taken.messages.shift();
        if (frame[0] === BUNDLE_MARK) return;
        if ([...taken.channels.values()].includes(this)) return;
        const hex = [...frame.subarray(4, 20)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
        taken.channels.set(id, this);
        this.addEventListener('close', () => {
          if (taken.channels.get(id) === this) taken.channels.delete(id);
        });
      });
    }
    return send.apply(this, args);
  } as typeof send;
}

export async function openMisbehavingTab(browser: Browser, link: string): Promise<MisbehavingTab> {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript(takeChannels);
  await page.goto(link);
  await expect(page.getByTestId('rendezvous')).toHaveText('Online');
  return {
    page,
    send: (neighbour, messages) =>
      page.evaluate(
        ([id, texts]) => {
          const channel = window.taken.channels.get(id);
          for (const text of texts) {
            if (channel?.readyState !== 'open') return false;
            channel.send(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
          }
          return true;
        },
        [neighbour, messages.map((bytes) => Buffer.from(bytes).toString('base64'))] as const,
      ),
    async seen() {
      const texts = await page.evaluate(() =>
        window.taken.messages.map((message) => btoa(String.fromCharCode(...message))),
      );
      return texts.flatMap((text) => {
        const message = new Uint8Array(Buffer.from(text, 'base64'));
        const frames: Uint8Array[] = [];
        if (!isBundle(message)) frames.push(message);
        else readBundle(message, (frame) => frames.push(frame.slice()));
        return frames;
      });
    },
  };
}
