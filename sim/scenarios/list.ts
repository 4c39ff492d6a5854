/** All scenarios, by what they are about. */
import { healthScenarios } from './health-scenarios.ts';
import { hostileScenarios } from './hostile-scenarios.ts';
import { messageScenarios } from './message-scenarios.ts';
import { mixedScenarios } from './mixed-scenarios.ts';
import { networkScenarios } from './network-scenarios.ts';
import type { Scenario } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...networkScenarios,
  ...healthScenarios,
  ...messageScenarios,
  ...hostileScenarios,
  ...mixedScenarios,
];

export function scenarioNamed(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
