// A face for every lot, so that cards are not empty while there are no photos:
// a line drawing by kind, and for number plates the plate itself.

import { html } from '../view.js';

/** @typedef {import('../types').Lot} Lot */

/**
 * The registration in a lot's title, with its parts: "51K-888.88".
 * @param {string} title
 * @returns {{series: string, number: string} | null}
 */
export function plateOf(title) {
  const m = /(?<![\p{L}\d])(\d{2}\s?-?\s?[A-Z]{1,2}\d?)\s?[-–. ]\s?(\d{3}[.]?\d{2}|\d{4})(?!\d)/u.exec(title);
  if (!m || m[1] === undefined || m[2] === undefined) return null;
  const figures = m[2].replace('.', '');
  const number = figures.length === 5 ? `${figures.slice(0, 3)}.${figures.slice(3)}` : figures;
  return { series: m[1].replace(/[\s-]/g, ''), number };
}

/** A small number from a text, so that two lots of a kind differ a little. @param {string} text */
function variation(text) {
  let n = 7;
  for (const c of text) n = (n * 31 + (c.codePointAt(0) ?? 0)) % 9973;
  return n;
}

/** @param {{lot: Lot}} props */
export function LotFace({ lot }) {
  const plate = lot.kind === 'plate' ? plateOf(lot.title) : null;
  const draw = DRAWINGS[lot.kind] ?? goods;
  return html`<svg
    class="face face-${lot.kind}"
    viewBox="0 0 320 180"
    preserveAspectRatio="xMidYMid slice"
    aria-hidden="true"
  >
    ${plate ? numberPlate(plate) : draw(variation(lot.lotId + lot.title))}
  </svg>`;
}

/** @param {{series: string, number: string}} plate */
function numberPlate({ series, number }) {
  return html`<g>
    <path class="face-hair" d="M0 148h320M0 156h320" />
    <rect class="face-plate" x="28" y="60" width="264" height="62" rx="7" />
    <rect class="face-plate-edge" x="32" y="64" width="256" height="54" rx="4.500" />
    <circle class="face-bolt" cx="46" cy="91" r="3" />
    <circle class="face-bolt" cx="274" cy="91" r="3" />
    <text
      class="face-plate-text"
      x="160"
      y="106"
      text-anchor="middle"
      textLength="200"
      lengthAdjust="spacingAndGlyphs"
    >
      ${series}-${number}
    </text>
  </g>`;
}

/** A cadastral map with the parcel in question. @param {number} v */
function land(v) {
  const x = 128 + (v % 5) * 7;
  const w = 50 + (v % 4) * 6;
  return html`<g>
    <path
      class="face-hair"
      d="M-6 44 326 22M-6 148l332-22M26 40 12 186M84 36 74 186M${x} 33l-8 160M${x + w} 30l-6 160M262 27l-4 160M306 24v160M20 96l62-4M${x + w - 3} 84l132-9M76 118l${x - 80}-4"
    />
    <path class="face-river" d="M-10 168c60-18 96 10 160-4s110-22 180-8" />
    <path class="face-fill" d="M${x - 3} 66l${w} -3.500-3.500 66-${w - 1} 3.500z" />
    <path class="face-line" d="M${x - 3} 66l${w} -3.500-3.500 66-${w - 1} 3.500z" />
    <g class="face-pins">
      <circle cx=${x - 3} cy="66" r="3" />
      <circle cx=${x + w - 3} cy="62.5" r="3" />
      <circle cx=${x + w - 6.5} cy="128.5" r="3" />
      <circle cx=${x - 5.5} cy="132" r="3" />
    </g>
    <path class="face-line" d="M266 58V34m-6 8 6-9 6 9" />
  </g>`;
}

/** A narrow town house between its neighbours. @param {number} v */
function house(v) {
  const floors = 3 + (v % 2);
  const top = 150 - floors * 30;
  const storeys = Array.from({ length: floors }, (_, i) => 150 - (i + 1) * 30);
  return html`<g>
    <path
      class="face-hair"
      d="M0 150h320M62 150V84h70M132 150V70M188 70v80M188 96h74v54M74 100h18v20H74zM104 100h18v20h-18zM204 110h18v20h-18zM234 110h18v20h-18z"
    />
    <path class="face-fill" d="M132 ${top}h56v${150 - top}h-56z" />
    <path
      class="face-line"
      d="M132 150V${top}h56v${150 - top}M126 ${top}h68M140 ${top}v-8h40v8M148 150v-20h24v20"
    />
    ${storeys.slice(1).map(
      (y) => html`<path
        class="face-line"
        d="M132 ${y + 30}h56M143 ${y + 7}h14v15h-14zM163 ${y + 7}h14v15h-14zM138 ${y + 26}h44"
      />`,
    )}
    <path
      class="face-line"
      d="M20 150c0-18 6-26 14-26s14 8 14 26M34 150v-18M276 150c0-22 8-32 16-32s16 10 16 32M292 150v-22"
    />
  </g>`;
}

/** A saloon car seen from the side. @param {number} v */
function car(v) {
  const roof = 62 + (v % 3) * 3;
  return html`<g>
    <path class="face-hair" d="M0 140h320M0 148h320" />
    <path
      class="face-fill"
      d="M46 128c-6-1-8-5-8-11 0-12 6-20 24-23l34-6 34-22c5-3 10-4 16-4h44c8 0 14 2 20 7l25 21 36 6c10 2 15 8 15 17v9c0 4-3 6-8 6z"
    />
    <path
      class="face-line"
      d="M74 128H46c-6-1-8-5-8-11 0-12 6-20 24-23l34-6 34-${88 - roof}c5-3 10-4 16-4h44c8 0 14 2 20 7l25 ${85 - roof} 36 6c10 2 15 8 15 17v9c0 4-3 6-8 6h-18M122 128h92M112 88h118M172 ${roof - 4}v66M40 106h14M270 104h14M184 98h12M128 98h12"
    />
    <g class="face-wheel">
      <circle cx="98" cy="128" r="22" />
      <circle cx="98" cy="128" r="10" />
      <circle cx="238" cy="128" r="22" />
      <circle cx="238" cy="128" r="10" />
    </g>
  </g>`;
}

/** Crates and a jar: whatever else is sold. */
function goods() {
  return html`<g>
    <path class="face-hair" d="M0 150h320M0 157h320" />
    <path class="face-fill" d="M66 92h84v58H66z" />
    <path
      class="face-line"
      d="M66 92h84v58H66zM66 106h84M66 136h84M80 92v58M136 92v58M150 110h66v40h-66zM150 122h66M172 110v40M194 110v40"
    />
    <path
      class="face-line"
      d="M236 150c-12-8-18-22-18-36 0-16 10-24 16-30 3-3 4-6 4-10h26c0 4 1 7 4 10 6 6 16 14 16 30 0 14-6 28-18 36zM234 68h34M222 104c10 5 46 5 58 0M219 120c12 6 52 6 64 0"
    />
    <path class="face-line" d="M86 92c0-14 8-22 22-22s22 8 22 22M104 70c-2-8 2-12 4-12s6 4 4 12" />
  </g>`;
}

/** @type {Record<string, (v: number) => any>} */
const DRAWINGS = { land, house, car, goods, plate: goods };
