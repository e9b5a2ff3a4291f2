import { z } from 'zod';
import type { EventEnvelope } from './event-envelope.ts';

/** Teams cuts messages off at 28 KB; nobody reads more than this of one line. */
const longestText = 400;

/** What of an event's data a card shows; other members may come and go. */
const shownSchema = z.looseObject({
  requestId: z.string().optional(),
  target: z.looseObject({ tenant: z.string(), virtualNetwork: z.string() }).optional(),
  change: z
    .looseObject({
      allocations: z.array(
        z.looseObject({ poolAlias: z.string(), numberOfIpAddresses: z.string() }),
      ),
    })
    .optional(),
  policy: z.looseObject({ reason: z.string() }).optional(),
  stage: z.string().optional(),
  deadline: z.string().optional(),
  decision: z
    .looseObject({ by: z.looseObject({ name: z.string() }), reason: z.string().optional() })
    .optional(),
  result: z
    .looseObject({
      allocations: z.array(z.looseObject({ prefixes: z.array(z.string()) })).optional(),
      released: z.array(z.looseObject({ prefixes: z.array(z.string()) })).optional(),
    })
    .optional(),
  error: z.looseObject({ message: z.string(), remedy: z.string() }).optional(),
  leftovers: z.array(z.string()).optional(),
  links: z.looseObject({ request: z.url({ protocol: /^https?$/ }) }).optional(),
});

type Shown = z.output<typeof shownSchema>;

/**
 * An event as a message with an Adaptive Card, for an incoming webhook of Teams. It only tells: its button
 * opens the page, where one signs in and decides. Words of people stand in text runs, where they are no
 * markdown, so that nobody can plant a link.
 */
export function teamsMessage({ type, data }: Pick<EventEnvelope, 'type' | 'data'>): object {
  const shown = shownSchema.safeParse(data);
  const told: Shown = shown.success ? shown.data : {};
  const url = told.links?.request;
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      { type: 'TextBlock', text: titleOf(type), size: 'Medium', weight: 'Bolder', wrap: true },
      ...linesOf(told).map(([label, text]) => ({
        type: 'RichTextBlock',
        inlines: [
          { type: 'TextRun', text: `${label}: `, weight: 'Bolder' },
          { type: 'TextRun', text: cut(text) },
        ],
      })),
    ],
    ...(url === undefined
      ? {}
      : { actions: [{ type: 'Action.OpenUrl', title: 'Open the request', url }] }),
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
  };
}

/** `com.vnetvending.approval.requested.v1` is `Approval requested`. */
function titleOf(type: string): string {
  const words = type.replace(/^com\.vnetvending\.|\.v\d+$/g, '').replaceAll(/[^a-z]+/g, ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

const linesOf = (told: Shown): readonly (readonly [label: string, text: string])[] =>
  [
    ['Request', told.requestId],
    ['VNet', told.target && `${told.target.virtualNetwork} of ${told.target.tenant}`],
    ['Asks for', told.change?.allocations.map(inWords).join(', ')],
    ['Why', told.policy?.reason],
    ['Stage', told.stage],
    ['Until', told.deadline],
    ['Decided by', told.decision?.by.name],
    ['Reason', told.decision?.reason],
    ['Prefixes', prefixesOf(told)],
    ['Problem', told.error?.message],
    ['What to do', told.error?.remedy],
    ['Left', told.leftovers?.join('; ')],
  ].flatMap(([label = '', text]) => (text ? [[label, text] as const] : []));

const inWords = (allocation: { poolAlias: string; numberOfIpAddresses: string }): string =>
  `${allocation.numberOfIpAddresses} addresses of ${allocation.poolAlias}`;

const prefixesOf = ({ result }: Shown): string | undefined =>
  (result?.allocations ?? result?.released)?.flatMap(({ prefixes }) => prefixes).join(', ');

const cut = (text: string): string =>
  text.length > longestText ? `${text.slice(0, longestText).toWellFormed()}…` : text;
