/** A room: the shipped map with last-writer fields, all checks on, its rate so high that nobody waits for it. */
import { openRooms } from '../../../src/library/index.rooms.ts';
import { joinNetwork, newNetwork } from '../../../src/library/index.ts';
import { fieldsReducer } from '../../../src/services/rooms/index.ts';
import { clock, type Way } from './document.ts';

const reducer = fieldsReducer;
const limits = { updatesPerSecond: 1e6, bytesPerSecond: 1e9 };

export const ours: Way = {
  async open({ ports, link, isKept }) {
    const [network = newNetwork(), roomLink] = link?.split(' ') ?? [];
    const mesh = await joinNetwork(network, { signaling: `http://127.0.0.1:${ports.rooms}/` });
    const rooms = openRooms(mesh, { isKept });
    const connectedAt = clock();
    const room =
      roomLink === undefined
        ? await rooms.create({ reducer, initial: {}, limits })
        : await rooms.open(roomLink, { reducer });
    const updates: Promise<unknown>[] = [];
    return {
      link: `${network} ${room.links.write ?? room.links.read}`,
      connectedAt,
      shared: {
        set: (key, value) => void updates.push(room.update({ set: { [key]: value } })),
        keys: () => Object.keys(room.state),
        size: () => Object.keys(room.state).length,
        onChange: (call) => void room.subscribe((state) => state, call),
        flushed: () => Promise.all(updates.splice(0)),
        close: () => mesh.close(),
      },
    };
  },
};
