/** RFC 3339, as CloudEvents wants it. */
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const traceContext = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** Attributes by the specification; all others are extensions. */
const required = ['specversion', 'id', 'source', 'type'] as const;

/** What of an event breaks the rules of CloudEvents 1.0 for structured JSON, written down from the specification. */
export function cloudEventFaults(event: unknown): readonly string[] {
  if (typeof event !== 'object' || event === null) return ['is no object'];
  const { data, ...attributes } = event as Record<string, unknown>;
  const faults: string[] = [];
  const claim = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  for (const name of required) claim(Object.hasOwn(attributes, name), `${name} is missing`);
  claim(attributes['specversion'] === '1.0', 'specversion is not 1.0');
  for (const [name, value] of Object.entries(attributes)) {
    claim(/^[a-z0-9]+$/.test(name), `${name} has other characters than a-z and 0-9`);
    claim(name.length <= 20, `${name} is a long name`);
    const isScalar = ['string', 'boolean'].includes(typeof value) || Number.isInteger(value);
    claim(isScalar, `${name} is no scalar`);
    claim(value !== '', `${name} is empty`);
    // Control characters and lone surrogates are not allowed in strings.
    claim(typeof value !== 'string' || !/\p{Cc}|\p{Cs}/u.test(value), `${name} is not printable`);
  }
  const { source, time, dataschema, datacontenttype, traceparent } = attributes;
  claim(isUriReference(source), 'source is no URI reference');
  if (time !== undefined) {
    claim(timestamp.test(String(time)) && !Number.isNaN(Date.parse(String(time))), 'time is none');
  }
  if (dataschema !== undefined) claim(URL.canParse(String(dataschema)), 'dataschema is no URI');
  if (datacontenttype !== undefined) {
    claim(/^[\w.+-]+\/[\w.+-]+/.test(String(datacontenttype)), 'datacontenttype is none');
  }
  if (traceparent !== undefined) {
    claim(traceContext.test(String(traceparent)), 'traceparent is none');
  }
  claim(!Object.hasOwn(attributes, 'data_base64'), 'has data_base64 for JSON');
  claim(data !== undefined, 'has no data');
  return faults;
}

const isUriReference = (value: unknown): boolean =>
  typeof value === 'string' && !/\s/.test(value) && URL.canParse(value, 'https://base.example/');
