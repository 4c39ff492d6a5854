import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { LogSection } from '../contract.ts';
import { named } from '../description.ts';
import type { FarmMessage } from '../messages.ts';
import { LogKeeping } from './log-keeping.ts';

const random = seededRandom(1);
const [self, other, third] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const job = named({
  ...{ kind: 'sum', title: 'x', taskCount: 3, spec: Uint8Array.of(1) },
  ...{ submitter: other, submittedAtMs: 1_700_000_000_000 },
});
const { id } = job;
const section: LogSection = {
  term: { number: 1, node: other },
  version: 7,
  omitted: 0,
  events: [],
  work: [],
};

function keeping(sections: readonly LogSection[] = []) {
  const said: (FarmMessage & { to: string })[] = [];
  const state = { told: 0 };
  const log = new LogKeeping(
    {
      id,
      tell: (to, message) => said.push({ to, ...message }),
      wallMs: (nowMs) => 1_000_000 + nowMs,
      nameOf: () => 'attic',
      told: () => {
        state.told++;
      },
    },
    sections,
  );
  return { log, state, take: () => said.splice(0) };
}

describe("a coordinator's log", () => {
  it('begins with who asked for it; later terms with who leads, when that is another', () => {
    const { log } = keeping();
    log.begin({ number: 1, node: self }, job, false, 5);
    log.granted({ type: 'priority', priority: 4 }, third, 9);
    log.begin({ number: 2, node: self }, job, true, 10);
    expect(log.sections.flatMap(({ events }) => events)).toEqual([
      { atMs: job.submittedAtMs, kind: 'submitted', node: other, detail: undefined },
      { atMs: 1_000_009, kind: 'priority', node: third, detail: '4' },
    ]);
    const heir = keeping([section]);
    heir.log.begin({ number: 2, node: self }, job, true, 10);
    expect(heir.log.sections[1]?.events).toMatchObject([{ kind: 'led', node: self }]);
  });

  it('is completed by those who have results of before, each asked once', () => {
    const { log, take } = keeping();
    log.begin({ number: 2, node: self }, job, true, 0);
    const offer = { type: 'versions', id, first: 0, versions: Uint32Array.of(1) } as const;
    log.received(third, offer, 0);
    log.received(third, offer, 100);
    expect(take()).toEqual([{ to: third, type: 'ask-log', id, known: undefined }]);
    log.received(third, { type: 'log', id, sections: [section] }, 200);
    expect(log.sections.map(({ term }) => term.number)).toEqual([1, 2]);
  });

  it('is told to whoever asks, once a second, and not to whom it is known', () => {
    const { log, take } = keeping([section]);
    log.received(third, { type: 'ask-log', id, known: 7 }, 0);
    expect(take()).toEqual([]);
    log.received(third, { type: 'ask-log', id, known: 6 }, 0);
    log.received(third, { type: 'ask-log', id, known: undefined }, 999);
    log.received(other, { type: 'ask-log', id, known: undefined }, 999);
    expect(take().map(({ to }) => to)).toEqual([third, other]);
    log.received(third, { type: 'ask-log', id, known: undefined }, 1_000);
    expect(take()).toHaveLength(1);
  });
});

describe('the log of a Job that another one coordinates', () => {
  it('is copied at beats by the keeper of the second copy, and only by it', () => {
    const { log, take } = keeping();
    log.follow(other, false, 0);
    expect(take()).toEqual([]);
    for (const atMs of [0, 2_000, 4_000, 6_000]) log.follow(other, true, atMs);
    expect(take()).toEqual([
      { to: other, type: 'ask-log', id, known: 0 },
      { to: other, type: 'ask-log', id, known: 0 },
    ]);
  });

  it('is fetched when somebody wants to read it, who hears when it is there', () => {
    const { log, state, take } = keeping();
    log.read(other, false, 0);
    expect(take()).toEqual([{ to: other, type: 'ask-log', id, known: undefined }]);
    expect(state.told).toBe(0);
    log.received(other, { type: 'log', id, sections: [section] }, 50);
    expect([state.told, log.sections]).toEqual([1, [section]]);
    log.read(self, true, 0);
    expect([state.told, take()]).toEqual([2, []]);
  });

  it('is taken from nobody who was not asked, nor twice, nor long after', () => {
    const { log, take } = keeping();
    log.received(other, { type: 'log', id, sections: [section] }, 0);
    log.read(other, false, 0);
    log.received(third, { type: 'log', id, sections: [section] }, 0);
    log.received(other, { type: 'log', id, sections: [section] }, 20_001);
    expect(log.sections).toEqual([]);
    log.received(other, { type: 'log', id, sections: [section] }, 20_000);
    log.received(other, { type: 'log', id, sections: [{ ...section, version: 8 }] }, 20_000);
    expect(log.sections).toEqual([section]);
    take();
  });
});
