// What rooms are measured against, in the same pages: Yjs over WebRTC and over its WebSocket server, Automerge over its WebSocket server. As
// `Way` of document.ts; plain JavaScript, since their packages are installed apart.
import { Repo } from '@automerge/automerge-repo';
import { WebSocketClientAdapter } from '@automerge/automerge-repo-network-websocket';
import { IndexedDBStorageAdapter } from '@automerge/automerge-repo-storage-indexeddb';
import { WebrtcProvider } from 'y-webrtc';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';

const clock = () => performance.timeOrigin + performance.now();
const newName = () => crypto.randomUUID();

/** @param connect makes a provider for a document */
const yjs = (connect) => ({
  async open({ ports, link = newName() }) {
    const doc = new Doc();
    const map = doc.getMap('shared');
    const provider = connect(link, doc, ports);
    return {
      link,
      connectedAt: clock(),
      shared: {
        set: (key, value) => map.set(key, value),
        keys: () => map.keys(),
        size: () => map.size,
        onChange: (call) => map.observe(call),
        flushed: () => Promise.resolve(),
        async close() {
          provider.destroy();
          doc.destroy();
        },
      },
    };
  },
});

/** The server says that it has no such document, for good, until its maker's has come to it. */
async function found(repo, link) {
  for (let tries = 0; ; tries++) {
    try {
      return await repo.find(link);
    } catch (error) {
      if (tries === 50) throw error;
      repo.delete(link);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const automerge = {
  async open({ ports, link, isKept }) {
    const repo = new Repo({
      network: [new WebSocketClientAdapter(`ws://127.0.0.1:${ports.automerge}`)],
      ...(isKept ? { storage: new IndexedDBStorageAdapter('bench') } : {}),
    });
    const connectedAt = clock();
    const handle = link === undefined ? repo.create({}) : await found(repo, link);
    const document = () => handle.doc();
    return {
      link: handle.url,
      connectedAt,
      shared: {
        set: (key, value) =>
          handle.change((draft) => {
            draft[key] = value;
          }),
        keys: () => Object.keys(document()),
        size: () => Object.keys(document()).length,
        onChange: (call) => handle.on('change', call),
        flushed: () => (isKept ? repo.flush() : Promise.resolve()),
        async close() {
          await repo.shutdown();
        },
      },
    };
  },
};

Object.assign(window.ways, {
  'y-webrtc': yjs(
    (name, doc, ports) =>
      new WebrtcProvider(name, doc, {
        signaling: [`ws://127.0.0.1:${ports['y-webrtc']}`],
        peerOpts: { config: { iceServers: [] } },
      }),
  ),
  'y-websocket': yjs(
    (name, doc, ports) =>
      new WebsocketProvider(`ws://127.0.0.1:${ports['y-websocket']}`, name, doc, { disableBc: true }),
  ),
  automerge,
});
