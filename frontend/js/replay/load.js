// Reads the course of a session that is over, part by part: the next is asked
// for when the last has been taken in.

import { api, ApiError } from '../account.js';
import { Timeline } from './timeline.js';

const TRIES = 4; // the server may still be reading the records
const RETRY_MS = 2_000;

/**
 * @param {string} session
 * @param {(updates: number) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<Timeline>} rejects with an ApiError; code "broken": what came has a gap
 */
export async function load(session, onProgress, signal) {
  /** @type {Timeline | null} */
  let timeline = null;
  for (let part = 0; part !== undefined;) {
    const answer = await ask(`/sessions/${session}/replay?part=${part}`, signal);
    try {
      if (timeline) timeline.add(answer.frames);
      else {
        timeline = new Timeline(answer.frames[0]);
        timeline.add(answer.frames.slice(1));
      }
    } catch (e) {
      console.error(e);
      throw new ApiError(0, 'broken', '');
    }
    onProgress(timeline.updates.length);
    part = answer.next;
  }
  return /** @type {Timeline} */ (timeline);
}

/** Asks again while the server is busy. @param {string} path @param {AbortSignal} signal */
async function ask(path, signal) {
  for (let left = TRIES; ; left--) {
    try {
      return await api('GET', path, undefined, { anonymous: true, signal });
    } catch (e) {
      const again = e instanceof ApiError && (e.status === 503 || e.status === 429);
      if (!again || left <= 1) throw e;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
