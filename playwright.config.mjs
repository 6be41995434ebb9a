// Browser tests against the real program: each worker starts its own gobua with
// a private database and a fresh journal. BASE_URL tests one that runs already
// (it must have been started with --demo on --demo-bots off --min-bidding 5s).
import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// The shell is Chromium without the browser around it: the same engine draws the
// page, and no tab strip of every window takes half as much time again.
const shell = '/usr/bin/chromium-headless-shell';
const executablePath = process.env.CHROME_BIN ?? (existsSync(shell) ? shell : '/usr/bin/chromium');

export default defineConfig({
  testDir: 'frontend/e2e',
  outputDir: 'test-results',
  globalSetup: './frontend/e2e/build.js',
  workers: Number(process.env.E2E_WORKERS ?? 2),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  retries: 0,
  reporter: [['list'], ['./frontend/e2e/last-words.js']],
  use: {
    locale: 'vi-VN',
    timezoneId: 'America/New_York', // the page shows Vietnam's time whatever the device believes
    // A trace takes a fifth of the time: E2E_TRACE=on records one of each test that fails.
    trace: process.env.E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
