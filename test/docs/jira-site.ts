import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const statuses = ['Waiting for approval', 'Done', 'Declined'];

/** What of Jira's REST API the relay of docs/jira.md uses. */
export class JiraSite {
  readonly comments: { readonly key: string; readonly text: string }[] = [];
  /** The status that each issue is in. */
  readonly status: Record<string, string> = {};
  readonly callers = new Set<string>();
  /** So many requests are answered 503 first. */
  failures = 0;
  url = '';
  readonly #server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const [, key = '', what = ''] =
      /^\/rest\/api\/3\/issue\/([^/]+)\/(comment|transitions)$/.exec(request.url ?? '') ?? [];
    this.callers.add(String(request.headers.authorization));
    if (this.failures > 0) {
      this.failures--;
      response.writeHead(503).end();
      return;
    }
    const text = Buffer.concat(parts).toString('utf8');
    const answer = this.#answer(
      `${request.method} ${what}`,
      key,
      text === '' ? {} : JSON.parse(text),
    );
    response.writeHead(answer === undefined ? 204 : 200, { 'content-type': 'application/json' });
    response.end(answer === undefined ? undefined : JSON.stringify(answer));
  });

  static async start(): Promise<JiraSite> {
    const site = new JiraSite();
    await new Promise<void>((resolve) => site.#server.listen(0, '127.0.0.1', resolve));
    site.url = `http://127.0.0.1:${(site.#server.address() as AddressInfo).port}`;
    return site;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(call: string, key: string, body: Comment & Transition): object | undefined {
    switch (call) {
      case 'POST comment': {
        const text = body.body?.content.flatMap(({ content }) => content.map((one) => one.text));
        this.comments.push({ key, text: (text ?? []).join(' ') });
        return { id: '1' };
      }
      case 'GET transitions':
        return { transitions: statuses.map((name, id) => ({ id: String(id), to: { name } })) };
      case 'POST transitions':
        this.status[key] = statuses[Number(body.transition?.id)] ?? '';
        return undefined;
      default:
        throw new Error(`Jira has no ${call}.`);
    }
  }
}

/** Atlassian Document Format, as far as it goes here. */
interface Comment {
  readonly body?: {
    readonly type: 'doc';
    readonly version: 1;
    readonly content: readonly { readonly content: readonly { readonly text: string }[] }[];
  };
}

interface Transition {
  readonly transition?: { readonly id: string };
}
