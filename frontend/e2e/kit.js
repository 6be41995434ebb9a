// What every browser test needs: a server, sales made for the test, people
// with a browser each, and the promise that no page logged an error.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test as base, expect } from '@playwright/test';
import { Server } from './server.js';

export { expect };

const PASSWORD = 'gobua2026'; // of every demo account
// What Chromium logs where a page gives up a line that is still being opened;
// to leave it alone would keep the next one waiting.
const GIVEN_UP = 'WebSocket is closed before the connection is established';
/** What axe is asked for. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

export const PHONE = { width: 390, height: 844 };
export const SMALL = { width: 320, height: 640 };
export const DESKTOP = { width: 1280, height: 800 };
export const HALL = { width: 1920, height: 1080 };

/** Rules of a plain sale; each test says what is different. */
const RULES = {
  method: 'ascending',
  currency: 'VND',
  start: 12_000_000_000,
  step: { kind: 'fixed', amount: 50_000_000 },
  closing: { kind: 'reset', windowMs: 60_000, byMs: 60_000, maxCount: 10 },
  opening: 'clock',
  biddingMs: 600_000,
  confirmAbove: 20,
};

/** What an authenticator app shows (RFC 6238). @param {string} typed @param {number} atMs */
export function appCode(typed, atMs) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = '';
  for (const c of typed.replace(/\s/g, '')) bits += letters.indexOf(c).toString(2).padStart(5, '0');
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const sum = createHmac('sha1', secret).update(step).digest();
  const at = Number(sum[19]) & 15;
  return String((sum.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** The office, spoken to as staff. */
export class Office {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    /** @type {Map<string, Promise<string>>} */
    this.tokens = new Map();
  }

  /** @param {string} login */
  token(login) {
    let token = this.tokens.get(login);
    if (!token) {
      token = this.call('POST', '/auth/login', { login, password: PASSWORD }).then((a) => a.token);
      this.tokens.set(login, token);
    }
    return token;
  }

  /** @param {string} method @param {string} path @param {unknown} [body] @param {string} [token] @returns {Promise<any>} */
  async call(method, path, body, token) {
    /** @type {Record<string, string>} */
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() };
    if (token) headers.Authorization = 'Bearer ' + token;
    const r = await fetch(this.url + '/api/v1' + path, {
      method,
      headers,
      body: body ? JSON.stringify(body) : undefined,
    });
    const answer = r.status === 204 ? null : await r.json();
    if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /**
   * Opens an account, whose owner has set their own password.
   * @param {{login: string, name: string, role: string, staffRef?: string}} account @param {string} own
   */
  async account(account, own) {
    const password = 'duoc cho hom nay';
    await this.call('POST', '/accounts', { ...account, password }, await this.token('quantri'));
    const { token } = await this.call('POST', '/auth/login', {
      login: account.login,
      password,
      newPassword: own,
    });
    const { signIns } = await this.call('GET', '/me/sign-ins', undefined, token);
    await this.call('POST', `/me/sign-ins/${signIns[0].id}/end`, undefined, token);
  }

  /**
   * Makes and publishes an auction with one lot; returns its session.
   * @param {{lot?: object, rules?: object, who?: string[], sheet?: object}} [sale]
   * @returns {Promise<string>}
   */
  async sale({ lot = {}, rules = {}, who = ['lan', 'binh', 'chi'], sheet = {} } = {}) {
    const token = await this.token('dgv');
    const { now } = await this.call('GET', '/time');
    const participants = [];
    for (const login of who) {
      const { accounts } = await this.call('GET', '/accounts?query=' + login, undefined, token);
      participants.push({ accountId: accounts.find((/** @type {any} */ a) => a.login === login).id });
    }
    const title = 'Quyền sử dụng đất thửa số 214, tờ bản đồ 12, phường An Khánh, thành phố Thủ Đức';
    const draft = {
      title: 'Phiên thử',
      centre: 'Trung tâm Dịch vụ đấu giá tài sản',
      owner: 'Sở Tài chính',
      lots: [
        {
          number: 7,
          kind: 'land',
          title,
          deposit: 2_400_000_000,
          ...lot,
          rules: { ...RULES, opensAt: now + 300, ...rules },
        },
      ],
      participants,
      sheet,
    };
    const { id, version } = await this.call('POST', '/auctions', draft, token);
    const published = await this.call('POST', `/auctions/${id}/publish`, { version }, token);
    return published.lots[0].session;
  }

  /** Sees to it that a bidder of the demo has said who they are. @param {string} login */
  async known(login) {
    const token = await this.token(login);
    const there = await this.call('GET', '/me/identity', undefined, token).catch(() => null);
    if (there) return;
    const { account } = await this.call('GET', '/me', undefined, token);
    const facts = {
      number: '07909000000' + (['lan', 'binh', 'chi', 'may1', 'may2', 'may3'].indexOf(login) + 1),
      born: '1990-05-17',
      address: 'Số 1, An Khánh',
      phone: '0909000111',
    };
    const body = { version: 0, kind: 'person', name: account.name, ...facts };
    await this.call('PUT', '/me/identity', body, token);
  }

  /**
   * Gives somebody a second factor; returns what the app shows from now on. The
   * code of the present moment is still unused.
   * @param {string} login
   */
  async secondFactor(login) {
    const token = await this.token(login);
    const { typed } = await this.call('POST', '/me/second-factor', { password: PASSWORD }, token);
    const { now } = await this.call('GET', '/time');
    await this.call('POST', '/me/second-factor/confirm', { code: appCode(typed, now - 30_000) }, token);
    return async () => appCode(typed, (await this.call('GET', '/time')).now);
  }

  /** @param {string} session @returns {Promise<any>} */
  async room(session) {
    return (await this.call('GET', '/sessions/' + session)).room;
  }
}

/** A person with a browser. */
export class Person {
  /** @param {import('@playwright/test').Page} page @param {Office} office @param {string} url */
  constructor(page, office, url) {
    this.page = page;
    this.office = office;
    this.url = url;
    this.button = page.locator('.bid-button');
    this.strip = page.locator('.strip');
    this.price = page.locator('.hero .price-figures');
  }

  /** @param {string} path */
  async go(path) {
    await this.page.goto(this.url + path);
  }

  /** Signs in by hand, as people do. @param {string} login @param {string} [next] @param {string} [password] */
  async signIn(login, next = '/', password = PASSWORD) {
    await this.go('/dang-nhap?tiep=' + next);
    await this.page.fill('#login', login);
    await this.page.fill('#password', password);
    await this.page.click('form .button-main');
    await this.page.waitForURL((u) => u.pathname === next);
  }

  /** Enters a room and checks in. @param {string} login @param {string} session @param {string} [password] */
  async enter(login, session, password) {
    await this.signIn(login, '/phong/' + session, password);
    await expect(this.button).toHaveAttribute('data-state', 'absent');
    await this.button.click();
    await expect(this.button).not.toHaveAttribute('data-state', /absent|checking/);
  }

  /**
   * Waits until the button is a row of the table.
   * @param {string | RegExp} state @param {{timeout?: number}} [options]
   */
  async is(state, options) {
    await expect(this.button).toHaveAttribute('data-state', state, options);
  }

  /** Bids the next step and waits for the lead. */
  async bid() {
    await this.is('bid');
    await this.button.click();
    await this.is('leading');
  }

  /**
   * Acts as staff through a connection of its own.
   * @param {string} login @param {string} session @param {Record<string, unknown>} fields
   */
  async act(login, session, fields) {
    const token = await this.office.token(login);
    const receipt = await this.page.evaluate(
      ([tok, sess, more]) =>
        new Promise((resolve, reject) => {
          const ws = new WebSocket(location.origin.replace(/^http/, 'ws') + '/ws');
          const hex = (/** @type {number} */ n) =>
            Array.from(crypto.getRandomValues(new Uint8Array(n)), (x) =>
              x.toString(16).padStart(2, '0'),
            ).join('');
          const t = Math.floor(performance.timeOrigin + performance.now())
            .toString(16)
            .padStart(12, '0');
          const cmd = `${t.slice(0, 8)}-${t.slice(8)}-7${hex(2).slice(1)}-8${hex(2).slice(1)}-${hex(6)}`;
          ws.onopen = () => ws.send(JSON.stringify({ op: 'hello', id: 1, token: tok }));
          ws.onerror = reject;
          ws.onmessage = (e) => {
            for (const line of String(e.data).split('\n').filter(Boolean)) {
              const f = JSON.parse(line);
              if (f.t === 'welcome')
                ws.send(
                  JSON.stringify({ op: 'act', id: 2, session: sess, cmd, .../** @type {object} */ (more) }),
                );
              if (f.id === 2) {
                ws.close();
                resolve(f.receipt ?? f);
              }
            }
          };
        }),
      /** @type {const} */ ([token, session, fields]),
    );
    expect(receipt).toMatchObject({ accepted: true });
  }

  /**
   * Waits until the page looks as it will: laid out for its window, and no colour
   * on its way to another. What goes on for long, such as a bar that runs down
   * with the time, is not waited for.
   */
  settled() {
    return this.page.evaluate(async (longestMs) => {
      const frame = () => new Promise((shown) => requestAnimationFrame(shown));
      await frame();
      await frame();
      const ends = document
        .getAnimations()
        .filter((a) => Number(a.effect?.getComputedTiming().endTime) <= longestMs)
        .map((a) => a.finished.catch(() => {}));
      await Promise.all(ends);
    }, 1000);
  }

  /** What axe finds wrong with the page, in short. @param {string[]} [runOnly] rules or tags, not all */
  async faults(runOnly = TAGS) {
    await this.settled();
    if (!(await this.page.evaluate(() => 'axe' in window))) await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate(
      (only) => /** @type {any} */ (window).axe.run({ runOnly: only, resultTypes: ['violations'] }),
      runOnly,
    );
    return violations.map(
      (/** @type {any} */ v) =>
        `${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.html.slice(0, 120)).join(' | ')}`,
    );
  }

  /**
   * No fault and no overflow in both lights and all sizes; a picture of each,
   * with E2E_PICTURES a folder.
   * @param {string} name
   * @param {{sizes?: {width: number, height: number}[], again?: () => Promise<void>, whole?: boolean}} [how]
   *   again: what has to be done before each look; whole: the picture is of the whole page
   */
  async looksRight(name, { sizes = [SMALL, PHONE, DESKTOP], again, whole = true } = {}) {
    for (const size of sizes) {
      for (const light of /** @type {const} */ (['light', 'dark'])) {
        const what = `${name} ${size.width} ${light}`;
        await this.page.setViewportSize(size);
        await this.page.emulateMedia({ colorScheme: light });
        if (again) await again();
        await this.page.evaluate(() => scrollTo(0, 0)); // what lies half under the header is no smaller
        // The window has its new width a moment before everything in it has.
        await expect.poll(() => this.overflow(), { message: what }).toBeLessThanOrEqual(0);
        expect(await this.faults(), what).toEqual([]);
        const dir = process.env.E2E_PICTURES;
        if (dir)
          await this.page.screenshot({ path: `${dir}/${what.replaceAll(' ', '-')}.png`, fullPage: whole });
      }
    }
  }

  /** By how many pixels the page is wider than its window. */
  async overflow() {
    await this.settled();
    return this.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  }
}

/**
 * @typedef {object} Fixtures
 * @property {Office} office
 * @property {(viewport?: {width: number, height: number}, context?: object) => Promise<Person>} person
 * @property {string[]} allowed texts of console errors that this test means to cause
 */
/**
 * @typedef {object} WorkerFixtures
 * @property {Server} server
 * @property {string} house a worker and a server for all tests that name the same
 */
/** @typedef {import('@playwright/test').PlaywrightTestArgs & import('@playwright/test').PlaywrightTestOptions} Args */
/** @typedef {import('@playwright/test').PlaywrightWorkerArgs & import('@playwright/test').PlaywrightWorkerOptions} WorkerArgs */

export const test = base.extend(
  /** @type {import('@playwright/test').Fixtures<Fixtures, WorkerFixtures, Args, WorkerArgs>} */ ({
    server: [
      // eslint-disable-next-line no-empty-pattern -- Playwright reads the names from the pattern
      async ({}, use) => {
        const server = await Server.start();
        await use(server);
        await server.end();
      },
      { scope: 'worker', timeout: 60_000 },
    ],
    office: async ({ server }, use) => use(new Office(server.base)),
    // A test that names a house of its own gets a server in which nobody was before.
    house: ['', { option: true, scope: 'worker' }],
    allowed: [[], { option: true }],
    person: async ({ browser, server, office, allowed }, use) => {
      /** @type {string[]} */
      const errors = [];
      /** @type {import('@playwright/test').BrowserContext[]} */
      const contexts = [];
      await use(async (viewport = PHONE, context = {}) => {
        const c = await browser.newContext({ viewport, reducedMotion: 'reduce', ...context });
        contexts.push(c);
        c.on('weberror', (e) => errors.push(e.error().message));
        c.on('console', (m) => ['error', 'warning'].includes(m.type()) && errors.push(m.text()));
        return new Person(await c.newPage(), office, server.base);
      });
      for (const c of contexts) await c.close();
      expect(errors.filter((e) => ![GIVEN_UP, ...allowed].some((a) => e.includes(a)))).toEqual([]);
    },
  }),
);
