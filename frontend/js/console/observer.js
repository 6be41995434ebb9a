// /giam-sat/:session

import { html } from '../view.js';
import { Console } from './console.js';

/** @param {{session: string}} props */
export function Page({ session }) {
  return html`<${Console} session=${session} watching=${true} />`;
}
