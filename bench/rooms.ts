// Rooms beside others, as far as one process of Node can tell: what is taken in a second with all checks, what an update weighs, what stays in
// memory, what a page carries. What needs tabs (the time until seven others see an update, joins, catching up, a burst among 32 tabs, a snapshot)
// is not measured here.
//   npm run bench -- rooms [--updates N] [--checked N] [--json]
import { numberOption } from './common/arguments.ts';
import { checks } from './rooms/checks.ts';
import { roomMemory, yjsMemory } from './rooms/memory.ts';
import { gzippedBytes } from './rooms/weight.ts';

export const summary =
  'rooms: checks a second, bytes of an update, memory beside Yjs, page weight beside y-webrtc';
export const flags = ['--updates N', '--checked N'];

const OURS =
  "export { joinNetwork } from '/src/library/index.ts'; export { openRooms } from '/src/library/index.rooms.ts';";
const THEIRS = "export { Doc } from 'yjs'; export { WebrtcProvider } from 'y-webrtc';";

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const updates = Math.ceil(numberOption(args, '--updates', 10_000, 1_000_000));
  const checked = Math.ceil(numberOption(args, '--checked', 2_000, 50_000));
  const { updatesPerSecond, bytesBesidePayload } = checks(checked);
  const memory = { room: roomMemory(updates), yjs: yjsMemory(updates) };
  const weight = { rooms: await gzippedBytes(OURS), yWebrtc: await gzippedBytes(THEIRS) };
  const rows = [
    ['updates a second of 8 writers, taken with all checks', updatesPerSecond.toFixed(0), '-', '-', '-'],
    ['bytes of a small update beside its payload', bytesBesidePayload.toFixed(0), '-', '-', '<= 300'],
    [
      `memory after ${updates} updates of a 100 KB state, MB (yjs, gc on)`,
      ...ratio(memory.room / 1e6, memory.yjs / 1e6),
      '<= 0.3x',
    ],
    ['page weight, gzip, KB (yjs + y-webrtc)', ...ratio(weight.rooms / 1e3, weight.yWebrtc / 1e3), '<= 1x'],
    ...NEEDS_TABS.map((what) => [what, 'not measured: needs tabs', '', '', '']),
  ];
  const header = ['figure', 'rooms', 'peer', 'ratio', 'goal'];
  const table = [header, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(i === 0 ? 70 : 12))
      .join('')
      .trimEnd(),
  );
  return {
    table: table.join('\n'),
    json: { updates, checked, updatesPerSecond, bytesBesidePayload, memory, weight },
  };
}

const NEEDS_TABS = [
  'update to seen by 7 others',
  'join of 1 MB with 10,000 updates behind it',
  'back after 60 s, 1,000 updates missed',
  '32 tabs, a burst of 320 updates',
  '5 MB snapshot to a newcomer among 8 tabs',
];

function ratio(own: number, theirs: number): readonly string[] {
  return [own.toFixed(1), theirs.toFixed(1), `${(own / theirs).toFixed(2)}x`];
}
