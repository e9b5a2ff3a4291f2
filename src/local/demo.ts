import { runDemo } from './demo/demo.ts';

try {
  await runDemo();
  process.exit(0);
} catch (error) {
  console.error(`\nThe demo failed: ${(error as Error).message}`);
  process.exit(1);
}
