import { type ApiAddress, apiAddress } from './api/api-address.ts';
import { ApiClient } from './api/api-client.ts';
import { Transport } from './api/transport.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type Look, lookOf } from './render/look.ts';
import { printable, printableJson, printableText } from './render/printable.ts';
import { elapsedOf } from './render/times.ts';
import { chooseSignIn, type SignInOptions } from './sign-in/choose-sign-in.ts';
import type { SignIn } from './sign-in/sign-in.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

/** Options that every command has. */
export interface GlobalOptions extends SignInOptions {
  readonly api?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** False: `--no-color`. */
  readonly color?: boolean;
}

/** One run of a command: whom it asks, how it shows things, and how it ends. */
export class Session {
  readonly world: World;
  readonly options: GlobalOptions;
  /** What a command that did its work ends with. */
  exitCode: ExitCode = exitCodes.ok;
  #address: ApiAddress | undefined;
  #signIn: SignIn | undefined;
  #api: ApiClient | undefined;

  constructor(world: World, options: GlobalOptions) {
    this.world = world;
    this.options = options;
  }

  get address(): ApiAddress {
    this.#address ??= apiAddress(this.options.api, this.world.env);
    return this.#address;
  }

  get signIn(): SignIn {
    this.#signIn ??= chooseSignIn(this.address, this.options, this.world);
    return this.#signIn;
  }

  get api(): ApiClient {
    this.#api ??= new ApiClient(
      new Transport({
        address: this.address,
        signIn: this.signIn,
        world: this.world,
        userAgent: `vnetv/${version}`,
        onWait: (why, wait) => this.note(`${why} (in ${elapsedOf(wait)})`),
      }),
    );
    return this.#api;
  }

  get isJson(): boolean {
    return this.options.json === true;
  }

  /** How the result is laid out. */
  get look(): Look {
    return this.#lookOf(this.world.stdout);
  }

  /** How progress and errors are laid out. */
  get errorLook(): Look {
    return this.#lookOf(this.world.stderr);
  }

  /** Whether somebody sits in front of it who can be asked. */
  get isInteractive(): boolean {
    return this.world.stdin.isTTY === true && this.world.stderr.isTTY === true;
  }

  /** The result: the JSON of the API, or the lines made of it. */
  answer<T>(result: T, render: (result: T, look: Look) => readonly string[]): void {
    if (this.isJson) this.world.stdout.write(`${printableJson(result)}\n`);
    else this.print(render(printable(result), this.look));
  }

  print(lines: readonly string[]): void {
    for (const line of lines) this.world.stdout.write(`${line}\n`);
  }

  /** Something beside the result; it never gets in the way of who reads the result by program. */
  note(text: string): void {
    if (!this.options.quiet) this.world.stderr.write(`${printableText(text)}\n`);
  }

  #lookOf(output: World['stdout']): Look {
    const { env, platform } = this.world;
    return lookOf({ output, env, platform, colour: this.options.color });
  }
}
