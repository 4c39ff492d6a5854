/** In a page: keeps the main thread busy 50 of 60 ms, as an application that renders or parses does. */
const BUSY_MS = 50;
const FREE_MS = 10;

let isBusy = false;

export function setBusy(busy: boolean): void {
  if (busy === isBusy) return;
  isBusy = busy;
  if (busy) spin();
}

function spin(): void {
  if (!isBusy) return;
  const endMs = performance.now() + BUSY_MS;
  while (performance.now() < endMs);
  setTimeout(spin, FREE_MS);
}
