import { isBuiltin } from 'node:module';
import {
  type Identifier,
  isBinaryExpression,
  isCallExpression,
  isElementAccessExpression,
  isExpressionStatement,
  isIdentifier,
  isNewExpression,
  isPropertyAccessExpression,
  isShorthandPropertyAssignment,
  isStringLiteral,
  isTypeNode,
  isVariableDeclarationList,
  isVariableStatement,
  isVoidExpression,
  type Node,
  NodeFlags,
  SyntaxKind,
} from 'typescript/unstable/ast';
import type { Checker } from 'typescript/unstable/sync';
import {
  lineOf,
  projectRoot,
  report,
  type SourceModule,
  type Sources,
  type Violation,
  withSources,
} from './sources.ts';

const clock = 'Take the time from context.df.currentUtcDateTime, or hand it in as a value.';
const random = 'Use context.df.newGuid, or draw it in an activity and hand it in.';
const effect = 'Do it in an activity; what an orchestration needs to know comes in as a value.';
const timer = 'Wait with "yield context.df.createTimer(...)".';
const generator = 'Write a generator: "function*" with "yield" and "yield*" instead of async.';
const locale = 'Its result depends on the machine. Compare with < and >, format with UTC methods.';

/** Globals whose every use is refused, and what to do instead. */
const refusedGlobals: Readonly<Record<string, string>> = {
  performance: clock,
  crypto: random,
  process: effect,
  fetch: effect,
  console: 'Log in an activity, or through context.log guarded by context.df.isReplaying.',
  setTimeout: timer,
  setInterval: timer,
  setImmediate: timer,
  queueMicrotask: timer,
  clearTimeout: timer,
  clearInterval: timer,
  clearImmediate: timer,
  scheduler: timer,
  Promise: generator,
  AbortSignal: timer,
  Intl: locale,
  globalThis: 'Name what you need, so that the check can see it.',
  global: 'Name what you need, so that the check can see it.',
  window: 'Name what you need, so that the check can see it.',
  self: 'Name what you need, so that the check can see it.',
  require: 'Import it at the top of the file.',
  module: 'Import it at the top of the file.',
  __dirname: effect,
  __filename: effect,
  eval: 'Write the code out, so that the check can see it.',
  Function: 'Write the code out, so that the check can see it.',
  WeakRef: 'Hold the object; when it is collected differs from run to run.',
  FinalizationRegistry:
    'Release in an activity; when an object is collected differs from run to run.',
  Atomics: effect,
  SharedArrayBuffer: effect,
  Worker: effect,
  WebSocket: effect,
  EventSource: effect,
  XMLHttpRequest: effect,
  BroadcastChannel: effect,
  MessageChannel: effect,
  localStorage: effect,
  sessionStorage: effect,
  navigator: effect,
};

const refusedSyntax: ReadonlyMap<SyntaxKind, string> = new Map([
  [SyntaxKind.AsyncKeyword, generator],
  [SyntaxKind.AwaitKeyword, generator],
  [SyntaxKind.AwaitExpression, generator],
  // The expression of `import('...')`; static imports have no such node.
  [SyntaxKind.ImportKeyword, 'Import it at the top of the file.'],
  // import.meta
  [SyntaxKind.MetaProperty, effect],
]);

/** Globals of which only these members are the same at every replay. */
const partlyAllowed: Readonly<
  Record<string, { readonly except?: string; readonly only?: readonly string[] }>
> = {
  Math: { except: 'random' },
  Date: { only: ['UTC', 'parse'] },
};

/** Methods that read the time zone or the language of the machine, whatever object they are called on. */
const machineDependentMethods =
  /^(toLocale\w+|localeCompare|getTimezoneOffset|to(Date|Time)String|[gs]et(FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds|Year))$/;

/** Calls on context.df that do nothing useful unless their task is yielded or kept. */
const taskMakers = new Set([
  'callActivity',
  'callActivityWithRetry',
  'callSubOrchestrator',
  'callSubOrchestratorWithRetry',
  'callEntity',
  'callHttp',
  'createTimer',
  'waitForExternalEvent',
  'lock',
]);

/** Types of expressions that wait for a `yield` or `yield*`. */
const yieldable = new Set(['Task', 'TimerTask', 'RegisteredOrchestrationTask', 'Generator']);

const rule = 'a replay of stored history must take the same way: no clock, chance, world or async';

/**
 * Everything in src/orchestrations/, and in what it loads from src/, that could make a replay differ from
 * the first run, as far as can be seen in the source. Golden histories see the rest.
 */
export function findDeterminismViolations(sources: Sources): Violation[] {
  const violations: Violation[] = [];
  for (const module of reachableModules(sources)) {
    for (const finding of new ModuleCheck(module).run()) {
      violations.push({ path: module.path, rule, ...finding });
    }
  }
  return violations;
}

function reachableModules(sources: Sources): SourceModule[] {
  const reachable = new Set<SourceModule>();
  const visit = (module: SourceModule | undefined): void => {
    if (module === undefined || reachable.has(module)) return;
    reachable.add(module);
    for (const { kind, target } of module.imports) {
      if (kind === 'run time' && target !== undefined) visit(sources.modules.get(target));
    }
  };
  for (const [path, module] of sources.modules) {
    if (path.startsWith('src/orchestrations/')) visit(module);
  }
  return [...reachable];
}

type Finding = Pick<Violation, 'line' | 'found' | 'remedy'>;

class ModuleCheck {
  readonly #module: SourceModule;
  readonly #checker: Checker;
  readonly #findings: Finding[] = [];

  constructor(module: SourceModule) {
    this.#module = module;
    this.#checker = module.checker;
  }

