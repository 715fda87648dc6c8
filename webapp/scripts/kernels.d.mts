export function buildKernels(folder: string): Promise<void>;
