import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import {
  projectRoot,
  report,
  type SourceImport,
  type SourceModule,
  type Sources,
  type Violation,
  withSources,
} from './sources.ts';

interface AreaRule {
  /** Areas whose code may be loaded. */
  readonly code: readonly string[];
  /** Areas of which only types may be imported. */
  readonly types: readonly string[];
  /** Single files of these that may be loaded all the same. */
  readonly files?: readonly string[];
  /** Packages that may be loaded: a list, the deployed `dependencies`, or also the `devDependencies`. */
  readonly packages: readonly string[] | 'deployed' | 'any';
  /** Whether modules of Node may be loaded. */
  readonly node: boolean;
  readonly remedy: string;
}

/**
 * Imports point one way. An area is a folder under src/. As every area may load only areas whose own rule
 * is at least as strict, what holds for direct imports holds for everything behind them.
 */
const areas: Readonly<Record<string, AreaRule>> = {
  model: {
    code: ['model'],
    types: [],
    packages: ['zod', 'cidr-tools'],
    node: false,
    remedy:
      'Keep the model pure: hand the value in, or move the code to the area that needs the world.',
  },
  azure: {
    code: ['azure', 'model'],
    types: [],
    packages: 'deployed',
    node: true,
    remedy: 'Let an activity bring the two together, or move what is shared to model/.',
  },
  setup: {
    code: ['setup', 'azure', 'model'],
    types: [],
    packages: 'deployed',
    node: true,
    remedy:
      'Hand it in with the context of the set-up, or move what is shared to azure/ or model/.',
  },
  ledger: {
    code: ['ledger', 'model'],
    types: [],
    packages: 'deployed',
    node: true,
    remedy: 'Let an activity bring the two together, or move what is shared to model/.',
  },
  activities: {
    code: ['activities', 'azure', 'ledger', 'model'],
    types: [],
    packages: 'deployed',
    node: true,
    remedy: 'Hand it in as a dependency of the activity, or move what is shared to model/.',
  },
  orchestrations: {
    code: ['orchestrations', 'model'],
    types: ['activities'],
    packages: ['durable-functions'],
    node: false,
    remedy:
      'Do it in an activity and call that; import its types with "import type"; move pure code to model/.',
  },
  functions: {
    code: ['functions', 'orchestrations', 'activities', 'azure', 'ledger', 'model'],
    types: [],
    packages: 'deployed',
    node: true,
    remedy: 'A trigger parses, authorises and hands over; move the rest to the area it belongs to.',
  },
  web: {
    code: ['web'],
    types: ['model'],
    packages: 'any',
    node: false,
    remedy: 'The page knows the HTTP API only; import types of model/ with "import type".',
  },
  cli: {
    // `vnetv setup` asks Azure itself: there is no API yet. It is loaded when it is called.
    code: ['cli', 'setup'],
    types: ['model'],
    // `vnetv audit verify` does not take the server's word for the trail: it follows the chain itself, by the one
    // description of it that there is. None of these loads a package, which every start would pay for.
    files: ['src/model/audit-chain.ts', 'src/model/canonical-json.ts', 'src/model/states.ts'],
    packages: 'any',
    node: true,
    remedy:
      'The command line knows the HTTP API and setup/ only; import types of model/ with "import type".',
  },
  local: {
    code: ['local', 'ledger', 'model', 'cli'],
    types: ['azure', 'activities', 'orchestrations', 'functions'],
    // Where the real Azure is; the emulated one uses none of it.
    files: ['src/azure/clouds.ts'],
    packages: 'any',
    node: true,
    remedy:
      'Load the built function app (dist/app) as the Azure host does, or repeat the fact: ' +
      'the emulated Azure must not share the code that it is there to test.',
  },
};

