/**
 * The one way to own something that must end: a listener, a timer, an animation frame, an observer, a media stream,
 * an audio context, or another scope. "Stop" means "dispose the scope", and whatever is registered on a scope that is
 * already disposed ends at once, so that nothing that arrives late (a camera granted after "stop") can stay open.
 */
export class Scope {
  readonly #endings = new Set<() => void>();
  readonly #abort = new AbortController();

  /** True once `dispose` was called. A method, since the answer may change during any `await`. */
  disposed(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Aborts when the scope is disposed: for `fetch` and everything else that takes a signal. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Runs `ending` when the scope is disposed (at once if it already is). Returns a function that runs it earlier. */
  add(ending: () => void): () => void {
    if (this.disposed()) {
      ending();
      return () => undefined;
    }
    const once = (): void => {
      if (this.#endings.delete(once)) ending();
    };
    this.#endings.add(once);
    return once;
  }

  /** A scope that ends with this one, or earlier. */
  child(): Scope {
    const child = new Scope();
    const detach = this.add(() => child.dispose());
    child.add(detach);
    return child;
  }

  /** Adds an event listener; returns a function that removes it earlier. */
  listen<E extends Event = Event>(
    target: EventTarget,
    type: string,
    listener: (event: E) => void,
    options?: AddEventListenerOptions,
  ): () => void {
    if (this.disposed()) return () => undefined;
    target.addEventListener(type, listener as EventListener, options);
    return this.add(() => target.removeEventListener(type, listener as EventListener, options));
  }

  /** Calls `callback` once, after `ms` milliseconds. */
  timeout(callback: () => void, ms: number): () => void {
    if (this.disposed()) return () => undefined;
    const timer = setTimeout(() => {
      forget();
      callback();
    }, ms);
    const forget = this.add(() => clearTimeout(timer));
    return forget;
  }

  /** Calls `callback` every `ms` milliseconds. */
  interval(callback: () => void, ms: number): () => void {
    if (this.disposed()) return () => undefined;
    const timer = setInterval(callback, ms);
    return this.add(() => clearInterval(timer));
  }

  /** Calls `callback` before every repaint, until the scope ends. */
  frames(callback: (now: number) => void): () => void {
    if (this.disposed()) return () => undefined;
    let handle = 0;
    const tick = (now: number): void => {
      handle = requestAnimationFrame(tick);
      callback(now);
    };
    handle = requestAnimationFrame(tick);
    return this.add(() => cancelAnimationFrame(handle));
  }

  /** Calls `callback` for every new picture of `video`; before every repaint where the browser cannot tell. */
  videoFrames(video: HTMLVideoElement, callback: () => void): () => void {
    if (!('requestVideoFrameCallback' in video)) return this.frames(callback);
    if (this.disposed()) return () => undefined;
    let handle = 0;
    const tick = (): void => {
      handle = video.requestVideoFrameCallback(tick);
      callback();
    };
    handle = video.requestVideoFrameCallback(tick);
    return this.add(() => video.cancelVideoFrameCallback(handle));
  }

  /** Observes the size of `element`. */
  resize(element: Element, callback: () => void): () => void {
    if (this.disposed()) return () => undefined;
    const observer = new ResizeObserver(callback);
    observer.observe(element);
    return this.add(() => observer.disconnect());
  }

  /** Owns a media stream: its tracks stop with the scope, and the camera's light goes off. */
  stream(stream: MediaStream): MediaStream {
    this.add(() => {
      for (const track of stream.getTracks()) track.stop();
    });
    return stream;
  }

  /** Owns an audio context: it closes with the scope. */
  audio(context: AudioContext): AudioContext {
    this.add(() => {
      if (context.state !== 'closed') void context.close();
    });
    return context;
  }

  /** Ends everything, last come first; an ending that throws does not keep the others from running. */
  dispose(): void {
    if (this.disposed()) return;
    this.#abort.abort();
    for (const ending of [...this.#endings].reverse()) {
      try {
        ending();
      } catch (error) {
        reportError(error);
      }
    }
    this.#endings.clear();
  }
}
