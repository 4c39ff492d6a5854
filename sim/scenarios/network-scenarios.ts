/** Coming, going, and a network that falls apart. */
import type { Scenario, Step } from './scenario.ts';

const CHATTER: Step = {
  atMs: 2000,
  type: 'chatter',
  who: 'all',
  everyMs: 700,
  untilMs: 30_000,
  bytes: [20, 2000],
  streams: 2,
};
const BROADCASTS: Step = {
  atMs: 2500,
  type: 'broadcasts',
  who: 'all',
  everyMs: 2500,
  untilMs: 30_000,
  bytes: [20, 500],
  multicasts: 0.2,
};
const TALK = [CHATTER, BROADCASTS];

/** So many die at once without a word, and are missed. */
const killed = (atMs: number, share: number): Step[] => [
  { atMs, type: 'kill', who: { share } },
  { atMs: atMs + 1, type: 'nobody-missing', withinMs: 8000 },
];
/** The rendezvous is away for a while; once it is back, all are one mesh. */
const serverAway = (fromMs: number, untilMs: number, withinMs: number): Step[] => [
  { atMs: fromMs, type: 'rendezvous', isUp: false },
  { atMs: untilMs, type: 'rendezvous', isUp: true },
  { atMs: untilMs + 1, type: 'agree', withinMs },
];

