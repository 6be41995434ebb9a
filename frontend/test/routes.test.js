import assert from 'node:assert/strict';
import { test } from 'node:test';
import { match } from '../js/routes.js';

const load = async () => ({ Page: () => null });
const table = [
  { path: '/', load },
  { path: '/a/new', load },
  { path: '/a/:id', load },
];

test('exact paths win, placeholders are read, the rest is nothing', () => {
  assert.equal(match('/', table)?.route.path, '/');
  assert.equal(match('/a/new', table)?.route.path, '/a/new');
  assert.deepEqual(match('/a/7%2F8/', table)?.params, { id: '7/8' });
  assert.equal(match('/b', table), null);
  assert.equal(match('/a/b/c', table), null);
});
