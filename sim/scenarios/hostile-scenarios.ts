/** Those who mean harm, and those who are not there. */
import type { Scenario, Step } from './scenario.ts';

const CHATTER: Step = {
  atMs: 2000,
  type: 'chatter',
  who: 'all',
  everyMs: 500,
  untilMs: 35_000,
  bytes: [20, 2000],
};
const BROADCASTS: Step = {
  atMs: 2500,
  type: 'broadcasts',
  who: 'all',
  everyMs: 2000,
  untilMs: 35_000,
  bytes: [20, 500],
};

export const hostileScenarios: readonly Scenario[] = [
  {
    name: 'ghosts',
    about: "1,024 ids at which nobody is fill everyone's list; newcomers get in all the same",
    nodes: 10,
    joinOverMs: 1000,
    durationMs: 60_000,
    timeoutMs: 10_000,
    steps: [
      { atMs: 0, type: 'ghosts', count: 1024 },
      { ...CHATTER, untilMs: 50_000 },
      { atMs: 20_000, type: 'join', count: 2 },
      { atMs: 20_001, type: 'agree', withinMs: 30_000 },
    ],
  },
  {
    name: 'strangers',
    about: 'channels open to everyone and never speak; newcomers get in all the same',
    nodes: 6,
    joinOverMs: 500,
    durationMs: 40_000,
    timeoutMs: 10_000,
    steps: [
      { atMs: 3000, everyMs: 5000, untilMs: 30_000, type: 'strangers', who: { count: 2 }, count: 32 },
      CHATTER,
      { atMs: 10_000, type: 'join', count: 2 },
      { atMs: 10_001, type: 'agree', withinMs: 15_000 },
    ],
  },
  {
    name: 'hostile',
    about: 'a member sends every forgery on the menu; honest members notice nothing',
    nodes: 7,
    joinOverMs: 500,
    durationMs: 40_000,
    timeoutMs: 15_000,
    steps: [
      { atMs: 1000, type: 'hostile', count: 1, forgeries: 'all', everyMs: 50 },
      CHATTER,
      BROADCASTS,
      { atMs: 20_000, type: 'join', count: 1 },
      { atMs: 25_000, type: 'agree', withinMs: 10_000 },
    ],
  },
  {
    name: 'hostile-quiet',
    about: 'a member forges only what is well formed: records, farewells, acknowledgements, replays',
    nodes: 12,
    joinOverMs: 500,
    durationMs: 40_000,
    timeoutMs: 15_000,
    steps: [
      {
        atMs: 1000,
        type: 'hostile',
        count: 2,
        forgeries: [
          'records-of-others',
          'foreign-farewells',
          'acknowledgements',
          'unsealed-relay',
          'wrong-seal',
          'replay',
          'foreign-broadcasts',
        ],
        everyMs: 300,
      },
      CHATTER,
      BROADCASTS,
      { atMs: 30_000, type: 'agree', withinMs: 5000 },
    ],
  },
];
