// A text as a QR code, black on white also in the dark: cameras want it so.

import { generate } from '../../vendor/lean-qr.js';
import { html, useMemo } from '../view.js';

const QUIET = 4; // the margin that the standard asks for, in dots

/** @param {{text: string, label: string}} props */
export function Qr({ text, label }) {
  const { d, size } = useMemo(() => {
    const qr = generate(text);
    let d = '';
    for (let y = 0; y < qr.size; y++)
      for (let x = 0; x < qr.size; x++) if (qr.get(x, y)) d += `M${x} ${y}h1v1h-1z`;
    return { d, size: qr.size + 2 * QUIET };
  }, [text]);
  return html`<svg class="qr" viewBox="${-QUIET} ${-QUIET} ${size} ${size}" role="img" aria-label=${label}>
    <rect class="qr-ground" x=${-QUIET} y=${-QUIET} width=${size} height=${size} />
    <path class="qr-dots" d=${d} />
  </svg>`;
}
