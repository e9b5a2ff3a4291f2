import { describe, expect, it } from 'vitest';
import { eventExamples } from '../../scripts/event-examples.ts';
import { teamsMessage } from '../../src/model/teams-message.ts';

interface Card {
  readonly body: readonly {
    readonly type: string;
    readonly text?: string;
    readonly inlines?: readonly { readonly text: string }[];
  }[];
  readonly actions?: readonly { readonly type: string; readonly url: string }[];
}

const cardOf = (event: Parameters<typeof teamsMessage>[0]): Card => {
  const message = teamsMessage(event) as {
    readonly attachments: readonly { readonly contentType: string; readonly content: Card }[];
  };
  const [attachment, ...more] = message.attachments;
  expect(message).toMatchObject({ type: 'message' });
  expect(more).toEqual([]);
  expect(attachment).toMatchObject({
    contentType: 'application/vnd.microsoft.card.adaptive',
    content: { type: 'AdaptiveCard', version: '1.4' },
  });
  return attachment?.content as Card;
};

const linesOf = ({ body }: Card) =>
  body.flatMap(({ inlines }) => (inlines ? [inlines.map(({ text }) => text).join('')] : []));

const example = (type: string) => {
  const event = eventExamples.get(type);
  if (!event) throw new Error(`There is no example of ${type}.`);
  return JSON.parse(JSON.stringify(event)) as typeof event;
};

describe('a card for Teams', () => {
  it('asks for a decision, and leads to the page where it is taken', () => {
    const card = cardOf(example('approval.requested'));
    expect(card.body[0]).toMatchObject({ type: 'TextBlock', text: 'Approval requested' });
    expect(linesOf(card)).toEqual(
      expect.arrayContaining([
        'Request: RITM0010001',
        'VNet: vnet-payments of fabrikam',
        'Asks for: 4096 addresses of corp-centralus',
        'Why: No rule of the policy covers the request, so a person decides.',
      ]),
    );
    expect(card.actions).toEqual([
      {
        type: 'Action.OpenUrl',
        title: 'Open the request',
        url: 'https://vnets.contoso.example/requests/RITM0010001',
      },
    ]);
  });

  it.each([
    ['allocation.succeeded', 'Allocation succeeded', 'Prefixes: 10.0.0.0/20'],
    ['removal.succeeded', 'Removal succeeded', 'Prefixes: 10.0.0.0/20'],
    ['approval.denied', 'Approval denied', 'Reason: not before May'],
    ['allocation.failed', 'Allocation failed', 'Problem: Ben Approver rejected the request'],
    ['removal.compensation-failed', 'Removal compensation failed', 'Left: VNet /subscriptions'],
    ['request.rejected', 'Request rejected', 'What to do: Correct the field'],
  ])('tells %s', (type, title, line) => {
    const card = cardOf(example(type));
    expect(card.body[0]?.text).toBe(title);
    expect(linesOf(card).join('\n')).toContain(line);
  });

  it.each([...eventExamples.keys()])('keeps what people wrote out of markdown: %s', (type) => {
    const event = example(type);
    const evil = '[click](https://evil.example) **bold** <at>everyone</at>';
    const text = JSON.stringify(event.data, (key, value) =>
      typeof value === 'string' && key !== 'request' ? evil : value,
    );
    const card = cardOf({ type: event.type, data: JSON.parse(text) });
    for (const { type: kind, text: shown } of card.body) {
      expect(['TextBlock', 'RichTextBlock']).toContain(kind);
      expect(shown ?? '').not.toContain('evil');
    }
    for (const { url } of card.actions ?? []) expect(url).toMatch(/^https:\/\/vnets\.contoso/);
  });

  it('has no button without a page, nor with an address that is none', () => {
    const { type, data } = example('approval.requested');
    expect(cardOf({ type, data: { ...data, links: undefined } }).actions).toBeUndefined();
    const links = { request: 'javascript:alert(1)' };
    expect(cardOf({ type, data: { ...data, links } }).actions).toBeUndefined();
  });

  it('is of a bearable length', () => {
    const { type, data } = example('allocation.compensation-failed');
    const leftovers = Array.from({ length: 1_000 }, (_, index) => `VNet number ${index}`);
    expect(
      JSON.stringify(teamsMessage({ type, data: { ...data, leftovers } })).length,
    ).toBeLessThan(10_000);
  });
});
