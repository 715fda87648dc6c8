/** As much of TensorFlow.js's backends as tells of their end. */
interface Mortal {
  gpgpu?: { gl: { canvas: EventTarget } };
  device?: { lost: Promise<{ reason: string; message: string }> };
}

/**
 * Resolves, if ever, when the graphics processor behind the backend is gone, to what happened: the driver was reset, the
 * machine changed to another one, or the browser took it away. What is computed on it then never comes back.
 */
export function whenLost({ gpgpu, device }: Mortal): Promise<string> {
  if (device) return device.lost.then(({ reason, message }) => `the WebGPU device was lost (${[reason, message].filter(Boolean).join(': ')})`);
  if (!gpgpu) return new Promise(() => undefined);
  return new Promise((resolve) => {
    gpgpu.gl.canvas.addEventListener('webglcontextlost', () => resolve('the WebGL context was lost'), { once: true });
  });
}
