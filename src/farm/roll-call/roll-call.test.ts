import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { encodeControl, newNodeId } from '../../wire/index.ts';
import type { JobId, JobPhase, JobView } from '../contract.ts';
import { RollCall } from './roll-call.ts';
import { decodeRoll, encodeRoll, MAX_ROLL, rollOf } from './roll-codec.ts';

const random = seededRandom(1);
const [a, b, c] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const idOf = (name: string): JobId => name.repeat(32) as JobId;
const [x, y] = [idOf('1'), idOf('2')];

describe('a roll call', () => {
  it('of nobody is over at once', () => {
    const call = new RollCall([], 0);
    expect([call.questions(), call.isOver(0), call.missing]).toEqual([[], true, []]);
  });

  it('that needs somebody is not over before somebody has told', () => {
    const call = new RollCall([], 0, true);
    expect([call.isOver(60_000), call.nextWakeAt]).toEqual([false, Number.POSITIVE_INFINITY]);
    call.joined(a, 60_000);
    call.left(a, 60_001);
    expect(call.isOver(60_001)).toBe(false);
    call.joined(b, 60_002);
    call.questions();
    call.answered(b, { jobs: [], members: 2 }, 60_003);
    expect(call.isOver(60_003)).toBe(true);
  });

  it('asks each member once, those that come meanwhile too, and is over when all have told', () => {
    const call = new RollCall([a], 0);
    expect(call.questions()).toEqual([a]);
    call.joined(b, 10);
    call.joined(a, 10);
    expect([call.questions(), call.questions()]).toEqual([[b], []]);
    call.answered(a, { jobs: [], members: 3 }, 50);
    expect(call.isOver(20)).toBe(false);
    call.answered(b, { jobs: [], members: 3 }, 50);
    expect(call.isOver(20)).toBe(true);
  });

  it('waits until the Jobs that were told of are known, and asks for them again and again', () => {
    const call = new RollCall([a, b], 0);
    call.questions();
    call.learned(x);
    call.answered(a, { jobs: [x, y], members: 1 }, 50);
    call.answered(b, { jobs: [x], members: 1 }, 50);
    expect([call.isOver(50), call.missing]).toEqual([false, [a]]);
    expect(call.wanted(50)).toEqual([{ node: a, id: y }]);
    expect([call.wanted(60), call.nextWakeAt]).toEqual([[], 1_050]);
    expect(call.wanted(1_050)).toEqual([{ node: a, id: y }]);
    call.joined(c, 1_050);
    call.questions();
    call.answered(c, { jobs: [y], members: 1 }, 1_055);
    // One after the other: each of them may be gone by now.
    expect(call.wanted(1_055)).toEqual([]);
    expect([2_050, 3_050, 4_050].flatMap((nowMs) => call.wanted(nowMs).map(({ node }) => node))).toEqual([
      a,
      c,
      a,
    ]);
    call.left(a, 4_060);
    expect(call.wanted(5_050)).toEqual([{ node: c, id: y }]);
    call.learned(y);
    expect([call.questions(), call.missing, call.isOver(5_060)]).toEqual([[b], [b], false]);
    call.answered(b, { jobs: [y], members: 1 }, 5_070);
    expect([call.isOver(5_080), call.missing]).toEqual([true, []]);
  });

  it('takes who has no farm for one without Jobs, and who does not answer for missing', () => {
    const call = new RollCall([a, b], 0);
    call.questions();
    call.answered(a, undefined, 50);
    call.silent(b);
    expect([call.isOver(0), call.missing]).toEqual([true, [b]]);
    call.left(b, 5);
    expect(call.missing).toEqual([]);
  });

  it('waits a moment for members that others see, and not for ghosts', () => {
    const call = new RollCall([a], 0);
    call.questions();
    call.answered(a, { jobs: [], members: 4 }, 50);
    expect([call.isOver(10), call.nextWakeAt]).toEqual([false, 700]);
    call.joined(b, 600);
    call.questions();
    call.answered(b, undefined, 50);
    expect([call.isOver(1_299), call.isOver(1_300)]).toEqual([false, true]);
    call.joined(c, 1_299);
    call.questions();
    call.answered(c, undefined, 50);
    expect(call.isOver(1_299)).toBe(true);
  });

  it('asks the others again when one leaves before it has told: they know that nobody leads its Jobs now', () => {
    const call = new RollCall([a, b, c], 0);
    call.questions();
    call.answered(b, { jobs: [], members: 1 }, 50);
    call.left(a, 10);
    expect(call.questions()).toEqual([b]);
    call.answered(b, { jobs: [x], members: 1 }, 50);
    call.answered(c, undefined, 50);
    call.learned(x);
    expect(call.isOver(20)).toBe(true);
    call.left(b, 30);
    expect([call.questions(), call.isOver(30)]).toEqual([[], true]);
  });
});

describe('the answer to a roll call', () => {
  it('names what goes on though another leads it, who may be gone; its own first, and of what is over elsewhere what nobody leads any more', () => {
    const view = (
      name: string,
      role: JobView['role'],
      phase: JobPhase,
      submittedAtMs: number,
      isAttended = true,
    ): JobView =>
      ({
        ...{ description: { id: idOf(name), submittedAtMs }, control: { phase } },
        ...{ role, isAttended },
      }) as unknown as JobView;
    const jobs = [
      view('1', 'member', 'running', 9),
      view('2', 'coordinator', 'done', 5),
      view('3', 'standby', 'paused', 8),
      view('4', 'coordinator', 'running', 1),
      view('5', 'member', 'done', 7),
      view('6', 'member', 'done', 6, false),
    ];
    expect(rollOf(jobs, 3).jobs).toEqual(['4', '2', '1', '3', '6'].map(idOf));
  });

  it('comes back as it was told, up to a bound', () => {
    expect(decodeRoll(encodeRoll({ jobs: [x, y], members: 9 }))).toEqual({ jobs: [x, y], members: 9 });
    const many = Array.from({ length: MAX_ROLL + 5 }, () => x);
    expect(decodeRoll(encodeRoll({ jobs: many, members: 9 }))?.jobs).toHaveLength(MAX_ROLL);
  });

  it('is none where it is something else, and nothing is thrown', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeRoll(bytes)));
    for (const wrong of [
      {},
      [],
      [-1],
      ['a'],
      [1, 'a'],
      [1, 5],
      [1, ...Array.from({ length: MAX_ROLL + 1 }, () => x)],
    ])
      expect(decodeRoll(encodeControl(wrong)), JSON.stringify(wrong)).toBeUndefined();
  });
});
