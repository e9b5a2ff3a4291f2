import { setTimeout as sleep } from 'node:timers/promises';
import color from 'picocolors';
import type { RequestDetail } from '../../model/api/request-views.ts';
import { isEndState } from '../../model/states.ts';
import { type SignedInFetch, signedIn } from '../signed-in.ts';
import { allocateMessage } from './messages.ts';
import { done, expect, heading, line, pool, printTimeline, type Stage } from './stage.ts';
import { showWaiting } from './watch-request.ts';

const id = 'RITM0012360';
const lookEveryMs = 100;

/** What policy does not approve by itself, a person approves: here by the HTTP API, as the page does. */
export class Approving {
  readonly #stage: Stage;
  readonly #requester: SignedInFetch;
  readonly #approver: SignedInFetch;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#requester = signedIn(stage.ready, 'ada');
    this.#approver = signedIn(stage.ready, 'ben');
  }

  async approve(): Promise<void> {
    heading('5  A larger VNet needs an approval, and another person gives it');
    const planned = await this.#ask();
    await this.#refuseOwnApproval(planned);
    await this.#decide(this.#approver, planned);
    const ended = await showWaiting('Ben Approver approves that plan, and no other', () =>
      this.#until(({ state }) => isEndState(state)),
    );
    printTimeline(ended.timeline);
    expect(ended.state === 'succeeded', 'the request to succeed', ended.error?.message);
    const [decision] = ended.decisions;
    line('approved by', `${decision?.by.name}, for the plan ${shortHash(decision?.planHash)}`);
    line('vnet-data has', color.bold(ended.prefixes.join(', ')));
    const held = (await this.#stage.lookUp.associations(pool)).get(
      ended.result?.virtualNetworkId.toLowerCase() ?? '',
    );
    expect(held?.join() === ended.prefixes.join(), 'the pool to list what the request tells');
    done('nothing was deployed that was not approved, and not by the requester');
  }

  async #ask(): Promise<RequestDetail> {
    const { requester: _, ...body } = allocateMessage(this.#stage.ready, id, 'vnet-data', {
      numberOfIpAddresses: 1024,
    });
    const answer = await this.#requester('/api/requests', post(body));
    expect(answer.status === 202, 'the API to accept the request', await answer.text());
    const planned = await showWaiting('Ada Requester asks for 1,024 addresses', () =>
      this.#until(({ state }) => state === 'awaiting-approval' || isEndState(state)),
    );
    const { plan, riskFlags } = planned;
    expect(planned.state === 'awaiting-approval', 'a wait for an approval', planned.state);
    line('asks for', `${planned.asksFor}, as ${planned.target.virtualNetwork}`);
    line('plan', `${plan?.findings.length} prerequisites met; ${plan?.policy.reason}`);
    line('plan hash', shortHash(plan?.planHash));
    for (const { text } of riskFlags) line('look at twice', text);
    return planned;
  }

  async #refuseOwnApproval(planned: RequestDetail): Promise<void> {
    const answer = await this.#decide(this.#requester, planned);
    expect(answer.status === 403, 'nobody to approve an own request', String(answer.status));
    const { title, detail } = (await answer.json()) as { title: string; detail: string };
    line('Ada approves?', color.red(detail ?? title));
  }

  async #decide(person: SignedInFetch, { plan }: RequestDetail): Promise<Response> {
    const body = { decision: 'approve', planHash: plan?.planHash };
    return await person(`/api/requests/${id}/decisions`, post(body));
  }

  async #until(condition: (request: RequestDetail) => boolean): Promise<RequestDetail> {
    for (;;) {
      const answer = await this.#requester(`/api/requests/${id}`);
      expect(answer.ok, 'the API to show the request', String(answer.status));
      const request = (await answer.json()) as RequestDetail;
      if (condition(request)) return request;
      await sleep(lookEveryMs);
    }
  }
}

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const shortHash = (hash: string | undefined): string => `${hash?.slice(0, 12)}…`;
