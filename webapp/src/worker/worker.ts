/** The worker that owns inference. Calls are answered one after another, in the order in which they come. */
import { MienError } from '../errors';
import { Engine } from './engine';
import { EarlyAnswers } from '../runtime/early_answers';
import { callIn } from './first_call';
import { LoadReport } from './load_report';
import { beginLoading } from './loading';
import { PixelReader } from './pixels';
import type { CallName, Calls, EarlyAnswer, PlainError, Reply, Request } from './protocol';
import { readFaces } from './tasks';

/** Once the first reading has been given, the golden vectors are run after so long: the visitor is looking at results by then. */
const CHECK_AFTER_MS = 3000;

/** In which a first frame that was waiting for the models comes in, before whatever else. */
const WARM_UP_AFTER_MS = 20;

const READINGS: readonly CallName[] = ['faces', 'picture', 'speech', 'voicePush'];

function answerCalls(scope: { postMessage(reply: Reply): void }, early: EarlyAnswers): (request: Request) => void {
  let engine: Engine | null = null;
  let pixels: PixelReader | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let checks = false;
  let asked = false;

  const running = (): Engine => {
    if (!engine) throw new MienError('worker-failed', 'a call came before loading had ended', 'Await loadMien first.');
    return engine;
  };

  const answer = async (request: Request): Promise<Calls[CallName]['result']> => {
    switch (request.call) {
      case 'load': {
        const { parameters } = request;
        early.expect(parameters.early);
        const report = new LoadReport((progress) => scope.postMessage({ id: request.id, kind: 'progress', progress }));
        engine = await Engine.load(parameters, beginLoading(parameters, early, report), report);
        void engine.lost().then(end);
        if (engine.warmsUpLater) warmUpLater(engine);
        return engine.loaded;
      }
      case 'faces':
        pixels ??= new PixelReader();
        return running().analyseFaces(pixels.read(request.parameters.frame), request.parameters.options);
      case 'picture': {
        pixels ??= new PixelReader();
        const { frame } = request.parameters;
        return running().analysePicture(frame instanceof Blob ? await pixels.decode(frame) : pixels.read(frame));
      }
      case 'speech': {
        const { samples, sampleRate, options } = request.parameters;
        return running().analyseSpeech(samples, sampleRate, options);
      }
      case 'voicePush': {
        const { stream, samples, sampleRate } = request.parameters;
        return running().pushVoice(stream, samples, sampleRate);
      }
      case 'voiceClose':
        running().closeVoice(request.parameters.stream);
        return null;
      case 'selfTest':
        return running().selfTest();
      case 'benchmark':
        return running().benchmark(request.parameters);
      case 'memory':
        return running().memory();
    }
  };

  const end = (error: MienError): void => { scope.postMessage({ kind: 'fatal', error: plain(error) }); };

  /** Calls are answered one after another; what fails stops none of them. */
  const enqueue = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  };

  /** Unless somebody asks first. A backend that fails here fails the first reading too, which says so. */
  const warmUpLater = (started: Engine): void => {
    setTimeout(() => {
      if (!asked) enqueue(() => started.warmUp()).catch(() => undefined);
    }, WARM_UP_AFTER_MS);
  };

  const checkLater = (): void => {
    if (checks || !engine?.unchecked) return;
    checks = true;
    const checked = engine;
    setTimeout(() => {
      checked.check(enqueue).then(
        (error) => { if (error) end(error); },
        (error: unknown) => { console.warn('Mien could not run its golden vectors:', error); },
      );
    }, CHECK_AFTER_MS);
  };

  return (request) => {
    if (READINGS.includes(request.call)) asked = true;
    enqueue(() => answer(request))
      .then(
        (value) => {
          scope.postMessage({ id: request.id, kind: 'result', value });
          // While the page hears of it and captures a first picture, which would wait for a canvas.
          if (request.call === 'load' && readFaces(request.parameters.tasks)) pixels ??= PixelReader.warmedUp();
          if (READINGS.includes(request.call)) checkLater();
        },
        (error: unknown) => scope.postMessage({ id: request.id, kind: 'error', error: plain(error) }),
      );
  };
}

function plain(error: unknown): PlainError {
  if (error instanceof MienError) return { code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { code: 'worker-failed', message, hint: 'Reload the page; if it happens again, report it with this message.' };
}

const early = new EarlyAnswers();
const answer = answerCalls(self, early);
self.addEventListener('message', ({ data }: MessageEvent<Request | EarlyAnswer>) => {
  if ('call' in data) answer(data);
  else early.receive(data.url, data.body);
});
const first = callIn(self.name);
if (first) answer(first);
