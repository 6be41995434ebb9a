// Moving through a session that is over: the moment shown, playing on, and the
// keys. The moment is `past` of live.js, which all clocks of a room follow.

import { past } from '../live.js';
import { say } from '../say.js';
import { batch, useEffect, useRef, useState } from '../view.js';
import { told } from './told.js';
import { momentOf, onward } from './timeline.js';

/** @typedef {import('./timeline.js').Timeline} Timeline */

export const SPEEDS = [1, 4, 16, 60];
const TALKS_UP_TO = 4; // faster, sentences would come too late
const DRAWN_EVERY_MS = 100;
const CALM_EVERY_MS = 1_000; // for who wants little motion
const LONGEST_PASSED_MS = 1_000; // of a hidden tab nothing is caught up
const MINUTE_MS = 60_000;

/**
 * @typedef {object} Player
 * @property {number} ms the moment shown
 * @property {boolean} playing
 * @property {number} speed
 * @property {boolean} skip silences
 * @property {(ms: number) => void} move stops nothing: who drags while it plays goes on from there
 * @property {(forward: boolean) => void} event goes to the next or previous event and says it
 * @property {() => void} toggle
 * @property {(speed: number) => void} setSpeed
 * @property {(skip: boolean) => void} setSkip
 * @property {(e: KeyboardEvent) => void} key of the slider
 */

/** @param {Timeline} timeline @returns {Player} */
export function usePlayer(timeline) {
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [skip, setSkip] = useState(false);
  const how = useRef({ speed, skip });
  how.current = { speed, skip };
  const inside = (/** @type {number} */ ms) => Math.min(timeline.endMs, Math.max(timeline.startMs, ms));
  const ms = inside(past.value ?? momentOf(location.hash) ?? timeline.startMs);
  const move = (/** @type {number} */ to) => {
    past.value = inside(to);
  };
  const event = (/** @type {boolean} */ forward) => {
    setPlaying(false);
    const at = forward ? timeline.nextAt(ms) : timeline.previousAt(ms);
    move(at ?? (forward ? timeline.endMs : timeline.startMs));
    if (at !== undefined) say(sentenceAt(timeline, at));
  };
  const toggle = () => {
    if (!playing && ms >= timeline.endMs) move(timeline.startMs);
    setPlaying(!playing);
  };

  useEffect(() => {
    move(ms);
    const linked = () => {
      const to = momentOf(location.hash);
      if (to !== null) batch(() => (setPlaying(false), move(to)));
    };
    addEventListener('hashchange', linked);
    return () => {
      removeEventListener('hashchange', linked);
      past.value = null;
    };
  }, [timeline]);
  useEffect(() => (playing ? play(timeline, how, move, () => setPlaying(false)) : undefined), [playing]);
  useSpace(toggle);

  return {
    ms,
    playing,
    speed,
    skip,
    move,
    event,
    toggle,
    setSpeed,
    setSkip,
    key: (e) => {
      const to = keyed(e, ms, timeline);
      if (to === undefined) return;
      e.preventDefault();
      if (typeof to === 'number') move(to);
      else event(to === 'next');
    },
  };
}

/**
 * Plays on until the returned function is called or the end is reached.
 * @param {Timeline} timeline @param {{current: {speed: number, skip: boolean}}} how
 * @param {(ms: number) => void} move @param {() => void} onEnd
 */
function play(timeline, how, move, onEnd) {
  const every = matchMedia('(prefers-reduced-motion: reduce)').matches ? CALM_EVERY_MS : DRAWN_EVERY_MS;
  let last = performance.now();
  let frame = requestAnimationFrame(function draw(nowMs) {
    frame = requestAnimationFrame(draw);
    const passed = nowMs - last;
    if (passed < every) return;
    last = nowMs;
    const from = past.peek() ?? timeline.startMs;
    const to = onward(timeline, from, Math.min(passed, Math.max(LONGEST_PASSED_MS, 2 * every)), how.current);
    const heard = timeline.countAt(to);
    if (how.current.speed <= TALKS_UP_TO && heard > timeline.countAt(from)) say(sentencesOf(timeline, heard));
    move(to);
    if (to >= timeline.endMs) onEnd();
  });
  return () => cancelAnimationFrame(frame);
}

const MOST_SAID = 4; // when offers are opened, dozens of updates are of one moment

/** What was told last at a moment. @param {Timeline} timeline @param {number} ms */
const sentenceAt = (timeline, ms) => sentencesOf(timeline, timeline.countAt(ms));

/** What the update said that was the n-th. @param {Timeline} timeline @param {number} n */
export function sentenceOf(timeline, n) {
  const u = timeline.updates[n - 1];
  const room = timeline.kept[0];
  return u && room ? told(u, room) : '';
}

/** The same with what was told at the same moment before it: a bid and its extension. @param {Timeline} timeline @param {number} n */
export function sentencesOf(timeline, n) {
  const at = timeline.updates[n - 1]?.at;
  const out = [];
  for (let i = n; i > 0 && out.length < MOST_SAID && timeline.updates[i - 1]?.at === at; i--)
    out.unshift(sentenceOf(timeline, i));
  return out.join(' ');
}

/**
 * Where a key of the slider leads: a moment, an event, or nowhere.
 * @param {KeyboardEvent} e @param {number} ms @param {Timeline} timeline
 * @returns {number | 'next' | 'previous' | undefined}
 */
export function keyed(e, ms, timeline) {
  if (e.ctrlKey || e.altKey || e.metaKey) return undefined;
  const forward = e.key === 'ArrowRight' || e.key === 'ArrowUp';
  if (forward || e.key === 'ArrowLeft' || e.key === 'ArrowDown') {
    if (e.shiftKey) return forward ? 'next' : 'previous';
    return forward ? Math.floor(ms / 1000) * 1000 + 1000 : Math.ceil(ms / 1000) * 1000 - 1000;
  }
  if (e.key === 'PageUp') return ms + MINUTE_MS;
  if (e.key === 'PageDown') return ms - MINUTE_MS;
  if (e.key === 'Home') return timeline.startMs;
  if (e.key === 'End') return timeline.endMs;
  return undefined;
}

/** The space bar plays and pauses, except where it means something else. @param {() => void} toggle */
function useSpace(toggle) {
  const latest = useRef(toggle);
  latest.current = toggle;
  useEffect(() => {
    const down = (/** @type {KeyboardEvent} */ e) => {
      if (e.key !== ' ' || e.repeat || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return;
      if (e.target instanceof Element && e.target.closest('button, a, input, select, textarea, summary'))
        return;
      e.preventDefault();
      latest.current();
    };
    document.addEventListener('keydown', down);
    return () => document.removeEventListener('keydown', down);
  }, []);
}
