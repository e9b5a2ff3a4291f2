import type { Locator, Page } from 'playwright-core';

/** More stops than any page has. */
const mostStops = 150;

/** Somebody who has a keyboard and no mouse. */
export class KeyboardUser {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Goes on with the Tab key until the control has the focus; fails when it is never reached. */
  async goTo(target: Locator): Promise<void> {
    await target.waitFor();
    for (let stop = 0; stop < mostStops; stop++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`The Tab key never reaches ${target}.`);
  }

  async press(target: Locator): Promise<void> {
    await this.goTo(target);
    await this.page.keyboard.press('Enter');
  }

  /** Writes into a field, in place of what is there. */
  async write(target: Locator, text: string): Promise<void> {
    await this.goTo(target);
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.type(text);
  }

  /** Chooses in a list by its first letters. */
  async choose(target: Locator, text: string): Promise<void> {
    await this.goTo(target);
    await this.page.keyboard.type(text);
    const chosen = await target.evaluate((element) =>
      element instanceof HTMLSelectElement ? element.selectedOptions[0]?.text : undefined,
    );
    if (chosen !== text) throw new Error(`The keys chose '${chosen}' instead of '${text}'.`);
  }
}