  run(): readonly Finding[] {
    this.#checkImports();
    this.#visit(this.#module.file);
    return this.#findings.sort((a, b) => a.line - b.line);
  }

  #refuse(node: Node, found: string, remedy: string): void {
    this.#findings.push({ line: lineOf(this.#module.file, node), found, remedy });
  }

  #quote(node: Node): string {
    return `'${node.getText(this.#module.file).split('\n')[0]}'`;
  }

  #checkImports(): void {
    for (const { kind, specifier, line } of this.#module.imports) {
      if (kind === 'type' || !isBuiltin(specifier)) continue;
      this.#findings.push({ line, found: `loads '${specifier}'`, remedy: effect });
    }
  }

  #visit(node: Node): void {
    if (isErased(node)) return;
    if (isIdentifier(node)) this.#checkIdentifier(node);
    else this.#checkSyntax(node);
    node.forEachChild((child) => this.#visit(child));
  }

  #checkSyntax(node: Node): void {
    const remedy = refusedSyntax.get(node.kind);
    if (remedy !== undefined) this.#refuse(node, this.#quote(node), remedy);
    this.#checkMember(node);
    this.#checkDroppedTask(node);
    this.#checkModuleState(node);
  }

  #checkMember(node: Node): void {
    const name = memberName(node);
    if (name !== undefined && machineDependentMethods.test(name)) {
      this.#refuse(node, `'${name}'`, locale);
    }
  }

  /** A task or generator that a statement makes and drops: nothing waits for it, or it never runs. */
  #checkDroppedTask(node: Node): void {
    if (!isExpressionStatement(node) && !isVoidExpression(node)) return;
    const dropped = node.expression;
    const callee = isCallExpression(dropped) ? memberName(dropped.expression) : undefined;
    const type = this.#checker.getTypeAtLocation(dropped)?.getSymbol()?.name ?? '';
    if (!taskMakers.has(callee ?? '') && !yieldable.has(type)) return;
    this.#refuse(
      dropped,
      `${this.#quote(dropped)} is neither yielded nor kept`,
      'Write "yield" before a task and "yield*" before a generator, or keep it for Task.all or Task.any.',
    );
  }

  /** Variables of the module outlive an instance, and every instance on the machine shares them. */
  #checkModuleState(node: Node): void {
    if (!isVariableStatement(node) || node.parent.kind !== SyntaxKind.SourceFile) return;
    const list = node.declarationList;
    if (isVariableDeclarationList(list) && (list.flags & NodeFlags.Const) !== 0) return;
    this.#refuse(
      node,
      'a variable of the module',
      'Make it const, or keep it in the orchestration.',
    );
  }

  #checkIdentifier(node: Identifier): void {
    const remedy = Object.hasOwn(refusedGlobals, node.text) ? refusedGlobals[node.text] : undefined;
    const partly = Object.hasOwn(partlyAllowed, node.text);
    if (remedy === undefined && !partly) return;
    if (!this.#isGlobal(node)) return;
    if (remedy !== undefined) this.#refuse(node, `'${node.text}'`, remedy);
    else if (!isAllowedUse(node)) {
      this.#refuse(node, this.#quote(node.parent), node.text === 'Math' ? random : clock);
    }
  }

  /** False for names of members and for what the project declares itself under the same name. */
  #isGlobal(node: Identifier): boolean {
    const { parent } = node;
    if (isPropertyAccessExpression(parent) && parent.name === node) return false;
    const symbol = isShorthandPropertyAssignment(parent)
      ? this.#checker.getShorthandAssignmentValueSymbol(parent)
      : this.#checker.getSymbolAtLocation(node);
    // What nobody declares is taken for a global: the types of some are not installed.
    if (symbol === undefined) return true;
    return symbol.declarations.every(({ path }) => /\/node_modules\/|\.d\.[cm]?ts$/.test(path));
  }
}

/** Types are erased before the program runs; what a class extends is an expression all the same. */
function isErased(node: Node): boolean {
  if (node.kind === SyntaxKind.ExpressionWithTypeArguments) return false;
  return (
    isTypeNode(node) ||
    node.kind === SyntaxKind.InterfaceDeclaration ||
    node.kind === SyntaxKind.TypeAliasDeclaration
  );
}

function isAllowedUse(node: Identifier): boolean {
  const { parent } = node;
  const allowed = partlyAllowed[node.text];
  if (node.text === 'Date' && isDateOfValue(node)) return true;
  const member = memberName(parent);
  if (allowed === undefined || member === undefined || !isReceiver(parent, node)) return false;
  return allowed.only?.includes(member) ?? member !== allowed.except;
}

/** `new Date(value)`: one argument is a point in time; none is the clock, several are in the local time zone. */
function isDateOfValue(node: Identifier): boolean {
  const { parent } = node;
  if (isNewExpression(parent)) {
    const [only, ...others] = parent.arguments ?? [];
    return only !== undefined && others.length === 0 && only.kind !== SyntaxKind.SpreadElement;
  }
  return isBinaryExpression(parent) && parent.operatorToken.kind === SyntaxKind.InstanceOfKeyword;
}

function isReceiver(parent: Node, node: Node): boolean {
  const access = isPropertyAccessExpression(parent) || isElementAccessExpression(parent);
  return access && parent.expression === node;
}

/** The name in `x.name` and `x['name']`. */
function memberName(node: Node): string | undefined {
  if (isPropertyAccessExpression(node)) return node.name.text;
  if (!isElementAccessExpression(node)) return undefined;
  const argument = node.argumentExpression;
  return isStringLiteral(argument) ? argument.text : undefined;
}

if (import.meta.main) {
  report('determinism of the orchestrations', withSources(projectRoot, findDeterminismViolations));
}
