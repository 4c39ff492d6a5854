/**
 * Where the others are: their cursors and what is on their stages, as it is now (a latest channel of the room), and following one of them.
 * Whoever moves their own camera is on their own again.
 */
import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { Plain } from '../../services/rooms/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { App } from '../state/app.ts';
import { breaksRing } from './follow-ring.ts';
import { type PageRoom, presenceOf } from './page-room.ts';
import type { StagePoint } from './pin-place.ts';
import { numberOf } from './refusals.ts';
import { type StageLink, stageLinkOf } from './stage-link.ts';
import { stageNow, travel } from './stage-travel.ts';

export interface Companion {
  readonly node: NodeId;
  readonly stage: StageLink | undefined;
  readonly cursor: StagePoint | undefined;
  /** It asks to be followed. */
  readonly leads: boolean;
  readonly follows: string | null;
}

export interface Company {
  readonly others: ReadonlySignal<readonly Companion[]>;
  readonly following: ReadonlySignal<NodeId | undefined>;
  /** Why whom we follow cannot be followed just now. */
  readonly obstacle: ReadonlySignal<string | undefined>;
  readonly isLeading: ReadonlySignal<boolean>;
  follow(node: NodeId | undefined): void;
  lead(isOn: boolean): void;
  /** Over our stage; undefined: beside it. */
  pointAt(point: StagePoint | undefined): void;
  close(): void;
}

const CHANNEL = 'stage';

export function keepCompany(app: App, { room, others: inRoom, grant }: PageRoom): Company {
  const channel = room.latest(CHANNEL);
  const changes = signal(0);
  const following = signal<NodeId | undefined>(undefined);
  const isLeading = signal(false);
  const obstacle = signal<string | undefined>(undefined);
  const show = (key: string, value: Plain | undefined): void => {
    if (grant !== 'read' && !room.isClosed) channel.set(key, value);
  };
  const others = computed(() => {
    changes.value;
    return inRoom.value.map(({ node, presence }): Companion => {
      const { follows, leads } = presenceOf(presence);
      return {
        node,
        follows,
        leads,
        stage: linkOf(channel.get(node, 'shows')),
        cursor: pointOf(channel.get(node, 'cursor')),
      };
    });
  });
  /** The stage that was gone to last: what differs from it is our own doing. */
  let went: string | undefined;
  let isGoing = false;
  const stops = [
    channel.subscribe(({ node }) => {
      if (node !== app.session.node.id) changes.value += 1;
    }),
    effect(() => show('shows', stageNow(app))),
    effect(() => {
      if (!room.isClosed) room.presence.set({ follows: following.value ?? null, leads: isLeading.value });
    }),
    // Whoever looks around for themselves follows nobody.
    effect(() => {
      const now = JSON.stringify(stageNow(app));
      if (went === undefined || isGoing || now === went) return;
      went = undefined;
      following.value = undefined;
    }),
    effect(() => {
      const led = following.value;
      if (led === undefined) return;
      const other = others.value.find(({ node }) => node === led);
      if (!other || breaksRing(app.session.node.id, led, others.value)) following.value = undefined;
      else if (other.stage) go(other.stage);
    }),
  ];

  /** What is looked at on the way is no reason to go again. */
  function go(stage: StageLink): void {
    untracked(() => void goTo(stage));
  }

  async function goTo(stage: StageLink): Promise<void> {
    if (isGoing || JSON.stringify(stage) === went) return;
    isGoing = true;
    obstacle.value = await travel(app, stage);
    isGoing = false;
    if (following.peek() === undefined) return;
    went = JSON.stringify(stageNow(app));
    // It may have gone on meanwhile.
    const led = others.peek().find(({ node }) => node === following.peek());
    if (led?.stage && obstacle.peek() === undefined) void goTo(led.stage);
  }

  return {
    others,
    following,
    obstacle,
    isLeading,
    follow(node) {
      went = undefined;
      obstacle.value = undefined;
      following.value = node;
    },
    lead(isOn) {
      isLeading.value = isOn;
    },
    pointAt(point) {
      show('cursor', point && [round(point.x), round(point.y)]);
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

/** A pixel of a screen is more than this. */
const round = (share: number): number => Math.round(share * 10_000) / 10_000;

function linkOf(value: Plain | undefined): StageLink | undefined {
  return value === undefined ? undefined : whereFine(() => stageLinkOf(value));
}

function pointOf(value: Plain | undefined): StagePoint | undefined {
  if (!Array.isArray(value)) return undefined;
  return whereFine(() => ({ x: numberOf(value[0]), y: numberOf(value[1]) }));
}

/** What others show is theirs. */
function whereFine<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
