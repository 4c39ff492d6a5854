/** A tab in a profile of its own, so that nothing goes between two but by network. What holds up its page for good costs that page. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';

const LONGEST_MS = 120_000;
const CLOSING_MS = 5_000;

export class Tab {
  readonly #browser: Browser;
  readonly #address: string;
  #page: Page;

  static async open(browser: Browser, address: string): Promise<Tab> {
    return new Tab(browser, address, await newPage(browser, address));
  }

  private constructor(browser: Browser, address: string, page: Page) {
    this.#browser = browser;
    this.#address = address;
    this.#page = page;
  }

  /** @throws Error when the page has not answered after `longestMs` */
  async evaluate<Arg, Result>(
    call: (arg: Arg) => Result | Promise<Result>,
    arg: Arg,
    longestMs = LONGEST_MS,
  ): Promise<Result> {
    return within(this.#page.evaluate(call as never, arg as never) as Promise<Result>, longestMs);
  }

  /** Closes what is open in the page. Where it does not answer another page takes its place: not even leaving it would come to an end. */
  async clear(): Promise<void> {
    try {
      await this.evaluate(() => window.roomsBench.close(), undefined, CLOSING_MS);
    } catch {
      await this.end();
      this.#page = await newPage(this.#browser, this.#address);
    }
  }

  /** The page goes, and what it keeps on its disk stays. */
  async leave(): Promise<void> {
    await this.#page.goto('about:blank');
  }

  async comeBack(): Promise<void> {
    await load(this.#page, this.#address);
  }

  async end(): Promise<void> {
    await within(this.#page.context().close(), CLOSING_MS).catch((error) => console.error(`a tab: ${error}`));
  }
}

async function newPage(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await load(page, address);
  return page;
}

async function load(page: Page, address: string): Promise<void> {
  await page.goto(address, { timeout: LONGEST_MS });
  await page.waitForFunction(() => window.ways?.automerge !== undefined, undefined, { timeout: LONGEST_MS });
}

async function within<Result>(answer: Promise<Result>, longestMs: number): Promise<Result> {
  const answered = new AbortController();
  const late = sleep(longestMs, undefined, { signal: answered.signal }).then(() => {
    throw new Error(`did not finish in ${longestMs / 1_000} s`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    late.catch(() => undefined);
    answered.abort();
  }
}
