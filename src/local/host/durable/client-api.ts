import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EngineHalted } from './engine-context.ts';
import { type HistoryEvent, nameOfEventType } from './history.ts';
import type { ControlAnswer, DurableManagement, InstanceFilter } from './management.ts';

const prefix = '/durabletask/';

interface Answer {
  status: number;
  body: unknown;
}

/**
 * The HTTP API that a durable client calls below its `rpcBaseUrl` (durable-functions 5). It has no
 * key and listens on the loopback only.
 */
export class ClientApi {
  readonly #management: DurableManagement;
  readonly #server: Server;

  constructor(management: DurableManagement) {
    this.#management = management;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  get #baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${prefix}`;
  }

  /** Value of a `durableClient` binding. */
  bindingValue(): Record<string, unknown> {
    const base = this.#baseUrl;
    const instance = `${base}instances/INSTANCEID`;
    return {
      taskHubName: 'local',
      creationUrls: {
        createNewInstancePostUri: `${base}orchestrators/{functionName}[/{instanceId}]`,
        createAndWaitOnNewInstancePostUri: `${base}orchestrators/{functionName}[/{instanceId}]`,
      },
      managementUrls: {
        id: 'INSTANCEID',
        statusQueryGetUri: instance,
        sendEventPostUri: `${instance}/raiseEvent/{eventName}`,
        terminatePostUri: `${instance}/terminate?reason={text}`,
        rewindPostUri: `${instance}/rewind?reason={text}`,
        purgeHistoryDeleteUri: instance,
        restartPostUri: `${instance}/restart`,
        suspendPostUri: `${instance}/suspend?reason={text}`,
        resumePostUri: `${instance}/resume?reason={text}`,
      },
      baseUrl: base.slice(0, -1),
      requiredQueryStringParameters: '',
      rpcBaseUrl: base,
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, body } = await this.#answer(request);
      const text = body === undefined ? '' : JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    } catch (error) {
      if (error instanceof EngineHalted) {
        response.destroy();
        return;
      }
      response.writeHead(500).end(JSON.stringify({ Message: String(error) }));
    }
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    if (request.headers.origin !== undefined) {
      return { status: 403, body: { Message: 'Web pages have no business here.' } };
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!url.pathname.startsWith(prefix)) {
      return notFound('There is nothing at this address.');
    }
    const [resource, ...path] = url.pathname
      .slice(prefix.length)
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    const method = request.method ?? 'GET';
    if (resource === 'orchestrators' && method === 'POST') {
      return this.#start(path, url, await bodyOf(request));
    }
    if (resource === 'instances') {
      return path.length === 0
        ? this.#instances(method, url)
        : this.#instance(method, path, url, await bodyOf(request));
    }
    if (resource === 'entities' && method === 'GET') {
      return notFound('The local durable engine has no entities.');
    }
    return { status: 501, body: { Message: 'The local durable engine does not support this.' } };
  }

  #start(path: string[], url: URL, body: string): Answer {
    const [name = '', instanceId] = path;
    if (!isJson(body)) {
      return { status: 400, body: { Message: 'The input is not valid JSON.' } };
    }
    const answer = this.#management.start(name, {
      ...(instanceId === undefined ? {} : { instanceId }),
      input: body === '' ? null : body,
      version: url.searchParams.get('version'),
    });
    if (!answer.started) {
      return {
        status: answer.status,
        body: { Message: 'The start failed.', ExceptionMessage: answer.message },
      };
    }
    const id = answer.instanceId;
    return {
      status: 202,
      body: { id, statusQueryGetUri: `${this.#baseUrl}instances/${encodeURIComponent(id)}` },
    };
  }

  #instances(method: string, url: URL): Answer {
    const filter: InstanceFilter = {
      createdTimeFrom: url.searchParams.get('createdTimeFrom') ?? undefined,
      createdTimeTo: url.searchParams.get('createdTimeTo') ?? undefined,
      runtimeStatus: url.searchParams.get('runtimeStatus')?.split(','),
    };
    const found = this.#management.listInstances(filter);
    if (method === 'DELETE') {
      const instancesDeleted = this.#management.purge(found.map((status) => status.instanceId));
      return instancesDeleted === 0
        ? notFound('No finished instance matches.')
        : { status: 200, body: { instancesDeleted } };
    }
    return { status: 200, body: found };
  }

  #instance(method: string, path: string[], url: URL, body: string): Answer {
    const [instanceId = '', verb, eventName = ''] = path;
    const reason = url.searchParams.get('reason') ?? '';
    if (verb === undefined) {
      return method === 'DELETE' ? this.#purge(instanceId) : this.#status(instanceId, url);
    }
    switch (verb) {
      case 'raiseEvent':
        return isJson(body)
          ? controlled(this.#management.raiseEvent(instanceId, eventName, body || null))
          : { status: 400, body: { Message: 'The event is not valid JSON.' } };
      case 'terminate':
        return controlled(this.#management.terminate(instanceId, reason));
      case 'suspend':
        return controlled(this.#management.suspend(instanceId, reason));
      case 'resume':
        return controlled(this.#management.resume(instanceId, reason));
      default:
        return { status: 501, body: `The local durable engine cannot ${verb} instances.` };
    }
  }

  #purge(instanceId: string): Answer {
    const instancesDeleted = this.#management.purge([instanceId]);
    return instancesDeleted === 0
      ? notFound(`No finished instance '${instanceId}' was found.`)
      : { status: 200, body: { instancesDeleted } };
  }

  #status(instanceId: string, url: URL): Answer {
    const status = this.#management.getStatus(instanceId);
    if (!status) {
      return notFound(`No instance with ID '${instanceId}' found.`);
    }
    const isOn = (name: string) => url.searchParams.get(name)?.toLowerCase() === 'true';
    const showInput = url.searchParams.get('showInput')?.toLowerCase() !== 'false';
    const running = ['Pending', 'Running', 'Suspended'].includes(status.runtimeStatus);
    const history = isOn('showHistory')
      ? {
          historyEvents: this.#management
            .getHistory(instanceId)
            .map((event) => toHistoryEntry(event, isOn('showHistoryOutput'))),
        }
      : {};
    return {
      status: running ? 202 : 200,
      body: { ...status, input: showInput ? status.input : null, ...history },
    };
  }
}

function toHistoryEntry(event: HistoryEvent, withOutput: boolean): Record<string, unknown> {
  const { EventType, IsPlayed: _played, Input: _input, Result, ...rest } = event;
  const name = nameOfEventType(EventType);
  return {
    ...rest,
    EventType: name.charAt(0).toUpperCase() + name.slice(1),
    ...(withOutput && Result !== undefined ? { Result: JSON.parse(Result ?? 'null') } : {}),
  };
}

const controlStatus = { accepted: 202, missing: 404, finished: 410 } as const;

function controlled(answer: ControlAnswer): Answer {
  return { status: controlStatus[answer], body: undefined };
}

function notFound(message: string): Answer {
  return { status: 404, body: { Message: message } };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text || 'null');
    return true;
  } catch {
    return false;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
