/** When this device helps, and what it keeps. */
import { useApp } from './app-context.ts';
import { DeviceKeeping } from './device-keeping.tsx';

export function DeviceRules() {
  const { lending } = useApp();
  const rules = lending.rules.value;
  const choose = (change: Partial<typeof rules>): void => lending.setRules({ ...rules, ...change });
  return (
    <>
      <label>
        <input
          type="checkbox"
          checked={rules.onlyVisible}
          onChange={(event) => choose({ onlyVisible: event.currentTarget.checked })}
        />
        Only while this tab is in sight
      </label>
      {lending.knowsPower.value && (
        <label>
          <input
            type="checkbox"
            checked={rules.onlyOnMains}
            onChange={(event) => choose({ onlyOnMains: event.currentTarget.checked })}
          />
          Only on mains power
        </label>
      )}
      <DeviceKeeping />
    </>
  );
}
