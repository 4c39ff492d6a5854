/**
 * All kinds of trouble at once, in an order and at moments that nobody thought of. Each is something that the mesh promises to survive by
 * itself (docs/mesh.md); what is found here is what two or three of them do together.
 *
 * Clocks jump ahead by less than the replay span, all jumps of a Node together: what its own clock says was longer ago, nobody is promised.
 */
import type { Mishap, Scenario, Step } from './scenario.ts';

const END_MS = 60_000;
const ONE = { count: 1 };

const TALK: readonly Step[] = [
  {
    atMs: 1500,
    type: 'chatter',
    who: 'all',
    everyMs: 400,
    untilMs: END_MS,
    bytes: [0, 3000],
    streams: 3,
    requests: 0.4,
  },
  {
    atMs: 2000,
    type: 'chatter',
    who: { count: 2 },
    everyMs: 3000,
    untilMs: END_MS,
    bytes: [0, 400_000],
    streams: 2,
  },
  {
    atMs: 2500,
    type: 'broadcasts',
    who: 'all',
    everyMs: 2500,
    untilMs: END_MS,
    bytes: [0, 2000],
    multicasts: 0.4,
  },
  {
    atMs: 3000,
    type: 'broadcasts',
    who: { count: 2 },
    everyMs: 8000,
    untilMs: END_MS,
    bytes: [0, 250_000],
    multicasts: 0.4,
  },
];

const standStill: readonly Mishap[] = [
  [{ type: 'freeze', who: { count: 2 }, forMs: [50, 800] }],
  [{ type: 'freeze', who: { count: 2 }, forMs: [500, 4000] }],
  [{ type: 'freeze', who: ONE, forMs: [3000, 8000] }],
  [{ type: 'freeze', who: ONE, forMs: [8000, 20_000] }],
  [{ type: 'busy', who: ONE, forMs: [500, 9000] }],
];
const comeAndGo: readonly Mishap[] = [
  [{ type: 'restart', who: ONE, identity: 'same', afterMs: 10 }],
  [{ type: 'restart', who: ONE, identity: 'same', afterMs: 3000 }],
  [{ type: 'restart', who: ONE, identity: 'same', afterMs: 300, leaves: true }],
  [{ type: 'restart', who: ONE, identity: 'same', afterMs: 9000, leaves: true }],
  [{ type: 'restart', who: ONE, identity: 'new', afterMs: 300 }],
  [{ type: 'join', count: 1 }],
  [{ type: 'leave', who: ONE }],
  [{ type: 'burst', who: ONE, kind: 'send', count: 100, bytes: [0, 4000], thenLeaves: true }],
];
const cutFor = (forMs: number): readonly Mishap[] => [
  [
    { type: 'partition', parts: 2 },
    { afterMs: forMs, type: 'heal' },
  ],
  [
    { type: 'cut-one-way', pairs: 2 },
    { afterMs: forMs, type: 'heal' },
  ],
];
const network: readonly Mishap[] = [
  ...cutFor(300),
  ...cutFor(2000),
  ...cutFor(8000),
  [{ type: 'drop-links', share: 0.4 }],
  [{ type: 'drop-links', share: 0.4 }],
  [
    { type: 'rendezvous', isUp: false },
    { afterMs: 8000, type: 'rendezvous', isUp: true },
  ],
];
const clocks: readonly Mishap[] = [
  [{ type: 'clock-jump', who: ONE, byMs: 900 }],
  [{ type: 'clock-jump', who: ONE, byMs: 7000 }],
  [
    { type: 'throttle', who: ONE, toMs: 1000 },
    { afterMs: 10_000, type: 'throttle', who: 'all', toMs: 0 },
  ],
  [
    { type: 'late-timers', who: ONE, byMs: 400 },
    { afterMs: 10_000, type: 'late-timers', who: 'all', byMs: 0 },
  ],
];
const applications: readonly Mishap[] = [
  [{ type: 'habits', who: ONE, habits: { takes: 'late', lateMs: 30 } }],
  [{ type: 'habits', who: ONE, habits: { takes: 'at-once', asksBack: true } }],
  [{ type: 'habits', who: ONE, habits: { answersAfterMs: 900 } }],
  [{ type: 'burst', who: ONE, kind: 'send', count: 100, bytes: [0, 4000] }],
  [{ type: 'burst', who: ONE, kind: 'broadcast', count: 100, bytes: [0, 4000] }],
];

export const mixedScenarios: readonly Scenario[] = [
  {
    name: 'mixed',
    about:
      'standstills, restarts, cuts, jumps of clocks and slow applications, as they come, one upon the other',
    nodes: 6,
    joinOverMs: 1000,
    durationMs: END_MS,
    timeoutMs: 12_000,
    steps: [
      ...TALK,
      { atMs: 20_000, type: 'clock-jump', who: ONE, byMs: 40_000 },
      {
        atMs: 5000,
        type: 'mishaps',
        untilMs: END_MS - 5000,
        pauseMs: [500, 5000],
        of: [...standStill, ...comeAndGo, ...network, ...clocks, ...applications],
      },
    ],
  },
];
