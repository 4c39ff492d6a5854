import { describe, expect, it } from 'vitest';
import type { ReadableLog } from '../../farm/index.ts';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { clockTime, dateTime, logOf, logText, logView } from './job-log.ts';

const random = seededRandom(1);
const [here, gone, stranger] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const atMs = new Date(2026, 10, 6, 9, 5, 7).getTime();
const log: ReadableLog = {
  events: [
    { atMs, kind: 'submitted', node: stranger, detail: undefined },
    { atMs: atMs + 1_000, kind: 'joined', node: here, detail: undefined },
    { atMs: atMs + 2_000, kind: 'failure', node: gone, detail: '7: out of memory' },
    { atMs: atMs + 3_000, kind: 'done', node: undefined, detail: undefined },
  ],
  omitted: 2,
  work: [
    { node: here, name: 'desk', tasks: 40, failures: 0, expired: 0 },
    { node: gone, name: 'attic', tasks: 3, failures: 1, expired: 0 },
  ],
  names: new Map([
    [here, 'desk'],
    [gone, 'attic'],
  ]),
};
const view = logView(log, (node) => (node === here ? 'This device' : undefined));

describe("a Job's log in the page", () => {
  it('names devices as they call themselves now, else as they did, else by their tag', () => {
    expect(view.rows.map(({ name }) => name)).toEqual([
      ...[`${stranger.slice(0, 4)} (gone)`, 'This device', 'attic', ''],
    ]);
    expect(view.devices).toEqual([
      { node: here, name: 'This device', work: '40 tasks' },
      { node: gone, name: 'attic', work: '3 tasks, 1 failed' },
      { node: stranger, name: `${stranger.slice(0, 4)} (gone)`, work: '' },
    ]);
  });

  it('shows of one device what has to do with it, and what has to do with none', () => {
    const one = logOf(view, gone);
    expect(one.rows.map(({ text }) => text)).toEqual(['failed at task 7: out of memory', 'done']);
    expect(one.devices.map(({ name }) => name)).toEqual(['attic']);
  });

  it('is copied as lines that can be read elsewhere', () => {
    expect(logText('leaf.glb', logOf(view, gone))).toBe(
      [
        ...['leaf.glb', '2026-11-06 9:05:09  attic failed at task 7: out of memory'],
        ...['2026-11-06 9:05:10  done', '2 more after the first are not kept', 'attic: 3 tasks, 1 failed'],
      ].join('\n'),
    );
  });

  it('tells the time by this machine', () => {
    expect([clockTime(atMs), dateTime(atMs)]).toEqual(['9:05:07', '2026-11-06 9:05:07']);
  });
});
