/** A graph, or a part of it, that the page's kernels do not compute. TensorFlow.js may. */
export class Unsupported extends Error {
  constructor(what: string) {
    super(`the page's kernels do not compute ${what}`);
    this.name = 'Unsupported';
  }
}
