import type { Command } from 'commander';
import type { GlobalOptions, Session } from '../session.ts';

/** Makes the session of a command that is about to run, from the options that every command has. */
export type OpenSession = (command: Command, more?: GlobalOptions) => Session;
