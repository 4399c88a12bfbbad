import { defineConfig } from 'vitest/config';
import { CountReporter } from './test/count-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/explorer-bundle.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than there are cores on a small machine: some tests wait for a browser, or for a clock.
    maxWorkers: 3,
    reporters: ['default', new CountReporter()],
  },
});
