// Sends a file in chunks and goes on where a broken line stopped it. No
// framework: what is asked of the server and how time passes comes in, so that
// it can be tested.

/** @typedef {import('./types').OfficeFile} OfficeFile */

/**
 * @typedef {object} Wanted what the file is for
 * @property {string} purpose
 * @property {string} [auction]
 * @property {string} [lot]
 * @property {string} [registration]
 */

/**
 * @typedef {object} Ways
 * @property {(method: string, path: string, body?: unknown, options?: {bytes?: Blob, signal?: AbortSignal}) => Promise<any>} api
 * @property {(ms: number, signal?: AbortSignal) => Promise<void>} wait also ends when the line is back
 * @property {(bytes: ArrayBuffer) => Promise<string>} [hash] in hex; left out where the browser cannot
 */

const FIRST_WAIT_MS = 500;
const LAST_WAIT_MS = 15_000;

/** Types by the end of a name, for browsers that do not say. */
const byEnding = /** @type {Record<string, string>} */ ({
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  pdf: 'application/pdf',
  csv: 'text/csv',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
});

/**
 * The type a file is announced with. Browsers do not agree on that of CSV.
 * @param {{name: string, type: string}} file
 */
export const typeOf = (file) => byEnding[file.name.split('.').pop()?.toLowerCase() ?? ''] ?? file.type;

/** Whether asking again may help. @param {any} e */
const passing = (e) => [0, 408, 429, 500, 502, 503, 504].includes(e?.status);

/**
 * Uploads a file and returns it as the office keeps it. Waits through a broken
 * line as long as `signal` allows; what the server refuses is thrown.
 * @param {File} file
 * @param {Wanted} wanted
 * @param {Ways} ways
 * @param {{onProgress?: (share: number, waiting: boolean) => void, signal?: AbortSignal}} [options]
 * @returns {Promise<OfficeFile>}
 */
export async function upload(file, wanted, ways, { onProgress = () => {}, signal } = {}) {
  let at = 0;
  /**
   * Asks until there is an answer.
   * @param {() => Promise<any>} ask
   */
  const surely = async (ask) => {
    for (let pause = FIRST_WAIT_MS; ; pause = Math.min(2 * pause, LAST_WAIT_MS)) {
      try {
        return await ask();
      } catch (e) {
        if (!passing(e)) throw e;
        onProgress(at / file.size, true);
        await ways.wait(pause, signal);
      }
    }
  };
  const announced = { name: file.name, type: typeOf(file), size: file.size, ...wanted };
  const begun = await surely(() => ways.api('POST', '/files', announced, { signal }));
  const path = `/files/${begun.id}/upload`;
  onProgress(0, false);
  while (at < file.size) {
    const from = at;
    const bytes = file.slice(from, from + begun.chunk);
    try {
      at = (await ways.api('PUT', `${path}?offset=${from}`, undefined, { bytes, signal })).received;
    } catch (e) {
      const code = /** @type {any} */ (e)?.code;
      if (!passing(e) && code !== 'edited_meanwhile') throw e;
      onProgress(from / file.size, true);
      if (passing(e)) await ways.wait(FIRST_WAIT_MS, signal);
      at = (await surely(() => ways.api('GET', path, undefined, { signal }))).received;
    }
    onProgress(at / file.size, false);
  }
  const hash = ways.hash ? await ways.hash(await file.arrayBuffer()) : '';
  return surely(() => ways.api('POST', `/files/${begun.id}/finish`, { hash }, { signal }));
}

/** Bytes for people: "1,2 MB". @param {number} bytes @param {import('./text.js').Language} lang */
export function sizeText(bytes, lang) {
  const [n, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  const figures = new Intl.NumberFormat(lang === 'vi' ? 'vi-VN' : 'en-GB', {
    maximumFractionDigits: n < 10 ? 1 : 0,
  });
  return `${figures.format(Math.max(n, 0.1))} ${unit}`;
}
