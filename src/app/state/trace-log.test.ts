import { describe, expect, it } from 'vitest';
import type { TraceEntry } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { NO_FILTER, TraceLog } from './trace-log.ts';

const A = 'aaaaaaaa-0000-4000-8000-000000000000' as NodeId;
const B = 'bbbbbbbb-0000-4000-8000-000000000000' as NodeId;
const C = 'cccccccc-0000-4000-8000-000000000000' as NodeId;

const entry = (change: Partial<TraceEntry> = {}): TraceEntry => ({
  atMs: 1,
  direction: 'in',
  link: B,
  type: 'msg',
  source: B,
  target: A,
  index: 0,
  stream: 0,
  hopLimit: 8,
  bytes: 100,
  note: '',
  ...change,
});

describe('the message log', () => {
  it('keeps the newest rows within its capacity', () => {
    const log = new TraceLog(100);
    for (let i = 0; i < 1000; i += 1) log.append([entry({ index: i })]);
    expect(log.total).toBe(100);
    expect(log.rows()).toHaveLength(100);
    expect(log.rows().at(-1)?.entry.index).toBe(999);
    expect(log.rows()[0]?.entry.index).toBe(900);
  });

  it('keeps ten thousand, and takes a batch of any size', () => {
    const log = new TraceLog();
    log.append(Array.from({ length: 25_000 }, (_, index) => entry({ index })));
    log.append([entry({ index: 25_000 })]);
    expect(log.rows()).toHaveLength(10_000);
    expect(log.rows()[0]?.entry.index).toBe(15_001);
    expect(log.rows().at(-1)?.sequence).toBe(25_000);
  });

  it('says by how many rows what is shown has moved up', () => {
    const log = new TraceLog(10);
    const batch = (type: string, count: number) => log.append(Array(count).fill(entry({ type })));
    batch('msg', 8);
    expect(log.droppedRows).toBe(0);
    batch('msg', 5);
    expect(log.droppedRows).toBe(3);
    log.setFilter({ ...NO_FILTER, type: 'ping' });
    expect(log.droppedRows).toBe(0);
    batch('ping', 4);
    expect([log.rows().length, log.droppedRows]).toEqual([4, 0]);
    batch('msg', 8);
    expect([log.rows().length, log.droppedRows]).toEqual([2, 2]);
    log.clear();
    expect(log.droppedRows).toBe(0);
  });

  it('filters by type, direction and text together', () => {
    const log = new TraceLog();
    log.append([
      entry({ type: 'ping' }),
      entry({ note: 'farm.task' }),
      entry({ note: 'farm.task', direction: 'out' }),
    ]);
    log.setFilter({ ...NO_FILTER, type: 'msg', direction: 'out', text: 'FARM' });
    expect(log.rows().map((row) => row.entry.direction)).toEqual(['out']);
    log.append([entry({ note: 'farm.done', direction: 'out' }), entry()]);
    expect(log.rows()).toHaveLength(2);
    log.setFilter(NO_FILTER);
    expect(log.rows()).toHaveLength(5);
  });

  it('finds a peer as source, as target and as the neighbour it passed', () => {
    const log = new TraceLog();
    log.append([entry({ source: C }), entry({ target: C }), entry({ link: C }), entry()]);
    log.setFilter({ ...NO_FILTER, peer: C });
    expect(log.rows()).toHaveLength(3);
  });

  it('wants every word of the text', () => {
    const log = new TraceLog();
    log.append([entry({ note: 'blob piece' }), entry({ note: 'blob' })]);
    log.setFilter({ ...NO_FILTER, text: 'piece blob' });
    expect(log.rows()).toHaveLength(1);
  });

  it('forgets on clear but goes on counting', () => {
    const log = new TraceLog();
    log.append([entry()]);
    log.clear();
    expect(log.rows()).toHaveLength(0);
    log.append([entry()]);
    expect(log.rows()[0]?.sequence).toBe(1);
  });

  it('exports what is shown, one JSON object a line', () => {
    const log = new TraceLog();
    log.append([entry({ type: 'ping' }), entry({ index: 7 })]);
    log.setFilter({ ...NO_FILTER, type: 'msg' });
    const lines = log.toJsonLines().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([entry({ index: 7 })]);
  });
});
