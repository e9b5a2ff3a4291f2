import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

const headerEnd = '\r\n\r\n';

/**
 * A Bicep compiler that stays up and is asked by JSON-RPC (`bicep jsonrpc`): its start takes longer than an
 * answer. It ends with the process that asks.
 */
export class BicepRpc {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (message: Answer) => void>();
  #received: Buffer = Buffer.alloc(0);
  #last = 0;

  constructor(file: string) {
    this.#child = spawn(file, ['jsonrpc', '--stdio']);
    this.#child.stdout.on('data', (data: Buffer) => this.#receive(data));
    this.#child.on('exit', (code) => this.#end(`The compiler ended with ${code}.`));
    process.on('exit', () => this.#child.kill());
  }

  /** What a deployment with a file of parameters would make, as JSON. */
  async snapshot(path: string, metadata: Readonly<Record<string, string>>): Promise<string> {
    const { snapshot } = await this.#ask('bicep/getSnapshot', { path, metadata });
    return String(snapshot);
  }

  async #ask(method: string, params: unknown): Promise<Readonly<Record<string, unknown>>> {
    this.#last += 1;
    const id = this.#last;
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}${headerEnd}${body}`);
    const { error, result } = await answer;
    if (result === undefined) throw new Error(`${method} failed: ${JSON.stringify(error)}`);
    return result;
  }

  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const at = this.#received.indexOf(headerEnd);
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#received.toString('latin1', 0, at))?.[1],
      );
      const start = at + headerEnd.length;
      if (at < 0 || this.#received.byteLength < start + length) return;
      const message: Answer = JSON.parse(this.#received.toString('utf8', start, start + length));
      this.#received = this.#received.subarray(start + length);
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    }
  }

  #end(why: string): void {
    for (const [id, settle] of this.#waiting) settle({ id, error: why });
    this.#waiting.clear();
  }
}

interface Answer {
  readonly id: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: unknown;
}
