// The map to be heard: a tone for the class at a place, duller the farther it lies from all codes.

import { setPressed, toggle } from "../ui/elements";
import { _ } from "../ui/texts";

/** Steps of a scale without semitones, from a low A on: any two of them can be told apart. */
const STEPS = [0, 2, 4, 7, 9];
const LOWEST_HZ = 220;
const LOUD = 0.12, FADES_S = 0.6;
const BRIGHT_HZ = 4000;

/** The pitch of a class. */
export function pitchOf(label: number): number {
  const octave = Math.floor(label / STEPS.length) % 3;
  return LOWEST_HZ * 2 ** (octave + STEPS[label % STEPS.length] / 12);
}

/** Up to where a tone has overtones, so many times farther from all codes than usual. */
export const brightnessOf = (off: number) => BRIGHT_HZ / 2 ** (2 * Math.max(0, Math.min(3, off)));

export class MapSound {
  readonly button = toggle(
    _("sound"), _("Hear the map: the pitch says the class, a dull tone is far from all images"),
    () => this.turn());
  private context: AudioContext | null = null;
  private tone!: OscillatorNode;
  private filter!: BiquadFilterNode;
  private loudness!: GainNode;

  /** Sound the class at a place that is so many times farther from all codes than usual. */
  follow(label: number, off: number): void {
    if (!this.context) return;
    const now = this.context.currentTime;
    this.tone.frequency.setTargetAtTime(pitchOf(label), now, 0.01);
    this.filter.frequency.setTargetAtTime(brightnessOf(off), now, 0.02);
    this.loudness.gain.cancelScheduledValues(now);
    this.loudness.gain.setTargetAtTime(LOUD, now, 0.01);
    this.loudness.gain.setTargetAtTime(0, now + 0.15, FADES_S / 3);
  }

  destroy(): void {
    void this.context?.close();
    this.context = null;
  }

  private turn(): void {
    if (this.context) this.destroy();
    else this.start();
    setPressed(this.button, this.context !== null);
  }

  private start(): void {
    const context = (this.context = new AudioContext());
    this.tone = new OscillatorNode(context, { type: "sawtooth", frequency: LOWEST_HZ });
    this.filter = new BiquadFilterNode(context, { type: "lowpass", frequency: BRIGHT_HZ });
    this.loudness = new GainNode(context, { gain: 0 });
    this.tone.connect(this.filter).connect(this.loudness).connect(context.destination);
    this.tone.start();
  }
}
