/** Whether the device runs on its battery, where the browser tells (Chromium does; others keep it to themselves). */

import type { Scope } from '../ui/scope';

/** As much of the Battery Status API (W3C) as is used. */
interface Battery extends EventTarget {
  readonly charging: boolean;
}

/** Tells `onChange` now and at every change, until the scope ends. */
export async function watchPower(scope: Scope, onChange: (onBattery: boolean) => void): Promise<void> {
  const { getBattery } = navigator as { getBattery?: () => Promise<Battery> };
  const battery = await getBattery?.call(navigator).catch(() => null);
  if (!battery || scope.disposed()) return;
  scope.listen(battery, 'chargingchange', () => { onChange(!battery.charging); });
  onChange(!battery.charging);
}
