// Verifies sessions with the verifier of the page, outside of a browser:
//
//   node tools/verify.mjs FOLDER HELD FILE...
//
// FOLDER is where internal/verifierbuild wrote it, HELD the JSON of what is held
// beside the files (cmd/verifier/held.go), {} for nothing. For each file a line
// is written: the answer and how long it took.
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { start, verify } from '../frontend/js/verify/run.js';

const [folder = '', held = '{}', ...files] = process.argv.slice(2);
await import(pathToFileURL(resolve(folder, 'wasm_exec.js')).href);
const wasm = gunzipSync(await readFile(resolve(folder, 'verifier.wasm.gz')));
// wasm_exec.js has put Go there.
await start(/** @type {any} */ (globalThis).Go, (imports) => WebAssembly.instantiate(wasm, imports));

for (const name of files) {
  const file = await openAsBlob(name);
  const began = performance.now();
  let noted = 0;
  const answer = await verify(file, JSON.parse(held), {
    progress: () => void noted++,
    stopped: () => false,
  });
  console.log(JSON.stringify({ answer, ms: Math.round(performance.now() - began), noted }));
}
process.exit(0); // the verifier itself waits for ever
