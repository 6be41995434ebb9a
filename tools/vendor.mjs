// Writes frontend/vendor/ and frontend/fonts/ from the packages of the lock
// file, so that `go build` needs neither Node nor a network. Run it after a
// version changed (`npm ci --ignore-scripts && npm run vendor`) and commit what
// it wrote; `npm run vendor:check` repeats it and compares.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const frontend = join(root, 'frontend');

// One module, because each further file costs a request over HTTP/1.1.
const preactEntry = `
export { h, render, Fragment, createContext } from 'preact';
export { useEffect, useLayoutEffect, useRef, useState, useMemo, useCallback, useContext } from 'preact/hooks';
export { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } from '@preact/signals';
export { default as htm } from 'htm';
`;

// The icons the page uses, by their Lucide names.
const iconNames = [
  'activity',
  'arrow-down',
  'arrow-right',
  'arrow-up',
  'ban',
  'calendar',
  'calendar-plus',
  'camera',
  'check',
  'chevron-down',
  'circle-check',
  'circle-stop',
  'clock',
  'copy',
  'download',
  'ellipsis',
  'eye',
  'file-text',
  'gavel',
  'hourglass',
  'info',
  'key-round',
  'keyboard',
  'languages',
  'lock',
  'log-in',
  'log-out',
  'map-pin',
  'maximize',
  'megaphone',
  'monitor',
  'moon',
  'pause',
  'pencil',
  'play',
  'plus',
  'receipt',
  'refresh-cw',
  'scale',
  'search',
  'shield-check',
  'skip-back',
  'skip-forward',
  'sun',
  'timer',
  'trash-2',
  'triangle-alert',
  'undo-2',
  'upload',
  'user',
  'users',
  'volume-2',
  'volume-x',
  'wifi-off',
  'x',
];

const fontsource = '@fontsource/source-serif-4';

// What ships, where it comes from, and whose licences it carries.
const outputs = [
  {
    file: 'vendor/preact.js',
    packages: ['preact', 'htm', '@preact/signals', '@preact/signals-core'],
    make: bundlePreact,
  },
  { file: 'vendor/lean-qr.js', packages: ['lean-qr'], make: () => text('lean-qr/index.mjs') },
  { file: 'icons.svg', packages: ['lucide-static'], make: sprite },
  ...['latin', 'vietnamese'].map((subset) => ({
    file: `fonts/source-serif-4-${subset}-600.woff2`,
    packages: [fontsource],
    make: () => readFile(join(modules, fontsource, `files/source-serif-4-${subset}-600-normal.woff2`)),
  })),
];

/** @param {string} path */
async function text(path) {
  const body = await readFile(join(modules, path), 'utf8');
  return body.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');
}

async function bundlePreact() {
  const result = await build({
    stdin: { contents: preactEntry, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome111', 'safari16.4', 'firefox113'],
    legalComments: 'none',
    write: false,
  });
  const [bundle] = result.outputFiles;
  if (!bundle) throw new Error('esbuild wrote nothing');
  return bundle.text;
}

async function sprite() {
  const symbols = await Promise.all(
    iconNames.map(async (name) => {
      const svg = await readFile(join(modules, `lucide-static/icons/${name}.svg`), 'utf8');
      const shapes = svg
        .slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'))
        .replace(/\s+/g, ' ')
        .trim();
      return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`;
}

/**
 * @typedef {{version: string, license: string, integrity: string}} Locked
 * @typedef {Map<string, Buffer>} Files what is written, by path below frontend/
 */

/** @param {string} name @param {{packages: Record<string, Locked>}} lock */
async function packageFacts(name, lock) {
  const entry = lock.packages[`node_modules/${name}`];
  const licenceFile = (await readdir(join(modules, name))).find((f) => /^licen[cs]e/i.test(f));
  if (!entry || !licenceFile)
    throw new Error(`${name} has no ${entry ? 'licence' : 'entry in the lock file'}`);
  return {
    name,
    version: entry.version,
    licence: entry.license,
    integrity: entry.integrity,
    text: await readFile(join(modules, name, licenceFile), 'utf8'),
  };
}

async function everything() {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  /** @type {Files} */
  const files = new Map();
  const listing = [];
  for (const { file, packages, make } of outputs) {
    const body = Buffer.from(await make());
    files.set(file, body);
    const facts = await Promise.all(packages.map((name) => packageFacts(name, lock)));
    for (const f of facts) {
      files.set(`vendor/LICENSES/${f.name.replace('/', '__')}.txt`, Buffer.from(f.text));
    }
    listing.push({
      file,
      sha256: createHash('sha256').update(body).digest('hex'),
      packages: facts.map(({ name, version, licence, integrity }) => ({ name, version, licence, integrity })),
    });
  }
  files.set('vendor/VENDOR.json', Buffer.from(JSON.stringify(listing, null, 2) + '\n'));
  return files;
}

/** @param {Files} files */
async function check(files) {
  const wrong = [];
  for (const [file, body] of files) {
    const have = await readFile(join(frontend, file)).catch(() => Buffer.alloc(0));
    if (!have.equals(body)) wrong.push(file);
  }
  if (wrong.length > 0) {
    console.error('not what the packages of the lock file give:\n  ' + wrong.join('\n  '));
    process.exitCode = 1;
  }
}

/** @param {Files} files */
async function write(files) {
  await rm(join(frontend, 'vendor/LICENSES'), { recursive: true, force: true });
  for (const [file, body] of files) {
    await mkdir(dirname(join(frontend, file)), { recursive: true });
    await writeFile(join(frontend, file), body);
    console.log(`${String(body.length).padStart(7)} ${file}`);
  }
}

const files = await everything();
await (process.argv.includes('--check') ? check(files) : write(files));
