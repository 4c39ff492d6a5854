/** What a tab costs that renders behind another one: no picture is to be painted there. In a browser of its own, whose tabs can be hidden. */
import { HeadedBrowser } from '../../e2e/support/headed-browser.ts';
import { type Shares, secondsByKind } from './shares.ts';
import { threadsOf, usedSince } from './threads.ts';

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
}

/** @param address of the page */
export async function hiddenRender(address: string, sample: string, frame: Frame): Promise<Shares> {
  const browser = await HeadedBrowser.launch('--headless=new', '--window-size=1280,720');
  try {
    const tab = await browser.open(address);
    // There is nothing to ask before the page's own document is there.
    while (!(await tab.evaluate(() => window.leafcutter !== undefined).catch(() => false))) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await tab.evaluate((name) => window.leafcutter?.openSample(name), sample);
    const front = await browser.open('about:blank');
    await front.bringToFront();
    const render = (settings: Frame): Promise<number> =>
      tab.evaluate(async (asked) => {
        if (document.visibilityState !== 'hidden') throw new Error('the tab is not hidden');
        const job = await window.leafcutter?.render(asked);
        await job?.finished;
        return window.leafcutter?.farm.workerCount ?? 0;
      }, settings);
    await render({ ...frame, samples: Math.min(frame.samples, 8) });
    const before = await threadsOf(browser.pid);
    const workers = await render(frame);
    return secondsByKind(usedSince(before, await threadsOf(browser.pid)), workers);
  } finally {
    await browser.close();
  }
}
