/**
 * When this device helps: as many workers as its person lends, and none while they said so (paused, out of sight, on battery). One
 * place decides, so that the wishes do not undo each other.
 */
import { computed, type ReadonlySignal, signal } from '@preact/signals';

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
  /** Takes effect at once. */
  setWorkers(count: number): void;
  remember(change: LendingRules & { readonly workers: number }): void;
}

export function createLending({ workers, rules, page, power, setWorkers, remember }: LendingPort): Lending {
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
  effective.subscribe(setWorkers);
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
