// Weighs a page as a newcomer gets it: bytes over the wire and the time until
// it is drawn, in Chromium with an empty cache, several times over.
//
//   node tools/weigh.mjs http://127.0.0.1:8080/cuoc-dau-gia '.list-card' [runs]

import { chromium } from '@playwright/test';

const [address = '', drawn = 'h1', runs = '9'] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath });
const slow = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 94_000 }; // 1.6 Mbit/s

/** @param {typeof slow | null} line */
async function visit(line) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  if (line) await cdp.send('Network.emulateNetworkConditions', line);
  /** @type {Map<string, string>} */
  const kinds = new Map();
  /** @type {Record<string, {n: number, bytes: number}>} */
  const sums = {};
  cdp.on('Network.responseReceived', (e) => kinds.set(e.requestId, e.type));
  cdp.on('Network.loadingFinished', (e) => {
    const kind = kinds.get(e.requestId) ?? 'Other';
    const sum = (sums[kind] ??= { n: 0, bytes: 0 });
    sum.n++;
    sum.bytes += e.encodedDataLength;
  });
  const began = performance.now();
  await page.goto(address, { waitUntil: 'commit' });
  await page.locator(drawn).first().waitFor();
  const ms = performance.now() - began;
  await page.waitForLoadState('networkidle');
  await context.close();
  return { ms, sums };
}

for (const { name, line } of [
  { name: 'as fast as it goes', line: null },
  { name: 'slow phone line', line: slow },
]) {
  let last = await visit(line);
  const visits = [last];
  while (visits.length < Number(runs)) visits.push((last = await visit(line)));
  const times = visits.map((v) => v.ms).sort((a, b) => a - b);
  console.log(
    `${name}: drawn after ${Math.round(times[times.length >> 1] ?? NaN)} ms (median of ${runs}), ${Math.round(times.at(-1) ?? NaN)} ms at most`,
  );
  if (line) continue;
  let all = 0;
  for (const [kind, { n, bytes }] of Object.entries(last.sums).sort()) {
    all += bytes;
    console.log(`  ${kind}: ${n} requests, ${bytes} bytes`);
  }
  console.log(`  together ${all} bytes`);
}
await browser.close();
