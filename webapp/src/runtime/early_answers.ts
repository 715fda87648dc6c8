/** Answers that the page has asked for while the worker started, and passes on as they come. */

type Body = ReadableStream<Uint8Array<ArrayBuffer>> | null;

export class EarlyAnswers {
  private readonly waiting = new Map<string, (body: Body) => void>();
  private readonly bodies = new Map<string, Promise<Body>>();

  /** @param urls What the page has asked for. */
  expect(urls: readonly string[]): void {
    for (const url of urls) this.bodies.set(url, new Promise((resolve) => this.waiting.set(url, resolve)));
  }

  receive(url: string, body: Body): void {
    this.waiting.get(url)?.(body);
    this.waiting.delete(url);
  }

  /** The body of an answer, once; null where the page could not get it, or was not asked to. */
  take({ href }: URL): Promise<Body> {
    const body = this.bodies.get(href) ?? Promise.resolve(null);
    this.bodies.delete(href);
    return body;
  }
}
