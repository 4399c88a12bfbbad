import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // Two cores: the pool of sweep workers inside one test already fills them.
    maxWorkers: 2,
  },
});
