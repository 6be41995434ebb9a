// Who is signed in, and the way to the server's REST interface. The access
// token lives in memory only; the refresh token is a cookie no script can read.

import { signal } from '../vendor/preact.js';
import { language } from './i18n.js';

/** @typedef {import('./types').Account} Account */

const MARK = 'gobua.signed'; // says only that asking for a token may be worth it
const FRESH_MS = 60_000;

/** The account, or null for everybody else. Wait for whenRestored before trusting null. */
export const account = signal(/** @type {Account | null} */ (null));

/** @type {{token: string, readAtMs: number, lifeMs: number} | null} */
let held = null;
/** @type {Promise<void> | null} */
let restoring = null;
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('gobua.account') : null;
tabs?.addEventListener('message', ({ data }) => (data ? keep(data) : forget()));

/** An answer of the server that is not success. */
export class ApiError extends Error {
  /**
   * @param {number} status 0: the server was not reached
   * @param {string} code
   * @param {string} message in the reader's language
   * @param {{field: string, code: string, message: string}[]} fields
   * @param {{place?: string, retryAfterMs?: number}} [again] how to come again: with which place in line, and when
   */
  constructor(status, code, message, fields = [], again = {}) {
    super(message || code);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.again = again;
  }
}

/**
 * Calls the REST interface and returns the decoded answer (null for 204).
 * Throws ApiError, also when the server was not reached (code "offline").
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {unknown} [body]
 * @param {{headers?: Record<string, string>, anonymous?: boolean, signal?: AbortSignal, bytes?: Blob, blob?: boolean}} [options]
 *   `bytes` is a body that is sent as it is; with `blob` the answer is one
 * @returns {Promise<any>}
 */
export async function api(method, path, body, options = {}) {
  /** @type {Record<string, string>} */
  const headers = { 'Accept-Language': language.value, ...options.headers };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.bytes) headers['Content-Type'] = 'application/octet-stream';
  if (!options.anonymous && account.value) headers.Authorization = 'Bearer ' + (await accessToken());
  let response;
  try {
    response = await fetch('/api/v1' + path, {
      method,
      headers,
      body: options.bytes ?? (body === undefined ? undefined : JSON.stringify(body)),
      signal: options.signal,
    });
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e;
    throw new ApiError(0, 'offline', '');
  }
  if (response.status === 204) return null;
  if (response.ok && options.blob) return response.blob();
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  const { code = 'internal', message = '', fields = [], place } = answer?.error ?? {};
  const retryAfterMs = 1000 * Number(response.headers.get('Retry-After'));
  throw new ApiError(response.status, code, message, fields, { place, retryAfterMs });
}

