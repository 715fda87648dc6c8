/**
 * Runs on the audio thread: mixes the channels to one and posts blocks of samples to the page. Blocks are transferred,
 * not copied; 1024 samples are 21 ms at 48 kHz, short enough for a live waveform, few enough messages for the page.
 */

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const BLOCK = 1024;

class Capture extends AudioWorkletProcessor {
  #block = new Float32Array(BLOCK);
  #filled = 0;

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const first = channels[0];
    if (first === undefined) return true; // the source is not connected yet, or has been cut
    for (let i = 0; i < first.length; i += 1) {
      let sum = 0;
      for (const channel of channels) sum += channel[i] ?? 0;
      this.#block[this.#filled] = sum / channels.length;
      this.#filled += 1;
      if (this.#filled === BLOCK) this.#post();
    }
    return true;
  }

  #post(): void {
    const block = this.#block;
    this.#block = new Float32Array(BLOCK);
    this.#filled = 0;
    this.port.postMessage(block, [block.buffer]);
  }
}

registerProcessor('mien-capture', Capture);

export {};
