/**
 * One camera, exposure and settings for all who want it: while it is on, what one sets here is set for all, and what they set is set here.
 * Turned on, it begins with what holds in the room.
 */
import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { TONE_MAPPINGS } from '../../render/output/index.page.ts';
import { systemTimers } from '../../runtime/index.ts';
import type { App } from '../state/app.ts';
import { readLastingSettings } from '../state/remembered-form.ts';
import type { PageRoom } from './page-room.ts';
import type { Shared, SharedKind, SharedSettings } from './shared.ts';
import { stageNow, travel } from './stage-travel.ts';

export interface SharedView {
  readonly isOn: ReadonlySignal<boolean>;
  /** Why something of the others' is not shown here. */
  readonly obstacle: ReadonlySignal<string | undefined>;
  turn(isOn: boolean): void;
  /** Here; with `isOn` for all. */
  use(shared: Shared): Promise<void>;
  close(): void;
}

/** What is being dragged or typed goes when it rests. */
const REST_MS = 400;
const KINDS: readonly SharedKind[] = ['camera', 'look', 'settings'];

export function shareView(app: App, page: PageRoom, name: () => string): SharedView {
  const isOn = signal(false);
  const obstacle = signal<string | undefined>(undefined);
  /** What this device and the room agree upon, by kind. */
  const agreed = new Map<SharedKind, string>();
  /** As it was here when it was turned on: what holds when nothing is set for all any more. */
  const before = new Map<SharedKind, Shared>();
  const resting = new Map<SharedKind, () => void>();
  let applying = 0;

  async function apply(shared: Shared): Promise<void> {
    applying += 1;
    try {
      switch (shared.kind) {
        case 'camera':
          obstacle.value = await travel(app, shared.moment);
          return;
        case 'look': {
          const toneMapping = TONE_MAPPINGS.find((one) => one === shared.toneMapping);
          if (toneMapping) app.settings.setToneMapping(toneMapping);
          if (!shared.isAutomatic) app.settings.setExposure(shared.exposure);
          app.settings.setAutomaticExposure(shared.isAutomatic);
          return;
        }
        case 'settings': {
          const { toneMapping: _, environment, ...form } = readLastingSettings(formOf(shared.settings));
          app.settings.change(form);
          if (environment) app.settings.chooseEnvironment(environment);
          return;
        }
        default:
          return shared satisfies never;
      }
    } finally {
      applying -= 1;
      agreed.set(shared.kind, JSON.stringify(localOf(app, shared.kind)));
    }
  }

  const follow = (kind: SharedKind): (() => void) => {
    let seen: string | undefined;
    /** What was set here itself. */
    const own = new Set<string>();
    return effect(() => {
      const held = page.state.value.shared[kind];
      if (!isOn.value || held?.id === seen) return;
      seen = held?.id;
      // Ours is as it is here, the first time: it comes again when something is taken back, or not any more.
      const isNewOwn = held?.author === page.session.author && !own.has(held.id);
      if (held && isNewOwn) own.add(held.id);
      const next = held?.shared ?? before.get(kind);
      if (next && !isNewOwn) untracked(() => void apply(next));
    });
  };
  const tell = (kind: SharedKind): (() => void) =>
    effect(() => {
      const local = localOf(app, kind);
      const text = JSON.stringify(local);
      resting.get(kind)?.();
      resting.delete(kind);
      if (!isOn.value || !local || applying > 0 || page.grant === 'read' || text === agreed.get(kind)) return;
      const send = (): void => {
        if (applying > 0) return;
        agreed.set(kind, text);
        void page.change({ share: local, name: name() });
      };
      resting.set(kind, systemTimers.after(REST_MS, send));
    });
  const stops = [...KINDS.map(follow), ...KINDS.map(tell)];
  return {
    isOn,
    obstacle,
    turn(turnedOn) {
      obstacle.value = undefined;
      for (const kind of KINDS) {
        const local = localOf(app, kind);
        agreed.set(kind, JSON.stringify(local));
        if (local) before.set(kind, local);
      }
      isOn.value = turnedOn;
      if (!turnedOn) return;
      for (const kind of KINDS) {
        const held = page.state.value.shared[kind];
        if (held) void apply(held.shared);
      }
    },
    async use(shared) {
      await apply(shared);
      // What was set here is set for all, as if it had been typed.
      if (isOn.value) await page.change({ share: shared, name: name() });
    },
    close() {
      for (const stop of stops) stop();
      for (const cancel of resting.values()) cancel();
    },
  };
}

/** As it is here, where there is something. */
function localOf(app: App, kind: SharedKind): Shared | undefined {
  switch (kind) {
    case 'camera': {
      const moment = stageNow(app);
      return moment?.kind === 'moment' ? { kind, moment } : undefined;
    }
    case 'look': {
      const { exposure, isAutomatic, toneMapping } = app.settings.look.value;
      // What suits the picture is each device's own finding.
      return { kind, toneMapping, isAutomatic, exposure: isAutomatic ? 0 : exposure };
    }
    case 'settings':
      return { kind, settings: settingsOf(app) };
    default:
      return kind satisfies never;
  }
}

/** The form without what belongs to one scene or one device. */
function settingsOf({ settings }: App): SharedSettings {
  const { environment, focus: _, ...form } = settings.form.value;
  return { ...form, ...(environment.kind === 'builtin' ? { environment: environment.name } : {}) };
}

function formOf({ environment, ...form }: SharedSettings): unknown {
  return typeof environment === 'string'
    ? { ...form, environment: { kind: 'builtin', name: environment } }
    : form;
}
