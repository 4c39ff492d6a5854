/** Nodes that stand still, restart, sleep, or run slow. */
import type { Scenario, Step } from './scenario.ts';

const CHATTER: Step = {
  atMs: 2000,
  type: 'chatter',
  who: 'all',
  everyMs: 500,
  untilMs: 40_000,
  bytes: [20, 2000],
  streams: 2,
};
const BROADCASTS: Step = {
  atMs: 2500,
  type: 'broadcasts',
  who: 'all',
  everyMs: 3000,
  untilMs: 40_000,
  bytes: [20, 500],
};
const TALK = [CHATTER, BROADCASTS];
const FOUR_AND_A_HALF_MINUTES_MS = 270_000;

export const healthScenarios: readonly Scenario[] = [
  {
    name: 'freeze-short',
    about: 'some stand still for 0.1 to 6 s, again and again',
    nodes: 8,
    joinOverMs: 1000,
    durationMs: 45_000,
    timeoutMs: 10_000,
    steps: [
      ...TALK,
      { atMs: 5000, everyMs: 4000, untilMs: 36_000, type: 'freeze', who: { count: 1 }, forMs: [100, 6000] },
    ],
  },
  {
    name: 'freeze-long',
    about: 'two stand still for 6 to 60 s, and take part again',
    nodes: 8,
    joinOverMs: 1000,
    durationMs: 90_000,
    timeoutMs: 10_000,
    steps: [
      { ...CHATTER, untilMs: 85_000 },
      { ...BROADCASTS, untilMs: 85_000 },
      { atMs: 8000, type: 'freeze', who: { count: 2 }, forMs: [6000, 60_000] },
      { atMs: 70_000, type: 'agree', withinMs: 10_000 },
    ],
  },
  {
    name: 'freeze-without-server',
    about:
      'some stand still for up to 28 s while the rendezvous is away: they come back over the Links they had',
    nodes: 6,
    joinOverMs: 1000,
    durationMs: 75_000,
    timeoutMs: 10_000,
    steps: [
      { ...CHATTER, untilMs: 70_000 },
      { ...BROADCASTS, untilMs: 70_000 },
      { atMs: 5000, type: 'rendezvous', isUp: false },
      { atMs: 8000, type: 'freeze', who: { count: 2 }, forMs: [6000, 28_000] },
      { atMs: 36_100, type: 'agree', withinMs: 4000 },
      { atMs: 42_000, type: 'freeze', who: { count: 5 }, forMs: [20_000, 28_000] },
      { atMs: 70_100, type: 'agree', withinMs: 4000 },
    ],
  },
  {
    name: 'busy',
    about: 'main threads stand still for up to 10 s while their Workers answer: nobody is called gone',
    nodes: 8,
    joinOverMs: 1000,
    durationMs: 45_000,
    timeoutMs: 20_000,
    steps: [
      ...TALK,
      {
        atMs: 6000,
        everyMs: 11_000,
        untilMs: 30_000,
        type: 'busy',
        who: { count: 2 },
        forMs: [2000, 10_000],
      },
    ],
    holds: { sendsOnce: true },
  },
  {
    name: 'one-sided',
    about: 'each in turn stands still just about as long as it takes to be called gone',
    nodes: 6,
    joinOverMs: 500,
    durationMs: 80_000,
    timeoutMs: 10_000,
    steps: [
      { ...CHATTER, untilMs: 75_000 },
      { ...BROADCASTS, untilMs: 75_000 },
      {
        atMs: 5000,
        everyMs: 13_000,
        untilMs: 65_000,
        type: 'freeze',
        who: { count: 1 },
        forMs: [3000, 12_000],
      },
    ],
  },
  // A relay that stands still for over three seconds is called dead, and with it goes the only way: those beyond have left, what
  // is under way to them fails as `left` at once, as it does when a Node dies, and a quarter of all messages meet that.
  {
    name: 'relay-freeze',
    about:
      'relays in a line stand still between delivery and acknowledgement; beyond, all have left for a while',
    nodes: 4,
    joinOverMs: 200,
    durationMs: 50_000,
    timeoutMs: 30_000,
    steps: [
      { atMs: 1000, type: 'line' },
      { ...CHATTER, everyMs: 100, atMs: 4000 },
      { atMs: 6000, everyMs: 10_000, untilMs: 36_000, type: 'freeze', who: 1, forMs: [500, 8000] },
      { atMs: 11_000, everyMs: 10_000, untilMs: 36_000, type: 'freeze', who: 2, forMs: [500, 8000] },
    ],
  },
  {
    name: 'restart-same',
    about: 'Nodes die or leave and come back under the same key, soon or late',
    nodes: 6,
    joinOverMs: 500,
    durationMs: 50_000,
    timeoutMs: 10_000,
    steps: [
      ...TALK,
      {
        atMs: 6000,
        everyMs: 8000,
        untilMs: 38_000,
        type: 'restart',
        who: { count: 1 },
        identity: 'same',
        afterMs: 300,
      },
      {
        atMs: 10_000,
        everyMs: 8000,
        untilMs: 38_000,
        type: 'restart',
        who: { count: 1 },
        identity: 'same',
        afterMs: 5000,
        leaves: true,
      },
    ],
  },
  {
    name: 'restart-new',
    about: 'Nodes die and come back as somebody else',
    nodes: 6,
    joinOverMs: 500,
    durationMs: 50_000,
    timeoutMs: 10_000,
    steps: [
      ...TALK,
      {
        atMs: 6000,
        everyMs: 5000,
        untilMs: 38_000,
        type: 'restart',
        who: { count: 1 },
        identity: 'new',
        afterMs: 500,
      },
    ],
  },
  {
    name: 'throttled',
    about: 'hidden tabs: timers once a second, later once a minute; they stay members',
    nodes: 6,
    joinOverMs: 500,
    durationMs: 300_000,
    timeoutMs: 90_000,
    steps: [
      { ...CHATTER, everyMs: 3000, untilMs: FOUR_AND_A_HALF_MINUTES_MS },
      { ...BROADCASTS, everyMs: 10_000, untilMs: FOUR_AND_A_HALF_MINUTES_MS },
      { atMs: 10_000, type: 'throttle', who: { first: 4 }, toMs: 1000 },
      { atMs: 60_000, type: 'agree', withinMs: 1 },
      { atMs: 61_000, type: 'throttle', who: { first: 2 }, toMs: 60_000 },
      { atMs: 250_000, type: 'agree', withinMs: 5000 },
    ],
    fullSet: { seeds: 1000 },
  },
  {
    name: 'late-timers',
    about: "everyone's timers come up to 400 ms late",
    nodes: 8,
    joinOverMs: 500,
    durationMs: 45_000,
    timeoutMs: 10_000,
    steps: [
      { atMs: 100, everyMs: 1000, untilMs: 5000, type: 'late-timers', who: 'all', byMs: 400 },
      ...TALK,
      { atMs: 20_000, type: 'agree', withinMs: 1 },
    ],
  },
  {
    name: 'clock-jump',
    about: 'clocks jump ahead by seconds or an hour',
    nodes: 6,
    joinOverMs: 500,
    durationMs: 45_000,
    timeoutMs: 10_000,
    steps: [
      ...TALK,
      { atMs: 8000, everyMs: 6000, untilMs: 20_000, type: 'clock-jump', who: { count: 1 }, byMs: 7000 },
      { atMs: 27_000, type: 'clock-jump', who: { count: 1 }, byMs: 3_600_000 },
    ],
  },
];
