/**
 * When this device helps: as many workers as its person lends, and none while they said so (paused, out of sight, on battery); while
 * other tabs of this browser work, too, this tab's share of the cores. One place decides, so that the wishes do not undo each other.
 */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { CoreClaim } from '../core-claim.ts';

export interface LendingRules {
  /** Only while this tab can be seen. */
  readonly onlyVisible: boolean;
  /** Only on mains power, where the browser tells. */
  readonly onlyOnMains: boolean;
}

interface LendingFacts extends LendingRules {
  readonly isPaused: boolean;
  readonly isVisible: boolean;
  /** undefined where the browser does not tell. */
  readonly isOnMains: boolean | undefined;
}

/** Why a device that would lend some workers lends none now; undefined when it does. */
function whyIdle({
  isPaused,
  isVisible,
  isOnMains,
  onlyVisible,
  onlyOnMains,
}: LendingFacts): string | undefined {
  if (isPaused) return 'paused';
  if (onlyVisible && !isVisible) return 'this tab is out of sight';
  if (onlyOnMains && isOnMains === false) return 'on battery';
  return undefined;
}

export interface Lending {
  /** As many as the person chose. */
  readonly workers: ReadonlySignal<number>;
  readonly isPaused: ReadonlySignal<boolean>;
  readonly rules: ReadonlySignal<LendingRules>;
  /** Whether the browser tells of the power supply: until then, and where it does not, the rule means nothing. */
  readonly knowsPower: ReadonlySignal<boolean>;
  readonly whyIdle: ReadonlySignal<string | undefined>;
  /** How many of them work while other tabs of this browser want the cores, too; undefined: all. */
  readonly share: ReadonlySignal<number | undefined>;
  lend(workers: number): void;
  pause(isPaused: boolean): void;
  setRules(rules: LendingRules): void;
}

/** The part of a BatteryManager that counts. */
export interface PowerSupply {
  readonly charging: boolean;
  addEventListener(type: 'chargingchange', listener: () => void): void;
}

export interface LendingPort {
  /** At first. */
  readonly workers: number;
  readonly rules: LendingRules;
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener'>;
  /** undefined or rejected where the browser does not tell. */
  power(): Promise<PowerSupply> | undefined;
  /** A Job runs, so workers need cores. */
  readonly hasWork: ReadonlySignal<boolean>;
  /** What this tab may take of the device's cores. */
  claimCores(onShare: (workers: number) => void): CoreClaim;
  /** Takes effect at once. */
  setWorkers(count: number): void;
  remember(change: LendingRules & { readonly workers: number }): void;
}

export function createLending(port: LendingPort): Lending {
  const { workers, rules, page, power, hasWork, setWorkers, remember } = port;
  const chosen = signal(workers);
  const isPaused = signal(false);
  const chosenRules = signal(rules);
  const isVisible = signal(page.visibilityState === 'visible');
  const isOnMains = signal<boolean | undefined>(undefined);
  const idle = computed(() =>
    whyIdle({
      isPaused: isPaused.value,
      isVisible: isVisible.value,
      isOnMains: isOnMains.value,
      ...chosenRules.value,
    }),
  );
  const effective = computed(() => (idle.value === undefined ? chosen.value : 0));
  const share = signal<number | undefined>(undefined);
  const claim = port.claimCores((granted) => {
    share.value = granted < effective.peek() ? granted : undefined;
    setWorkers(granted);
  });
  effect(() => {
    const wish = effective.value;
    if (wish > 0 && hasWork.value) {
      claim.wish(wish);
      return;
    }
    claim.wish(0);
    share.value = undefined;
    setWorkers(wish);
  });
  page.addEventListener('visibilitychange', () => {
    isVisible.value = page.visibilityState === 'visible';
  });
  power()?.then(
    (supply) => {
      const tell = (): void => {
        isOnMains.value = supply.charging;
      };
      supply.addEventListener('chargingchange', tell);
      tell();
    },
    () => {},
  );
  const keep = (): void => remember({ workers: chosen.peek(), ...chosenRules.peek() });
  return {
    workers: chosen,
    isPaused,
    rules: chosenRules,
    knowsPower: computed(() => isOnMains.value !== undefined),
    whyIdle: idle,
    share,
    lend(count) {
      chosen.value = count;
      keep();
    },
    pause(wish) {
      isPaused.value = wish;
    },
    setRules(next) {
      chosenRules.value = next;
      keep();
    },
  };
}
