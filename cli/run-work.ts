/** Does a command's work and keeps the exit code that it ends with. */
export type RunWork = (work: () => number | Promise<number>) => Promise<void>;
