import type { Plugin } from 'esbuild';

/** The parts of `NetworkManagementClient` that src/azure uses; a test compares them with the sources. */
export const keptOperations: readonly string[] = [
  'ipamPools',
  'scopeConnections',
  'staticCidrs',
  'virtualNetworks',
];

const group = /[\\/]@azure[\\/]arm-network[\\/]dist[\\/]\w+[\\/]classic[\\/](\w+)[\\/]index\.js$/;

/**
 * The client of the network provider makes all of its 170 groups of operations in its constructor, so no
 * bundler can tell that four are used. The others, two thirds of what the package brings, become an
 * error that says so.
 */
export const leaveOutOperations: Plugin = {
  name: 'leave-out-operations',
  setup(build) {
    build.onLoad({ filter: group }, ({ path }) => {
      const name = group.exec(path)?.[1] ?? '';
      if (keptOperations.includes(name)) return undefined;
      const getter = `_get${name[0]?.toUpperCase()}${name.slice(1)}Operations`;
      const message = `The bundle has no operations '${name}' of @azure/arm-network: name them in scripts/leave-out-operations.ts.`;
      return {
        contents: `export const ${getter} = () => new Proxy({}, { get() { throw new Error(${JSON.stringify(message)}); } });`,
        loader: 'js',
      };
    });
  },
};
