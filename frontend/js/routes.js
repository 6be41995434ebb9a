// The addresses of the page: the same table as in ../routes.go, and a Go test
// compares the two. `load` must be an import() with a literal path. `roles`
// lists who may enter; everybody else is shown the sign-in page. `bare` pages
// have no header and footer. An `alone` page has a policy of its own, so the
// browser loads it anew, and the page after it.

/**
 * @typedef {object} Route
 * @property {string} path
 * @property {() => Promise<{Page: (props: any) => any}>} load
 * @property {string[]} [roles]
 * @property {boolean} [bare]
 * @property {boolean} [alone]
 */

/** @type {Route[]} */
export const routes = [
  { path: '/', load: () => import('./pages/home.js') },
  { path: '/cuoc-dau-gia', load: () => import('./pages/auctions.js') },
  { path: '/phong/:session', load: () => import('./pages/room.js') },
  { path: '/xem-lai/:session', load: () => import('./replay/page.js') },
  { path: '/man-hinh/:session', load: () => import('./pages/screen.js'), bare: true },
  { path: '/cuoc-dau-gia/:id', load: () => import('./pages/notice.js') },
  { path: '/cuoc-dau-gia/:id/cac-lo', load: () => import('./sale/page.js') },
  { path: '/man-hinh/cac-lo/:id', load: () => import('./sale/screen.js'), bare: true },
  { path: '/cuoc-dau-gia/:id/dang-ky', load: () => import('./reg/register.js'), roles: ['bidder'] },
  { path: '/ho-so', load: () => import('./reg/mine.js'), roles: ['bidder'] },
  { path: '/quan-tri/cuoc-dau-gia/:id/dang-ky', load: () => import('./reg/desk.js'), roles: ['registrar'] },
  { path: '/dang-nhap', load: () => import('./signin/page.js') },
  {
    path: '/cua-toi',
    load: () => import('./mine/page.js'),
    roles: ['bidder', 'auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  { path: '/cua-toi/ket-qua', load: () => import('./after/mine.js'), roles: ['bidder'] },
  {
    path: '/dieu-hanh',
    load: () => import('./console/list.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  {
    path: '/dieu-hanh/:session',
    load: () => import('./console/auctioneer.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  {
    path: '/dieu-hanh/cac-lo/:id',
    load: () => import('./sale/console.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  {
    path: '/giam-sat/:session',
    load: () => import('./console/observer.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  {
    path: '/quan-tri/cuoc-dau-gia',
    load: () => import('./admin/auctions.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  {
    path: '/quan-tri/cuoc-dau-gia/moi',
    load: () => import('./admin/auction.js'),
    roles: ['auctioneer', 'registrar', 'admin'],
  },
  {
    path: '/quan-tri/cuoc-dau-gia/:id',
    load: () => import('./admin/auction.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  {
    path: '/quan-tri/cuoc-dau-gia/:id/tep',
    load: () => import('./admin/files.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  {
    path: '/quan-tri/cuoc-dau-gia/:id/phien',
    load: () => import('./day/page.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  {
    path: '/quan-tri/cuoc-dau-gia/:id/ket-qua',
    load: () => import('./after/page.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  {
    path: '/quan-tri/cuoc-dau-gia/:id/luu-tru',
    load: () => import('./archive/page.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  {
    path: '/quan-tri/bao-cao',
    load: () => import('./archive/reports.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  {
    path: '/quan-tri/luu-tru',
    load: () => import('./archive/list.js'),
    roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  { path: '/quan-tri/tai-khoan', load: () => import('./admin/accounts.js'), roles: ['admin'] },
  {
    path: '/quan-tri/nhat-ky',
    load: () => import('./audit/log.js'),
    roles: ['auctioneer', 'observer', 'admin'],
  },
  {
    path: '/quan-tri/thu',
    load: () => import('./audit/letters.js'),
    roles: ['auctioneer', 'registrar', 'admin'],
  },
  { path: '/quan-tri/ket-noi', load: () => import('./hooks/hooks.js'), roles: ['admin'] },
  { path: '/dang-ky-tai-khoan', load: () => import('./people/join.js') },
  { path: '/dat-lai-mat-khau', load: () => import('./people/reset.js') },
  { path: '/cua-toi/ho-so', load: () => import('./people/identity.js'), roles: ['bidder'] },
  {
    path: '/cua-toi/bao-mat',
    load: () => import('./people/security.js'),
    roles: ['bidder', 'auctioneer', 'registrar', 'clerk', 'observer', 'admin'],
  },
  { path: '/quan-tri/xac-minh', load: () => import('./people/verify.js'), roles: ['registrar'] },
  { path: '/quan-tri/trung-tam', load: () => import('./people/centre.js'), roles: ['admin'] },
  { path: '/kiem-tra', load: () => import('./check/page.js') },
  { path: '/kiem-chung', load: () => import('./verify/page.js'), alone: true },
  { path: '/phien-ban', load: () => import('./versions/page.js') },
];

/**
 * Finds the route of a path and the values of its placeholders. Exact paths
 * come before placeholders because the table is read from the top.
 * @param {string} path
 * @param {Route[]} [table]
 * @returns {{route: Route, params: Record<string, string>} | null}
 */
export function match(path, table = routes) {
  const parts = split(path);
  for (const route of table) {
    const wanted = split(route.path);
    if (wanted.length !== parts.length) continue;
    /** @type {Record<string, string>} */
    const params = {};
    const fits = wanted.every((w, i) => {
      const part = parts[i] ?? '';
      if (!w.startsWith(':')) return w === part;
      params[w.slice(1)] = decodeURIComponent(part);
      return true;
    });
    if (fits) return { route, params };
  }
  return null;
}

/** @param {string} path */
const split = (path) => path.split('/').filter((part) => part !== '');
