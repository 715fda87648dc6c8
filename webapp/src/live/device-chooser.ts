/**
 * A choice between the cameras or microphones of the device. It is kept in memory only, so that a new visit begins with
 * the browser's own choice and leaves nothing behind.
 */
import { t } from '../i18n/i18n';
import { make } from '../ui/dom';
import type { Scope } from '../ui/scope';

type Kind = 'videoinput' | 'audioinput';

export class DeviceChooser {
  readonly element: HTMLElement;
  readonly #select: HTMLSelectElement;
  readonly #name: string;
  #chosen: string | null = null;
  /** The list had the focus when its device stopped. */
  #hadFocus = false;

  /** @param onChoose is called when the visitor takes another one */
  constructor(
    private readonly kind: Kind,
    onChoose: () => void,
  ) {
    this.#name = t(kind === 'videoinput' ? 'live.camera' : 'live.microphone');
    this.#select = make('select', { class: 'form-select', 'data-testid': `${kind === 'videoinput' ? 'face' : 'voice'}-device` });
    this.element = make('label', { class: 'device', title: t('live.deviceKept') }, make('span', { class: 'device-name' }, this.#name), this.#select);
    this.element.hidden = true;
    this.#select.addEventListener('change', () => {
      this.#chosen = this.#select.value;
      onChoose();
    });
  }

  /** The id of the device that the visitor took; null for the browser's choice. */
  get chosen(): string | null {
    return this.#chosen;
  }

  /**
   * Lists what there is, now and whenever a device comes or goes. The browser tells names only while one is in use.
   *
   * @param track of the device in use
   */
  follow(scope: Scope, track: MediaStreamTrack | undefined): void {
    const list = (): void => {
      navigator.mediaDevices.enumerateDevices().then(
        (devices) => {
          if (!scope.disposed()) this.#list(devices.filter(({ kind }) => kind === this.kind), track?.getSettings().deviceId);
        },
        () => { this.element.hidden = true; }, // the device in use goes on; there is nothing to choose from
      );
    };
    scope.listen(navigator.mediaDevices, 'devicechange', list);
    scope.add(() => {
      this.#hadFocus = document.activeElement === this.#select;
      this.element.hidden = true;
    });
    list();
  }

  #list(devices: readonly MediaDeviceInfo[], used: string | undefined): void {
    if (this.#chosen !== null && !devices.some(({ deviceId }) => deviceId === this.#chosen)) this.#chosen = null;
    const options = devices.map(({ deviceId, label }, index) =>
      make('option', { value: deviceId }, label || t('live.unnamedDevice', { kind: this.#name, number: index + 1 })),
    );
    this.#select.replaceChildren(...options);
    const current = this.#chosen ?? used;
    if (current !== undefined) this.#select.value = current;
    this.element.hidden = devices.length < 2;
    if (this.#hadFocus && document.activeElement === document.body) this.#select.focus({ preventScroll: true });
    this.#hadFocus = false;
  }
}

/** Asks for the device that was chosen, or for any where that is not to be had any more. */
export async function askForDevice(kind: 'audio' | 'video', wanted: MediaTrackConstraints, deviceId: string | null): Promise<MediaStream> {
  const ask = (constraints: MediaTrackConstraints): Promise<MediaStream> =>
    navigator.mediaDevices.getUserMedia({ audio: false, video: false, [kind]: constraints });
  if (deviceId === null) return ask(wanted);
  try {
    return await ask({ ...wanted, deviceId: { exact: deviceId } });
  } catch (error) {
    const gone = error instanceof DOMException && (error.name === 'OverconstrainedError' || error.name === 'NotFoundError');
    if (!gone) throw error;
    return ask(wanted);
  }
}
