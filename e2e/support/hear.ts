import type { Page } from '@playwright/test';

export interface Heard {
  readonly from: string;
  readonly text: string;
}

/** Resolves once the page listens: what another page sends from then on is not lost. @returns what waits for the first message of that name */
export async function hear(page: Page, name: string): Promise<() => Promise<Heard>> {
  const listening = await page.evaluateHandle((wanted) => {
    const first = new Promise<Heard>((resolve) => {
      window.leafcutter?.node.receive(wanted, ({ from, body }) =>
        resolve({ from, text: new TextDecoder().decode(body) }),
      );
    });
    return { first };
  }, name);
  return () => listening.evaluate(({ first }) => first);
}
