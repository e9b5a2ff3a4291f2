import { readdirSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  isCallExpression,
  isExportDeclaration,
  isImportDeclaration,
  isStringLiteral,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { API, type Checker } from 'typescript/unstable/sync';

export const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)));

export interface SourceImport {
  /** As written, or '(computed)' for a dynamic import of something that is no string. */
  readonly specifier: string;
  /** The imported file, relative to the root, when the specifier is relative. */
  readonly target?: string;
  /** A type import is erased; everything else loads the module when the program runs. */
  readonly kind: 'type' | 'run time';
  readonly line: number;
}

export interface SourceModule {
  /** Relative to the root, with forward slashes: src/model/plan.ts. */
  readonly path: string;
  readonly file: SourceFile;
  readonly imports: readonly SourceImport[];
  /** Of the project that the file belongs to: the page is one of its own, for it has the browser's globals. */
  readonly checker: Checker;
}

export interface Sources {
  readonly modules: ReadonlyMap<string, SourceModule>;
}

/** What a check found: which rule is broken where, and what to do about it. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly found: string;
  readonly rule: string;
  readonly remedy: string;
}

/**
 * Parses and binds every TypeScript file under src/ and hands them to `use`. This file is the only one that
 * knows how: the JavaScript interface of TypeScript 7 is still marked unstable, and typescript is pinned.
 */
export function withSources<T>(root: string, use: (sources: Sources) => T): T {
  const paths = listSources(join(root, 'src'));
  const api = new API({ cwd: root });
  try {
    const snapshot = api.updateSnapshot({ openFiles: paths });
    const modules = new Map<string, SourceModule>();
    for (const path of paths) {
      const project = snapshot.getDefaultProjectForFile(path);
      const file = project?.program.getSourceFile(path);
      if (project === undefined || file === undefined) {
        throw new Error(`TypeScript does not find ${path}. Is it part of tsconfig.json?`);
      }
      const module = { path: toPosix(relative(root, path)), file, checker: project.checker };
      modules.set(module.path, { ...module, imports: readImports(module.path, file) });
    }
    if (modules.size === 0) throw new Error(`There are no TypeScript files in ${root}/src.`);
    return use({ modules });
  } finally {
    api.close();
  }
}

/** One-based line of a node, for messages. */
export function lineOf(file: SourceFile, node: Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/**
 * Prints what a check found and sets the exit code.
 * @param subject what the check is about, for the line that says that all is well
 */
export function report(subject: string, violations: readonly Violation[]): void {
  for (const { path, line, found, rule, remedy } of violations) {
    console.error(`${path}:${line}: ${found}\n  rule: ${rule}\n  what to do: ${remedy}`);
  }
  if (violations.length === 0) console.log(`${subject}: in order`);
  else {
    console.error(`${subject}: ${violations.length} violation(s)`);
    process.exitCode = 1;
  }
}

function listSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function readImports(path: string, file: SourceFile): SourceImport[] {
  const literals = file.imports.map((literal) => ({
    specifier: isStringLiteral(literal) ? literal.text : literal.getText(file),
    kind: kindOf(literal.parent),
    line: lineOf(file, literal),
  }));
  const imports = [...literals, ...computedImports(file)];
  return imports.map((found) =>
    found.specifier.startsWith('.')
      ? { ...found, target: posix.join(toPosix(dirname(path)), found.specifier) }
      : found,
  );
}

function kindOf(parent: Node): SourceImport['kind'] {
  if (isImportDeclaration(parent)) {
    // `import { type A }` is not erased under verbatimModuleSyntax: the module is still loaded.
    return parent.importClause?.phaseModifier === SyntaxKind.TypeKeyword ? 'type' : 'run time';
  }
  if (isExportDeclaration(parent)) return parent.isTypeOnly ? 'type' : 'run time';
  return isCallExpression(parent) ? 'run time' : 'type';
}

function computedImports(file: SourceFile): SourceImport[] {
  const found: SourceImport[] = [];
  const visit = (node: Node): void => {
    if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && !isStringLiteral(argument)) {
        found.push({ specifier: '(computed)', kind: 'run time', line: lineOf(file, node) });
      }
    }
    node.forEachChild(visit);
  };
  visit(file);
  return found;
}

function toPosix(path: string): string {
  return path.split(sep).join('/');
}
