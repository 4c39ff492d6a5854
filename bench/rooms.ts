// Rooms beside others. In this process: what is taken in a second with all checks, what an update weighs, what stays in memory, what a page
// carries. In real tabs: the time until others see an update, joins, catching up, a burst, a snapshot; the peers are in the same tabs, and
// their packages are installed apart (npm install --prefix bench/rooms/tabs).
//   npm run bench -- rooms [--only process|tabs] [--updates N] [--checked N] [--tabs N] [--burst N] [--away SECONDS]
//     [--rows latency,throughput,join,snapshot,back,burst] [--json]
import { numberOption } from './common/arguments.ts';
import { checks } from './rooms/checks.ts';
import { roomMemory, yjsMemory } from './rooms/memory.ts';
import {
  arePeersInstalled,
  measureTabs,
  ROW_NAMES,
  type RowName,
  type TabsRow,
} from './rooms/tabs/measure.ts';
import { gzippedBytes } from './rooms/weight.ts';

export const summary =
  'rooms beside y-webrtc, y-websocket and automerge-repo: in real tabs, and what an update, a state, a page weigh';
export const flags = [
  '--only process|tabs',
  '--updates N',
  '--checked N',
  '--tabs N',
  '--burst N',
  '--away SECONDS',
  `--rows ${ROW_NAMES.join(',')}`,
];

const OURS =
  "export { joinNetwork } from '/src/library/index.ts'; export { openRooms } from '/src/library/index.rooms.ts';";
const THEIRS = "export { Doc } from 'yjs'; export { WebrtcProvider } from 'y-webrtc';";

type Table = readonly (readonly string[])[];

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const only = args[args.indexOf('--only') + 1];
  const isOnly = args.includes('--only');
  if (isOnly && only !== 'process' && only !== 'tabs') throw new Error('--only takes "process" or "tabs"');
  const inProcess = only === 'tabs' ? undefined : await measureProcess(args);
  const inTabs = isOnly && only === 'process' ? undefined : await measureInTabs(args);
  return {
    table: [inProcess?.table, inTabs?.table].filter((one) => one !== undefined).join('\n\n'),
    json: { ...inProcess?.json, ...inTabs?.json },
  };
}

async function measureProcess(args: string[]): Promise<{ table: string; json: object }> {
  const updates = Math.ceil(numberOption(args, '--updates', 10_000, 1_000_000));
  const checked = Math.ceil(numberOption(args, '--checked', 2_000, 50_000));
  const { updatesPerSecond, bytesBesidePayload } = checks(checked);
  const memory = { room: roomMemory(updates), yjs: yjsMemory(updates) };
  const weight = { rooms: await gzippedBytes(OURS), yWebrtc: await gzippedBytes(THEIRS) };
  const table = [
    ['in one process', 'rooms', 'peer', 'ratio', 'goal'],
    ['updates a second of 8 writers, taken with all checks', updatesPerSecond.toFixed(0), '-', '-', '-'],
    ['bytes of a small update beside its payload', bytesBesidePayload.toFixed(0), '-', '-', '<= 300'],
    [
      `memory after a tenth of ${updates} updates of a 100 KB state, MB (yjs, gc on)`,
      ...ratio(memory.room.afterTenth / 1e6, memory.yjs.afterTenth / 1e6),
      '-',
    ],
    ['after all of them', ...ratio(memory.room.afterAll / 1e6, memory.yjs.afterAll / 1e6), '<= 0.3x, flat'],
    ['page weight, gzip, KB (yjs + y-webrtc)', ...ratio(weight.rooms / 1e3, weight.yWebrtc / 1e3), '<= 1x'],
  ];
  return {
    table: aligned(table),
    json: { updates, checked, updatesPerSecond, bytesBesidePayload, memory, weight },
  };
}

const COLUMNS = ['rooms', 'y-webrtc', 'y-websocket', 'automerge', 'raw'] as const;

async function measureInTabs(args: string[]): Promise<{ table: string; json: object }> {
  const tabs = Math.ceil(numberOption(args, '--tabs', 8, 64));
  if (tabs < 4) throw new Error('--tabs takes a number from 4: a writer, others, a newcomer');
  const burstTabs = Math.ceil(numberOption(args, '--burst', 32, 64));
  const awaySeconds = numberOption(args, '--away', 60, 3_600);
  const rowNames = rowsOption(args);
  if (!arePeersInstalled()) {
    return {
      table: 'in tabs: not measured, the peers are not here (npm install --prefix bench/rooms/tabs)',
      json: {},
    };
  }
  const rows = await measureTabs({ tabs, burstTabs, awaySeconds, rows: rowNames });
  const cell = ({ figures }: TabsRow, column: (typeof COLUMNS)[number]): string => {
    const value = figures[column];
    if (Number.isNaN(value)) return 'not finished';
    return value === undefined ? '-' : value.toFixed(value < 100 ? 1 : 0);
  };
  const table = [
    [`in ${tabs} tabs`, ...COLUMNS, 'goal'],
    ...rows.map((row) => [row.text, ...COLUMNS.map((column) => cell(row, column)), row.goal]),
  ];
  return {
    table: aligned(table),
    json: {
      tabs,
      burstTabs,
      awaySeconds,
      inTabs: Object.fromEntries(rows.map(({ text, figures }) => [text, figures])),
    },
  };
}

function rowsOption(args: readonly string[]): readonly RowName[] {
  const at = args.indexOf('--rows');
  if (at < 0) return ROW_NAMES;
  const asked = args[at + 1]?.split(',') ?? [];
  const rows = ROW_NAMES.filter((name) => asked.includes(name));
  if (rows.length < asked.length) throw new Error(`--rows takes some of ${ROW_NAMES.join(', ')}`);
  return rows;
}

function aligned(table: Table): string {
  return table
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(i === 0 ? 78 : 14))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

function ratio(own: number, theirs: number): readonly string[] {
  return [own.toFixed(1), theirs.toFixed(1), `${(own / theirs).toFixed(2)}x`];
}