export const networkScenarios: readonly Scenario[] = [
  {
    name: 'quiet',
    about: 'nothing happens: everyone finds everyone, talks, and nothing is sent twice',
    nodes: 8,
    joinOverMs: 1000,
    durationMs: 30_000,
    timeoutMs: 10_000,
    network: { jitterSigma: 0.5 },
    steps: [{ atMs: 1000, type: 'agree', withinMs: 5000 }, ...TALK],
    // One first call each; and of a hundred, some are approached by others before word of them has gone round.
    holds: { sendsOnce: true, offersPerLife: 3.2 },
  },
  {
    name: 'join-storm',
    about: 'all come at the same instant',
    nodes: 24,
    joinOverMs: 0,
    durationMs: 20_000,
    timeoutMs: 10_000,
    steps: [
      { atMs: 0, type: 'agree', withinMs: 10_000 },
      { ...CHATTER, untilMs: 20_000 },
    ],
  },
  {
    name: 'one-machine',
    about: 'sixteen tabs of one machine open at once: connections cost it so much that calls take seconds',
    nodes: 16,
    joinOverMs: 500,
    durationMs: 50_000,
    timeoutMs: 10_000,
    network: { connectionWorkMs: 200 },
    steps: [{ atMs: 500, type: 'agree', withinMs: 10_000 }],
    // Six Links each need as many.
    holds: { connectionsPerLife: 12 },
  },
  {
    name: 'one-busy-machine',
    about:
      'as many on a machine that hardly gets to it: what is given up and begun anew would never come to an end',
    nodes: 16,
    joinOverMs: 5000,
    durationMs: 120_000,
    timeoutMs: 10_000,
    network: { connectionWorkMs: 800 },
    steps: [{ atMs: 5000, type: 'agree', withinMs: 45_000 }],
    holds: { connectionsPerLife: 18 },
  },
  {
    name: 'churn',
    about: 'one comes, one goes, one dies, all the time',
    nodes: 12,
    joinOverMs: 1000,
    durationMs: 30_000,
    timeoutMs: 10_000,
    steps: [
      ...TALK,
      { atMs: 4000, everyMs: 2000, untilMs: 26_000, type: 'join', count: 1 },
      { atMs: 5000, everyMs: 4000, untilMs: 26_000, type: 'leave', who: { count: 1 } },
      { atMs: 7000, everyMs: 4000, untilMs: 26_000, type: 'kill', who: { count: 1 } },
    ],
  },
  {
    name: 'kills',
    about: 'two in five die at once without a word; the others notice, and stay one mesh',
    nodes: 16,
    joinOverMs: 1000,
    durationMs: 30_000,
    timeoutMs: 10_000,
    steps: [...TALK, ...killed(10_000, 0.4), { atMs: 18_100, type: 'agree', withinMs: 5000 }],
  },
  {
    name: 'server-dead',
    about: 'the rendezvous is away; some die, unnoticed by it; it comes back and the rest is one mesh',
    nodes: 10,
    joinOverMs: 1000,
    durationMs: 40_000,
    timeoutMs: 10_000,
    steps: [...TALK, ...serverAway(6000, 25_000, 15_000), ...killed(8000, 0.3)],
  },
  {
    name: 'server-dead-early',
    about:
      'the rendezvous is away from the first minute on: Links fall, Nodes die, and the mesh mends itself',
    nodes: 16,
    joinOverMs: 1000,
    durationMs: 56_000,
    timeoutMs: 10_000,
    steps: [
      ...TALK,
      ...serverAway(5000, 41_000, 14_000),
      { atMs: 7000, everyMs: 500, untilMs: 25_000, type: 'drop-links', share: 0.3 },
      ...killed(12_000, 0.25),
      { atMs: 25_001, type: 'parts-agree', withinMs: 15_000 },
    ],
  },
  {
    name: 'most-die-without-server',
    about:
      'without a rendezvous two in three die at once: who still has a path to another goes on as one mesh with it',
    nodes: 24,
    joinOverMs: 2000,
    durationMs: 50_000,
    timeoutMs: 10_000,
    steps: [
      ...TALK,
      ...serverAway(8000, 36_000, 14_000),
      ...killed(12_000, 0.667),
      { atMs: 12_001, type: 'parts-agree', withinMs: 20_000 },
    ],
  },
  {
    name: 'partition-without-server',
    about:
      'the network falls in two while the rendezvous is away; when it heals, silent Links are begun anew',
    nodes: 10,
    joinOverMs: 1000,
    durationMs: 50_000,
    timeoutMs: 10_000,
    steps: [
      ...TALK,
      { atMs: 5000, type: 'rendezvous', isUp: false },
      { atMs: 8000, type: 'partition', parts: 2 },
      { atMs: 28_000, type: 'heal' },
      { atMs: 28_001, type: 'agree', withinMs: 5000 },
    ],
  },
  {
    name: 'partition-heal',
    about: 'the network falls in two for twenty seconds',
    nodes: 10,
    joinOverMs: 1000,
    durationMs: 60_000,
    timeoutMs: 10_000,
    steps: [
      ...TALK,
      { atMs: 8000, type: 'partition', parts: 2 },
      { atMs: 28_000, type: 'heal' },
      { atMs: 28_001, type: 'agree', withinMs: 30_000 },
    ],
  },
  {
    name: 'partition-short',
    about: 'the network falls in three for a few seconds, again and again',
    nodes: 10,
    joinOverMs: 1000,
    durationMs: 50_000,
    timeoutMs: 10_000,
    steps: [
      ...TALK,
      { atMs: 6000, everyMs: 9000, untilMs: 33_000, type: 'partition', parts: 3 },
      { atMs: 9000, everyMs: 9000, untilMs: 36_000, type: 'heal' },
    ],
  },
  {
    name: 'blackhole-one-way',
    about: 'some hear others who do not hear them',
    nodes: 9,
    joinOverMs: 1000,
    durationMs: 50_000,
    timeoutMs: 10_000,
    steps: [
      ...TALK,
      { atMs: 7000, type: 'cut-one-way', pairs: 'a-third' },
      { atMs: 25_000, type: 'heal' },
      { atMs: 25_001, type: 'agree', withinMs: 25_000 },
    ],
  },
  {
    name: 'links-fall',
    about: 'Links are closed at random, again and again, and made again without asking the rendezvous',
    nodes: 10,
    joinOverMs: 1000,
    durationMs: 30_000,
    timeoutMs: 10_000,
    steps: [...TALK, { atMs: 5000, everyMs: 500, untilMs: 28_000, type: 'drop-links', share: 0.3 }],
    holds: { needlessOffersPerLife: 1 },
  },
  {
    name: 'lossy-line',
    about: 'five in a line; on every hop a fifth of the messages is lost, doubled, overtaken',
    nodes: 5,
    joinOverMs: 200,
    durationMs: 40_000,
    timeoutMs: 60_000,
    steps: [
      { atMs: 1000, type: 'line' },
      { atMs: 4000, type: 'faults', channelFaults: { drop: 0.2, duplicate: 0.2, reorder: 0.2 }, loss: 0.2 },
      { ...CHATTER, atMs: 5000, untilMs: 35_000 },
      { ...BROADCASTS, atMs: 5000, untilMs: 35_000 },
    ],
    holds: { oneSidedWithinMs: null },
  },
  {
    name: 'regions-100',
    about: 'a hundred Nodes in ten regions of the world',
    nodes: 100,
    joinOverMs: 10_000,
    durationMs: 60_000,
    timeoutMs: 10_000,
    network: { latency: { type: 'regions' }, jitterSigma: 0.3, loss: 0.005 },
    steps: [
      { atMs: 12_000, type: 'agree', withinMs: 20_000 },
      { ...CHATTER, atMs: 12_000, everyMs: 2000, untilMs: 60_000 },
      { ...BROADCASTS, who: { share: 0.1 }, atMs: 12_000, untilMs: 60_000 },
      { atMs: 25_000, type: 'kill', who: { share: 0.1 } },
      { atMs: 26_000, type: 'join', count: 10, overMs: 2000 },
    ],
  },
  {
    name: 'thousand',
    about: 'a thousand Nodes for ten minutes, some of which come and go',
    nodes: 1000,
    joinOverMs: 60_000,
    durationMs: 580_000,
    timeoutMs: 10_000,
    network: { jitterSigma: 0.5 },
    steps: [
      { ...CHATTER, atMs: 90_000, everyMs: 20_000, untilMs: 500_000 },
      { ...BROADCASTS, who: { count: 3 }, atMs: 90_000, everyMs: 10_000, untilMs: 500_000 },
      { atMs: 120_000, everyMs: 20_000, untilMs: 480_000, type: 'kill', who: { count: 2 } },
      { atMs: 125_000, everyMs: 20_000, untilMs: 480_000, type: 'leave', who: { count: 1 } },
      { atMs: 130_000, everyMs: 20_000, untilMs: 480_000, type: 'join', count: 3 },
    ],
    fullSet: { nodes: 40 },
  },
];
