// The worker in which a session is verified, so that the page stays alive. It
// alone may compile WebAssembly; see verifierWorker in ../../headers.go.

import { start, verify } from './run.js';

const folder = new URL('../../verifier/', import.meta.url).href;
const worker = /** @type {any} */ (self);

/** @type {Set<number>} */
const given = new Set();

const ready = load();

async function load() {
  try {
    await import(folder + 'wasm_exec.js');
    const { over } = await start(worker.Go, (imports) =>
      WebAssembly.instantiateStreaming(fetch(folder + 'verifier.wasm'), imports),
    );
    void over.finally(() => worker.postMessage({ kind: 'broken', why: 'the verifier has ended' }));
    worker.postMessage({ kind: 'loaded' });
  } catch (e) {
    worker.postMessage({ kind: 'broken', why: String(e) });
    throw e;
  }
}

worker.onmessage = async (/** @type {MessageEvent} */ { data }) => {
  const { id } = data;
  if (data.kind === 'stop') {
    given.add(id);
    return;
  }
  try {
    await ready;
    const began = performance.now();
    const answer = await verify(data.file, data.beside, {
      progress: (bytes, records) => worker.postMessage({ kind: 'progress', id, bytes, records }),
      stopped: () => given.has(id),
    });
    worker.postMessage({ kind: 'answer', id, answer, ms: performance.now() - began });
  } catch (e) {
    const why = e instanceof Error ? e.message : String(e);
    worker.postMessage(given.has(id) ? { kind: 'stopped', id } : { kind: 'failed', id, why });
  }
};
