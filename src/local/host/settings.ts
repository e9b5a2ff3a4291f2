import { HostError } from './host-error.ts';

export type Settings = Readonly<Record<string, string>>;

/** Replaces `%NAME%` by the app setting of that name. */
export function resolvePlaceholders(text: string, settings: Settings, place: string): string {
  return text.replaceAll(/%([^%\s]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (value === undefined) {
      throw new HostError(
        'setting-missing',
        `${place} uses %${name}%, but there is no app setting "${name}".`,
        `Set "${name}" in the app settings.`,
      );
    }
    return value;
  });
}

/** The connection string that a trigger's `connection` names. */
export function resolveConnection(name: string, settings: Settings, place: string): string {
  const value = settings[name] ?? settings[`AzureWebJobs${name}`];
  if (value === undefined) {
    throw new HostError(
      'setting-missing',
      `${place} uses the connection "${name}", but there is no app setting "${name}".`,
      'Locally a connection is a connection string; set it in the app settings.',
    );
  }
  return value;
}

/** A required text option of a trigger, placeholders replaced. */
export function textOption(
  options: Readonly<Record<string, unknown>>,
  key: string,
  settings: Settings,
  place: string,
): string {
  const value = options[key];
  if (typeof value !== 'string' || value === '') {
    throw new HostError(
      'bad-trigger-options',
      `${place} has no "${key}".`,
      `Give the trigger the option "${key}".`,
    );
  }
  return resolvePlaceholders(value, settings, place);
}
