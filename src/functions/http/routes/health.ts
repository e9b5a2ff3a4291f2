import { ok } from '../answer.ts';
import type { OpenRoute } from '../route.ts';

/** For load balancers: that the app runs, and nothing else. */
export const health: OpenRoute = {
  name: 'health',
  methods: ['GET', 'HEAD'],
  path: 'api/health',
  access: 'open',
  handle: async () => ok({ status: 'healthy' }),
};
