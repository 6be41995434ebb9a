// What people do where offers are sealed: officers with keys, bidders with offers.

import { expect } from './kit.js';

/** @typedef {import('./kit.js').Person} Person */

/** An officer takes a key and keeps it, as on paper. @param {Person} p @param {string} name */
export async function takeKey(p, name) {
  await p.page.click('[data-key=take]');
  const secret = (await p.page.locator('.sealed-secret span').allInnerTexts()).join('-');
  expect(secret).toMatch(/^([0-9A-Z]{4}-){7}[0-9A-Z]{4}$/);
  await looks(p, name);
  await p.page.fill('#sealed-last', 'XXXX');
  await p.page.click('dialog .button-main');
  await expect(p.page.locator('dialog .field-error')).toBeVisible();
  await p.page.fill('#sealed-last', secret.slice(-4).toLowerCase());
  await p.page.click('dialog .button-main');
  await expect(p.page.locator('dialog')).toHaveCount(0);
  return secret;
}

/** @param {Person} p @param {string} secret */
export async function giveKey(p, secret) {
  await p.page.click('[data-key=give]');
  await p.page.fill('#sealed-key', secret);
  await p.page.click('dialog .button-main');
  await expect(p.page.locator('dialog')).toHaveCount(0);
}

/** @param {Person} p @param {string} digits */
export async function offer(p, digits) {
  await p.page.fill('#sealed-amount', digits);
  await p.page.click('[data-state=offer]');
  await expect(p.page.locator('dialog .sealed-words')).not.toBeEmpty();
  const again = p.page.locator('#sealed-again'); // more than twenty steps above the start
  if (await again.isVisible()) await again.fill(digits);
  await p.page.click('dialog .button-main');
  const shown = digits.replace(/\B(?=(\d{3})+$)/g, '.');
  await expect(p.page.locator('.sealed-mine .sealed-slip')).toContainText(shown);
}

/** No fault and no overflow; a picture where one is wanted. @param {Person} p @param {string} name */
export async function looks(p, name) {
  expect(await p.overflow(), name).toBe(0);
  expect(await p.faults(), name).toEqual([]);
  if (process.env.E2E_PICTURES)
    await p.page.screenshot({ path: `${process.env.E2E_PICTURES}/${name}.png`, fullPage: true });
}
