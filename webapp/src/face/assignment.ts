/**
 * The assignment of rows to columns with the smallest sum of costs (the Hungarian method with potentials, after
 * H. W. Kuhn, 1955, and J. Munkres, 1957; cubic in the number of rows, which is a handful here).
 *
 * @param costs Rows of finite numbers, all of the same length.
 * @param unassigned What it costs to leave a row without a column; no pair that costs more is ever made.
 * @returns For each row its column, or -1.
 */
export function assign(costs: readonly (readonly number[])[], unassigned: number): number[] {
  const rows = costs.length;
  const columns = costs[0]?.length ?? 0;
  // Every row gets a column of its own to be left out by, so that rows never outnumber columns.
  const cost = (row: number, column: number): number => (column < columns ? Math.min(costs[row]![column]!, 2 * Math.abs(unassigned) + 1) : unassigned);
  const owner = solve(rows, columns + rows, cost);
  const result = new Array<number>(rows).fill(-1);
  for (let column = 0; column < columns; column++) {
    const row = owner[column]!;
    if (row >= 0 && costs[row]![column]! <= unassigned) result[row] = column;
  }
  return result;
}

/** For each column the row that it is given to, or -1. Needs rows <= columns. Indices are shifted by one within. */
function solve(rows: number, columns: number, cost: (row: number, column: number) => number): number[] {
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const owner = new Int32Array(columns + 1);
  const before = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    owner[0] = row;
    let column = 0;
    const slack = new Float64Array(columns + 1).fill(Infinity);
    const used = new Uint8Array(columns + 1);
    do {
      used[column] = 1;
      const current = owner[column]!;
      let delta = Infinity;
      let next = 0;
      for (let j = 1; j <= columns; j++) {
        if (used[j]) continue;
        const reduced = cost(current - 1, j - 1) - rowPotential[current]! - columnPotential[j]!;
        if (reduced < slack[j]!) {
          slack[j] = reduced;
          before[j] = column;
        }
        if (slack[j]! < delta) {
          delta = slack[j]!;
          next = j;
        }
      }
      for (let j = 0; j <= columns; j++) {
        if (used[j]) {
          rowPotential[owner[j]!]! += delta;
          columnPotential[j]! -= delta;
        } else {
          slack[j]! -= delta;
        }
      }
      column = next;
    } while (owner[column] !== 0);
    while (column !== 0) {
      owner[column] = owner[before[column]!]!;
      column = before[column]!;
    }
  }
  return Array.from(owner.subarray(1), (row) => row - 1);
}
