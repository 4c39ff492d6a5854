import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { encodeControl, newNodeId } from '../../wire/index.ts';
import type { JobEvent, JobEventKind, LogSection } from '../contract.ts';
import { JobLog, MAX_EVENTS, MAX_SECTIONS, MAX_WORKING, mergedLogs, readableLog } from './job-log.ts';
import { decodeLog, encodeLog, MAX_LOG_BYTES } from './log-codec.ts';

const random = seededRandom(1);
const [self, a, b] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const event = (kind: JobEventKind, node = a, detail?: string): JobEvent => ({ atMs: 5, kind, node, detail });

/** Written by this Node in the term of that number. */
function written(number: number, ...events: JobEvent[]): JobLog {
  const log = new JobLog();
  log.begin({ number, node: self });
  for (const one of events) log.add(one);
  return log;
}

const kindsOf = (sections: readonly LogSection[]) => readableLog(sections).events.map(({ kind }) => kind);

describe("a Job's log", () => {
  it('of others is one line for each thing, which turns nothing and which no terminal obeys', () => {
    const log = written(1, event('refused', a, '\u001b]0;mine\u0007no\r\nroom \u2066there'));
    const { events } = readableLog(decodeLog(encodeLog(log.sections)) ?? []);
    expect(events.map(({ detail }) => detail)).toEqual([']0;mine no room  there']);
  });

  it('is written only while this Node coordinates', () => {
    const log = new JobLog();
    log.add(event('done'));
    expect(log.sections).toEqual([]);
    log.begin({ number: 1, node: self });
    log.add(event('done'));
    log.end();
    log.add(event('requeued'));
    log.count(a, 'tasks', 1, 'attic');
    expect(kindsOf(log.sections)).toEqual(['done']);
  });

  it('says how a Node stands when it changes, and not again and again', () => {
    const log = written(1, event('left', b), event('joined'), event('joined'), event('joined', b));
    log.add(event('refused', a, 'no room'));
    log.add(event('refused', a, 'no room'));
    log.add(event('refused', a, 'no kernel'));
    log.begin({ number: 2, node: self });
    log.add(event('joined', b));
    log.add(event('left', b));
    log.add(event('left', b));
    expect(kindsOf(log.sections)).toEqual(['joined', 'joined', 'refused', 'refused', 'left']);
  });

  it('tells each thing that happened, also when it is the same again', () => {
    expect(kindsOf(written(1, event('failure'), event('failure'), event('paused')).sections)).toEqual([
      ...['failure', 'failure', 'paused'],
    ]);
  });

  it('counts what each Node did, over all terms, under the name that it had last', () => {
    const log = written(1);
    log.count(a, 'tasks', 1, 'attic');
    log.count(b, 'tasks', 3, 'cellar');
    log.count(a, 'failures', 1, 'attic');
    log.begin({ number: 2, node: self });
    log.count(a, 'tasks', 1, 'attic 2');
    log.count(a, 'expired', 2, '');
    expect(readableLog(log.sections).work).toEqual([
      { node: b, name: 'cellar', tasks: 3, failures: 0, expired: 0 },
      { node: a, name: 'attic 2', tasks: 2, failures: 1, expired: 2 },
    ]);
  });

  it('keeps the names of those who only asked, led or paused, and calls that no work', () => {
    const log = written(1);
    log.add(event('submitted'), 'cellar');
    log.count(b, 'tasks', 1, 'attic');
    log.begin({ number: 2, node: self });
    log.add(event('paused'), '');
    log.add(event('paused', b), 'loft');
    const { names, work } = readableLog(decodeLog(encodeLog(log.sections)) ?? []);
    expect([...names]).toEqual([
      [a, 'cellar'],
      [b, 'loft'],
    ]);
    expect(work).toEqual([{ node: b, name: 'loft', tasks: 1, failures: 0, expired: 0 }]);
  });

  it('cuts what is long between letters, never within one', () => {
    const foxes = '\u{1f98a}'.repeat(200);
    const log = written(1);
    log.add(event('failed', a, `x${foxes}`), `x${foxes}`);
    log.add(event('refused', b, `x${foxes}`));
    log.add(event('refused', b, `x${foxes}`));
    const { events, names } = readableLog(decodeLog(encodeLog(log.sections)) ?? []);
    expect(events.map(({ detail }) => detail)).toEqual(Array(2).fill(`x${foxes.slice(0, 158)}`));
    expect(names.get(a)).toBe(`x${foxes.slice(0, 30)}`);
  });

  it('has names of others as devices have them: in one line, written one way, or none', () => {
    const log = written(1);
    log.add(event('paused'), '\u202eyour\nlaptop ');
    log.add(event('paused', b), ' \t');
    expect([...readableLog(decodeLog(encodeLog(log.sections)) ?? []).names]).toEqual([[a, 'your laptop']]);
  });

  it('forgets a name rather than what somebody did', () => {
    const log = written(1);
    for (let i = 0; i < MAX_WORKING + 2; i++) log.add(event('paused', newNodeId(random)), `looker ${i}`);
    for (let i = 0; i < MAX_WORKING + 2; i++) log.count(newNodeId(random), 'tasks', 1, `helper ${i}`);
    log.add(event('paused'), 'late');
    const { names, work } = readableLog(log.sections);
    expect(work).toHaveLength(MAX_WORKING);
    expect([...names.values()].every((name) => name.startsWith('helper'))).toBe(true);
  });

  it('is of another version whenever anything was written', () => {
    const log = written(1);
    const versions = [log.version];
    log.add(event('paused'));
    versions.push(log.version);
    log.count(a, 'tasks', 1, '');
    versions.push(log.version);
    expect(new Set(versions).size).toBe(3);
  });
});

