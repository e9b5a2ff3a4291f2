/** Longest text of Azure that an error carries; beyond that it helps nobody. */
const longestText = 2_000;
/** So much is looked at: an answer can be megabytes, and patterns take their time. */
const mostRead = 16 * 1024;

const secrets: readonly { readonly pattern: RegExp; readonly replacement: string }[] = [
  {
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    replacement: '[private key]',
  },
  // JSON Web Tokens, also without signature or cut off.
  { pattern: /\beyJ[\w-]{8,}(\.[\w-]*){0,2}/g, replacement: '[token]' },
  {
    pattern: /\b((?:Encrypted)?Bearer) +(?!authorization_uri)[\w.~+/-]{16,}=*/gi,
    replacement: '$1 [token]',
  },
  {
    pattern:
      /(["']?\b(?:access_token|refresh_token|id_token|client[_-]?secret|client_assertion|assertion|sig|signature|password|SharedAccessKey|AccountKey)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
    replacement: '$1[secret]',
  },
  // Operation URLs are signed: whoever has one can read the operation. Path and api-version stay.
  {
    pattern: /(https?:\/\/[^\s?"'<>]{1,2048})\?(?:[^\s"'<>]*?(api-version=[\w.-]+))?[^\s"'<>]*/gi,
    replacement: '$1?$2',
  },
  // Anything else that is too long for a name: keys, signatures, opaque tokens.
  { pattern: /[\w+=-]{100,}/g, replacement: '[redacted]' },
];

/**
 * The words of others, safe to record and publish: without tokens, secrets and signed query strings,
 * and bounded in length.
 */
export function redact(text: string): string {
  const safe = secrets.reduce(
    (current, { pattern, replacement }) => current.replace(pattern, replacement),
    text.slice(0, mostRead),
  );
  const trimmed = safe.trim();
  return trimmed.length > longestText ? `${trimmed.slice(0, longestText)} ...` : trimmed;
}
