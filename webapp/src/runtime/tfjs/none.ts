/** In the place of a kind of operations that no model of ours has (`vite.tfjs.ts`): it lists none and computes none. */
import { MienError } from '../../errors';

export const json: readonly never[] = [];

export function executeOp({ op }: { op: string }): never {
  throw new MienError('spec-invalid', `the model uses the operator ${op}, which is not part of this page`, 'Rebuild the model with mien-convert.');
}
