// The page's side of the worker: what is loaded, and one verification after the
// other. Once it is loaded nothing more is asked of any server.

import { signal } from '../view.js';

/**
 * @typedef {{state: 'waiting'}
 *   | {state: 'running', bytes: number, records: number}
 *   | {state: 'answered', answer: import('./types').Answer, ms: number, heads: number}
 *   | {state: 'stopped'}
 *   | {state: 'failed', why: string}} Course
 */

/** @typedef {{bytes: number, brotli: number, gzip: number, sha256: string, go: string}} Facts */

const folder = new URL('../../verifier/', import.meta.url).href;

/** What the verifier weighs; null: not known yet. */
export const facts = signal(/** @type {Facts | null} */ (null));

/** Whether the verifier is there. `missing`: this program was built without it. */
export const verifier = signal(/** @type {'loading' | 'loaded' | 'missing' | 'broken'} */ ('loading'));

/** @type {Worker | null} */
let worker = null;
/** @type {Map<number, (course: Course) => void>} */
const told = new Map();
/** @type {Map<number, number>} how many heads each was compared with */
const compared = new Map();
let lastId = 0;

/** Loads the verifier, once for a page. */
export async function load() {
  if (worker) return;
  try {
    const response = await fetch(folder + 'verifier.json');
    if (response.status === 404) {
      verifier.value = 'missing';
      return;
    }
    facts.value = await response.json();
    worker ??= begin();
  } catch (e) {
    console.error(e);
    verifier.value = 'broken';
  }
}

/** The one address of a script that this page may make; the policy names `verifier`. */
function begin() {
  const address = new URL('./worker.js', import.meta.url).href;
  const trusted = /** @type {any} */ (window).trustedTypes?.createPolicy('verifier', {
    createScriptURL: () => address,
  });
  const begun = new Worker(trusted ? trusted.createScriptURL('') : address, { type: 'module' });
  begun.onmessage = ({ data }) => hear(data);
  begun.onerror = () => hear({ kind: 'broken', why: 'the worker could not be started' });
  return begun;
}

/** @param {any} message of the worker */
function hear(message) {
  if (message.kind === 'loaded') verifier.value = 'loaded';
  if (message.kind === 'broken') {
    verifier.value = 'broken';
    for (const id of [...told.keys()]) tell(id, { state: 'failed', why: message.why });
  }
  const { id } = message;
  if (message.kind === 'progress') {
    told.get(id)?.({ state: 'running', bytes: message.bytes, records: message.records });
  }
  if (message.kind === 'answer') {
    tell(id, { state: 'answered', answer: message.answer, ms: message.ms, heads: compared.get(id) ?? 0 });
  }
  if (message.kind === 'stopped') tell(id, { state: 'stopped' });
  if (message.kind === 'failed') tell(id, { state: 'failed', why: message.why });
}

/** @param {number} id @param {Course} course the last one */
function tell(id, course) {
  told.get(id)?.(course);
  told.delete(id);
  compared.delete(id);
}

/**
 * Verifies a file and tells its course. What it returns gives it up.
 * @param {Blob} file
 * @param {import('./run').Beside} beside
 * @param {(course: Course) => void} onCourse
 */
export function verify(file, beside, onCourse) {
  const id = ++lastId;
  if (!worker) throw new Error('the verifier is not loaded');
  told.set(id, onCourse);
  compared.set(id, beside.heads?.length ?? 0);
  onCourse({ state: 'running', bytes: 0, records: 0 });
  worker.postMessage({ kind: 'verify', id, file, beside });
  return () => worker?.postMessage({ kind: 'stop', id });
}