/** @param {{token: string, account: Account}} answer */
function keep(answer) {
  const issued = JSON.parse(
    atob((answer.token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')) || '{}',
  );
  // The token's life by its own stamps, counted on the monotonic clock from now: the device's date does not matter.
  const lifeMs = issued.exp && issued.iat ? (issued.exp - issued.iat) * 1000 : 300_000;
  held = { token: answer.token, readAtMs: performance.now(), lifeMs };
  account.value = answer.account;
  remember(true);
}

function forget() {
  held = null;
  account.value = null;
  remember(false);
}

/** @param {boolean} signed */
function remember(signed) {
  try {
    if (signed) localStorage.setItem(MARK, '1');
    else localStorage.removeItem(MARK);
  } catch {
    // Without storage the reader signs in again after a reload.
  }
}

/** Looks once whether this browser is signed in. Every caller waits for the same answer. */
export function whenRestored() {
  restoring ??= (async () => {
    let marked = false;
    try {
      marked = localStorage.getItem(MARK) !== null;
    } catch {
      // as above
    }
    if (marked) await refresh().catch(() => {});
  })();
  return restoring;
}

/**
 * One tab at a time asks for a new token: two with the same cookie would look
 * like a stolen one, and the server would sign the account out.
 */
async function refresh() {
  const before = held;
  const turn = async () => {
    if (held !== before) return; // another tab was first and told us
    try {
      const answer = await api('POST', '/auth/refresh', undefined, { anonymous: true });
      keep(answer);
      tabs?.postMessage(answer);
    } catch (e) {
      if (e instanceof ApiError && e.status === 401) forget();
      throw e;
    }
  };
  if (navigator.locks) await navigator.locks.request('gobua.refresh', turn);
  else await turn(); // plain http in a hall: no locks; one tab per person there
}

/**
 * A token that is good for another minute, asked for anew if need be.
 * @param {{fresh?: boolean}} [options]
 * @returns {Promise<string | null>} null when nobody is signed in
 */
export async function accessToken({ fresh = false } = {}) {
  const leftMs = held ? held.readAtMs + held.lifeMs - performance.now() : 0;
  if (account.value && (fresh || leftMs < FRESH_MS)) {
    try {
      await refresh();
    } catch (e) {
      // While the office is closed nobody can renew; the server then honours tokens a while longer.
      if (e instanceof ApiError && e.status === 401) return null;
    }
  }
  return held?.token ?? null;
}

/**
 * What a sign-in still needs: a code, or first a second factor at all.
 * @typedef {{secondFactor: 'second_factor_needed' | 'second_factor_set_up', challenge: string}} SecondStep
 */

/** The place in the line of those who sign in that a login has, should it be tried again. */
let inLine = { login: '', place: /** @type {string | undefined} */ (undefined) };

/**
 * Signs in, or returns what is still needed. When too many people sign in at
 * once it waits for its turn, and comes again with the place that it has: who
 * came first goes first. Throws ApiError: bad_credentials, password_given (come
 * again with one's own), throttled, offline, office_closed; AbortError when
 * somebody would wait no longer.
 * @param {string} login @param {string} password
 * @param {{own?: string, waits?: () => void, signal?: AbortSignal}} [more]
 *   own is the password that replaces a given one; waits is called as soon as there is a line
 * @returns {Promise<SecondStep | null>}
 */
export async function signIn(login, password, { own, waits, signal } = {}) {
  if (inLine.login !== login) inLine = { login, place: undefined };
  for (;;) {
    try {
      const { place } = inLine;
      const answer = await api(
        'POST',
        '/auth/login',
        { login, password, newPassword: own, place },
        { anonymous: true, signal },
      );
      inLine = { login: '', place: undefined };
      if (answer.secondFactor) return answer;
      admit(answer);
      return null;
    } catch (e) {
      if (!(e instanceof ApiError) || e.code !== 'rush') throw e;
      const { place, retryAfterMs = 0 } = e.again;
      inLine = { login, place };
      waits?.();
      // Not all together: they would find the same line.
      await pause((retryAfterMs || 2000) * (0.75 + Math.random() / 2), signal);
    }
  }
}

/** @param {number} ms @param {AbortSignal} [signal] whose reason it then throws */
function pause(ms, signal) {
  return new Promise((done, fail) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', () => (clearTimeout(timer), fail(signal.reason)), { once: true });
  });
}

/**
 * The second step of a sign-in, with a code. The answer is kept with admit, so
 * that recovery codes can be shown before the page goes on.
 * @param {string} challenge @param {string} code
 * @returns {Promise<{token: string, account: Account, recoveryCodes?: string[]}>}
 */
export const secondStep = (challenge, code) =>
  api('POST', '/auth/second-factor', { challenge, code }, { anonymous: true });

/** Makes the account of an answer the one of all tabs. @param {{token: string, account: Account}} answer */
export function admit(answer) {
  keep(answer);
  tabs?.postMessage(answer);
  restoring = Promise.resolve();
}

/** Signs out here and in the other tabs, even when the server cannot be told. */
export async function signOut() {
  await api('POST', '/auth/logout', undefined, { anonymous: true }).catch(() => {});
  forget();
  tabs?.postMessage(null);
}

/** @param {...string} roles */
export const isA = (...roles) => account.value !== null && roles.includes(account.value.role);