describe('logs of two coordinators', () => {
  it('are merged to the same whoever merges: of each term the later version', () => {
    const early = written(1, event('submitted'));
    const late = new JobLog(early.sections);
    early.add(event('joined'));
    late.begin({ number: 2, node: b });
    late.add(event('led', b));
    const ab = mergedLogs(early.sections, late.sections);
    expect(kindsOf(ab)).toEqual(['submitted', 'joined', 'led']);
    expect(mergedLogs(late.sections, early.sections)).toEqual(ab);
    expect(mergedLogs(ab, ab)).toEqual(ab);
  });

  it('do not overwrite what this Node writes now, whatever others say of its term', () => {
    const log = written(3, event('paused'));
    const forged = { term: { number: 3, node: self }, version: 99, omitted: 0, events: [], work: [] };
    expect(log.merge([forged])).toBe(false);
    expect(kindsOf(log.sections)).toEqual(['paused']);
    log.end();
    expect(log.merge([forged])).toBe(true);
  });

  it('do not push out what this Node writes with terms that have not come yet', () => {
    const future = Array.from({ length: MAX_SECTIONS }, (_, i): LogSection => {
      const term = { number: 1_000_000 + i, node: a };
      return { term, version: 1, omitted: 0, events: [event('failure')], work: [] };
    });
    const log = written(3, event('submitted'));
    expect(log.merge(future)).toBe(false);
    log.add(event('paused'));
    expect(kindsOf(log.sections)).toEqual(['submitted', 'paused']);
    // Taken from a coordinator of before, they are none when this Node has the highest term there is.
    const heir = new JobLog(future);
    heir.begin({ number: 4, node: self });
    for (const kind of ['led', 'paused'] as const) heir.add(event(kind));
    expect(kindsOf(heir.sections)).toEqual(['led', 'paused']);
  });
});

describe('a log that is long', () => {
  it('keeps the beginning and the latest, and says how much lay between', () => {
    const log = written(1, event('submitted'));
    for (let i = 0; i < 2 * MAX_EVENTS; i++) log.add(event('failure', a, String(i)));
    const { events, omitted } = readableLog(log.sections);
    expect(events).toHaveLength(MAX_EVENTS);
    expect(omitted).toBe(MAX_EVENTS + 1);
    expect(events[0]?.kind).toBe('submitted');
    expect(events[16]?.detail).toBe(String(MAX_EVENTS + 16));
    expect(events.at(-1)?.detail).toBe(String(2 * MAX_EVENTS - 1));
  });

  it('keeps the first term and the latest ones', () => {
    const log = new JobLog();
    for (let number = 1; number <= 3 * MAX_SECTIONS; number++) {
      log.begin({ number, node: self });
      log.add(event('led'));
    }
    const numbers = log.sections.map(({ term }) => term.number);
    expect(numbers).toHaveLength(MAX_SECTIONS);
    expect([numbers[0], numbers[1], numbers.at(-1)]).toEqual([1, 2 * MAX_SECTIONS + 2, 3 * MAX_SECTIONS]);
  });

  it('fits into its bytes at its worst, and comes back as it was', () => {
    const log = new JobLog();
    const nodes = Array.from({ length: MAX_WORKING + 3 }, () => newNodeId(random));
    for (let number = 1; number <= MAX_SECTIONS; number++) {
      log.begin({ number: 2 ** 50 + number, node: self });
      for (const node of nodes) log.count(node, 'tasks', 2 ** 40, '€'.repeat(200));
      for (let i = 0; i < MAX_EVENTS; i++)
        log.add({ ...event('failure'), atMs: 1e13, detail: '€'.repeat(999) });
    }
    const bytes = encodeLog(log.sections);
    expect(bytes.length).toBeLessThanOrEqual(MAX_LOG_BYTES);
    expect(decodeLog(bytes)).toEqual(log.sections);
  });
});

describe('bytes that are no log', () => {
  const [section] = written(1, event('joined')).sections;
  const fields = (change: object) => {
    const { term, version, omitted, events, work } = { ...section, ...change } as LogSection;
    return [term.number, term.node, version, omitted, events, work];
  };

  it('are refused, and nothing is thrown', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeLog(bytes)));
    for (const wrong of [
      { version: -1 },
      { term: { number: 1, node: 'nobody' } },
      { events: [5, 99, null, null] },
      { events: [5, 1, null] },
      { events: [1e300, 1, null, null] },
      { events: [5, 1, null, 'x'.repeat(161)] },
      { work: [self, 'attic', 1, 1] },
      { work: [self, 'attic', 1, 1, -1] },
      { work: ['attic', 'attic', 1, 1, 1] },
      { work: Array.from({ length: MAX_WORKING + 1 }, () => [self, 'attic', 1, 1, 1]).flat() },
    ]) {
      expect(
        decodeLog(encodeControl([fields({ events: [], work: [], ...wrong }) as never])),
        JSON.stringify(wrong),
      ).toBeUndefined();
    }
    expect(
      decodeLog(encodeControl([fields({ events: [5, 9, null, null], work: [] }) as never])),
    ).toHaveLength(1);
  });

  it('are refused where they are many', () => {
    const many = Array.from({ length: MAX_EVENTS + 1 }, () => [5, 9, null, null]).flat();
    const halves = [many.slice(0, 4 * 200), many.slice(4 * 200)].map((events) =>
      fields({ events, work: [] }),
    );
    expect(decodeLog(encodeControl(halves as never))).toBeUndefined();
  });
});