export interface DeclaredPackages {
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

/** Everything under src/ that imports what it may not, and every cycle of run-time imports. */
export function findImportViolations(sources: Sources, declared: DeclaredPackages): Violation[] {
  const violations: Violation[] = [];
  for (const module of sources.modules.values()) {
    for (const found of module.imports) {
      const violation = checkImport(module, found, declared);
      if (violation !== undefined) violations.push(violation);
    }
  }
  return [...violations, ...findCycles(sources)];
}

function checkImport(
  module: SourceModule,
  found: SourceImport,
  declared: DeclaredPackages,
): Violation | undefined {
  const area = areaOf(module.path);
  const rule = areas[area];
  const refuse = (reason: string, remedy: string): Violation => ({
    path: module.path,
    line: found.line,
    found: `imports ${found.kind === 'type' ? 'types of ' : ''}'${found.specifier}'`,
    rule: reason,
    remedy,
  });
  if (rule === undefined) {
    return refuse(
      `'${area}' is no area of src/`,
      'Move the file to an area, or add the area to scripts/check-imports.ts and docs/architecture.md.',
    );
  }
  if (found.target !== undefined) return checkRelative(area, rule, found, found.target, refuse);
  if (found.specifier === '(computed)') {
    if (area === 'local') return undefined;
    return refuse('only local/ may compute what it imports', 'Import it by its name.');
  }
  return checkPackage(area, rule, found, declared, refuse);
}

type Refuse = (reason: string, remedy: string) => Violation;

/** Generated from the routes, and served by one of them. */
const documentOfTheApi = 'docs/openapi.json';
/** What is made by Bicep, or by hand, and by the set-up is the same. */
const sharedWithInfra = /^infra\/(roles\/[\w-]+|sign-in-(app|clients))\.json$/;

function checkRelative(
  area: string,
  rule: AreaRule,
  found: SourceImport,
  target: string,
  refuse: Refuse,
): Violation | undefined {
  if (!target.startsWith('src/')) {
    if (target === documentOfTheApi && area === 'functions') return undefined;
    if (sharedWithInfra.test(target) && area === 'setup') return undefined;
    return refuse('code under src/ imports nothing outside of src/', 'Move the file under src/.');
  }
  const imported = areaOf(target);
  if (rule.code.includes(imported) || rule.files?.includes(target)) return undefined;
  if (rule.types.includes(imported)) {
    if (found.kind === 'type') return undefined;
    return refuse(
      `${area}/ imports only types of ${imported}/`,
      `Write "import type { ... }" ("import { type ... }" still loads the file). ${rule.remedy}`,
    );
  }
  if (imported === 'local') {
    return refuse('nothing but local/ and tests imports local/', 'Move what is shared to model/.');
  }
  const types = rule.types.length > 0 ? `, types of ${rule.types.join('/, ')}/` : '';
  return refuse(`${area}/ imports only ${rule.code.join('/, ')}/${types}`, rule.remedy);
}

function checkPackage(
  area: string,
  rule: AreaRule,
  found: SourceImport,
  declared: DeclaredPackages,
  refuse: Refuse,
): Violation | undefined {
  if (isBuiltin(found.specifier)) {
    if (rule.node || found.kind === 'type') return undefined;
    return refuse(`${area}/ loads no module of Node`, rule.remedy);
  }
  const name = packageOf(found.specifier);
  // The Functions host provides it, to the function app and to nobody else.
  if (name === '@azure/functions-core') {
    if (area === 'functions') return undefined;
    return refuse("only functions/ talks to the host's own module", rule.remedy);
  }
  if (Array.isArray(rule.packages)) {
    if (rule.packages.includes(name)) return undefined;
    return refuse(`${area}/ uses only the packages ${rule.packages.join(', ')}`, rule.remedy);
  }
  if (declared.dependencies.includes(name)) return undefined;
  if (declared.devDependencies.includes(name)) {
    if (rule.packages === 'any' || found.kind === 'type') return undefined;
    return refuse(
      `${area}/ is deployed and uses only packages of "dependencies"`,
      `Move '${name}' from devDependencies to dependencies, or do without it.`,
    );
  }
  return refuse(
    'every imported package is declared in package.json',
    `Add '${name}' to package.json, or do without it.`,
  );
}

/** src/model/plan.ts -> model; a file that lies in src/ itself is its own area, which no rule knows. */
function areaOf(path: string): string {
  return path.split('/')[1] ?? path;
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Depth-first search; each cycle is reported once, at the import that closes it. */
function findCycles(sources: Sources): Violation[] {
  const violations: Violation[] = [];
  const finished = new Set<string>();
  const visit = (module: SourceModule, trail: readonly string[]): void => {
    for (const found of module.imports) {
      const next = found.target === undefined ? undefined : sources.modules.get(found.target);
      if (next === undefined || found.kind === 'type' || finished.has(next.path)) continue;
      const start = trail.indexOf(next.path);
      if (start === -1) visit(next, [...trail, next.path]);
      else violations.push(cycle(module, found, [...trail.slice(start), next.path]));
    }
    finished.add(module.path);
  };
  for (const module of sources.modules.values()) {
    if (!finished.has(module.path)) visit(module, [module.path]);
  }
  return violations;
}

function cycle(module: SourceModule, found: SourceImport, trail: readonly string[]): Violation {
  return {
    path: module.path,
    line: found.line,
    found: `closes a cycle of imports: ${trail.join(' -> ')}`,
    rule: 'files do not load one another in a circle',
    remedy: 'Move what both need to a file of its own, or import only types with "import type".',
  };
}

/** The packages that a package.json declares. */
export function readDeclaredPackages(root: string): DeclaredPackages {
  const declared = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    dependencies: Object.keys(declared.dependencies ?? {}),
    devDependencies: Object.keys(declared.devDependencies ?? {}),
  };
}

if (import.meta.main) {
  const declared = readDeclaredPackages(projectRoot);
  report(
    'import directions',
    withSources(projectRoot, (sources) => findImportViolations(sources, declared)),
  );
}
