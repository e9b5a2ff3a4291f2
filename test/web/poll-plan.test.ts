import { describe, expect, it } from 'vitest';
import { livePoll, nextDelay } from '../../src/web/hooks/poll-plan.ts';

describe('how often a page reads again', () => {
  it('begins quickly, slows down while nothing changes, and never beyond the most', () => {
    const delays: number[] = [];
    let delay: number | undefined;
    for (let reading = 0; reading < 12; reading++) {
      delay = nextDelay(livePoll, delay);
      delays.push(delay);
    }

    expect(delays[0]).toBe(livePoll.first);
    expect(delays[1]).toBe(livePoll.first * livePoll.factor);
    expect(delays.at(-1)).toBe(livePoll.most);
  });
});
