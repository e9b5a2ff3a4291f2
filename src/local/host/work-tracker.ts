/** Counts what is running or ready to run, so that others can wait until nothing is. */
export class WorkTracker {
  #open = 0;
  #waiting: (() => void)[] = [];

  /** Announces a piece of work; the function returned announces its end (once). */
  begin(): () => void {
    this.#open++;
    let ended = false;
    return () => {
      if (ended) {
        return;
      }
      ended = true;
      this.#open--;
      if (this.#open === 0) {
        for (const resolve of this.#waiting.splice(0)) {
          resolve();
        }
      }
    };
  }

  get idle(): boolean {
    return this.#open === 0;
  }

  async whenIdle(): Promise<void> {
    while (this.#open > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
