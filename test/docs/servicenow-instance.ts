import { createHash, createHmac } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import type { Answer, Delivery } from '../support/webhook-receiver.ts';

type Row = Record<string, unknown>;

/** What of ServiceNow the scripts of docs/servicenow.md use, as its documentation describes it. */
export class ServiceNowInstance {
  readonly tables: Record<string, Row[]> = { sc_req_item: [], x_contoso_vnet_event: [] };
  readonly properties: Record<string, string> = {};
  readonly queuedEvents: (readonly unknown[])[] = [];

  addItem(number: string): Row {
    const item: Row = { number, state: 1, notes: [] };
    this.tables['sc_req_item']?.push(item);
    return item;
  }

  /** Runs the script of the Scripted REST API on a request, as the platform would. */
  receive(script: string, { headers, body }: Delivery): Answer {
    let status = 200;
    const request = {
      getHeader: (name: string) => headers[name.toLowerCase()] ?? null,
      body: { dataString: body },
    };
    const response = {
      setStatus: (value: number) => {
        status = value;
      },
    };
    runInNewContext(script, { ...this.#classes(), request, response });
    return { status };
  }

  /** Runs a script step of a flow. */
  runStep(script: string, inputs: object): Readonly<Record<string, string>> {
    const outputs: Record<string, string> = {};
    runInNewContext(script, { ...this.#classes(), inputs, outputs });
    return outputs;
  }

  #classes() {
    const instance = this;
    return {
      gs: {
        getProperty: (name: string) => instance.properties[name] ?? null,
        eventQueue: (...event: unknown[]) => void instance.queuedEvents.push(event),
      },
      GlideRecord: class extends FakeRecord {
        constructor(table: string) {
          super(instance.tables[table] ?? []);
        }
      },
      GlideDateTime: class {
        getNumericValue = () => Date.now();
      },
      GlideDigest: class {
        getSHA256Hex = (text: string) => createHash('sha256').update(text).digest('hex');
      },
      /** Key and answer in base64; which character set it takes is not documented: here Latin-1. */
      CertificateEncryption: class {
        generateMac = (key: string, algorithm: string, data: string) =>
          createHmac(algorithm.replace(/^Hmac/, ''), Buffer.from(key, 'base64'))
            .update(data, 'latin1')
            .digest('base64');
      },
    };
  }
}

/** A GlideRecord on rows in memory: fields are members, written back by `insert` and `update`. */
class FakeRecord {
  readonly #rows: Row[];
  #found: Row[] = [];
  #conditions: ((row: Row) => boolean)[] = [];
  #current: Row | undefined;
  assignment_group = {
    setDisplayValue: (name: string) => {
      (this as Row)['group'] = name;
    },
  };

  constructor(rows: Row[]) {
    this.#rows = rows;
  }

  get(field: string, value: unknown): boolean {
    this.#current = this.#rows.find((row) => row[field] === value);
    return this.#current !== undefined;
  }

  addQuery(field: string, operator: unknown, value?: unknown): void {
    this.#conditions.push((row) =>
      value === undefined ? row[field] === operator : String(row[field]) > String(value),
    );
  }

  query(): void {
    this.#found = this.#rows.filter((row) => this.#conditions.every((holds) => holds(row)));
  }

  next(): boolean {
    this.#current = this.#found.shift();
    return this.#current !== undefined;
  }

  initialize(): void {
    this.#current = undefined;
  }

  insert(): string {
    this.#rows.push(this.#fields());
    return 'sys_id';
  }

  update(): void {
    const { work_notes: note, ...fields } = this.#fields();
    if (!this.#current) throw new Error('There is no record to update.');
    Object.assign(this.#current, fields);
    (this.#current['notes'] as unknown[]).push(note);
  }

  #fields(): Row {
    const { assignment_group: _, ...fields } = { ...this } as Row;
    return fields;
  }
}
