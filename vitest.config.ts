import { defineConfig } from 'vitest/config';
import { CountReporter } from './test/count-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/one-folder.ts', 'test/explorer-bundle.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What a test file loads stays loaded for the next, which saves a tenth of the time; no test changes what others see.
    isolate: false,
    // Two cores: what one test starts (a browser, a command, threads) fills them already; a third gains nothing.
    maxWorkers: 2,
    reporters: ['default', new CountReporter()],
  },
});
