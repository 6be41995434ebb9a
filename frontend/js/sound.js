// Three short tones, made by the browser, off until the listener switches them
// on: browsers allow sound only after a touch.

import { signal } from '../vendor/preact.js';

/** Whether the listener wants to hear anything. */
export const soundOn = signal(false);

/** @type {AudioContext | null} */
let context = null;

/** @type {Record<'recorded' | 'outbid' | 'ending', {hz: number, at: number, lengthS: number}[]>} */
const TONES = {
  recorded: [
    { hz: 660, at: 0, lengthS: 0.09 },
    { hz: 880, at: 0.1, lengthS: 0.14 },
  ],
  outbid: [
    { hz: 520, at: 0, lengthS: 0.16 },
    { hz: 390, at: 0.18, lengthS: 0.26 },
  ],
  ending: [{ hz: 990, at: 0, lengthS: 0.07 }],
};

/** Switches sound on or off; must be called from a tap or a key. */
export function toggleSound() {
  soundOn.value = !soundOn.value;
  if (!soundOn.value) return;
  context ??= new AudioContext();
  void context.resume();
  play('recorded');
}

/**
 * Plays a tone, and shakes phones that can, if sound is on.
 * @param {keyof typeof TONES} name
 */
export function play(name) {
  if (!soundOn.value || !context) return;
  for (const { hz, at, lengthS } of TONES[name]) {
    const start = context.currentTime + at;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hz;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.25, start + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + lengthS);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + lengthS + 0.02);
  }
  if (name === 'outbid') navigator.vibrate?.([120, 60, 120]);
}
