// node room-maker.mjs INVITE: joins, makes a room, writes 'a' to it, and prints the room's link; takes everybody else out of it when told to by a line. As an application would, by the library's name.
import { joinNetwork } from 'leafcutter';
import { openRooms } from 'leafcutter/rooms';

const mesh = await joinNetwork(process.argv[2] ?? '');
const reducer = { name: 'notes/1', reduce: (notes, note) => [...notes, note] };
const room = await openRooms(mesh).create({ reducer, initial: [] });
await room.update('a');
process.stdout.write(`${room.links.write}\n`);
process.stdin.on('data', async () => {
  for (const { node } of room.members.filter(({ isSelf }) => !isSelf)) {
    const known = () => room.members.find((member) => member.node === node && member.device !== undefined);
    while (!known()) await new Promise((resolve) => setTimeout(resolve, 50));
    await room.boot(known());
  }
});
