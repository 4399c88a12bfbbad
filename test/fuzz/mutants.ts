export const tryMutations = async (_: unknown): Promise<number> => 0;
