// The words of the page of versions. Keys begin with versions.

export const words = {
  vi: {
    'versions.title': 'Phiên bản',
    'versions.page': 'Trang này:',
    'versions.libraries': 'Phần mềm của người khác',
    'versions.what': 'Được kèm theo trang, kèm giấy phép. Trang không tải gì từ máy chủ khác.',
    'versions.name': 'Gói',
    'versions.version': 'Phiên bản',
    'versions.licence': 'Giấy phép',
  },
  en: {
    'versions.title': 'Versions',
    'versions.page': 'This page:',
    'versions.libraries': 'Software by others',
    'versions.what': 'Shipped with the page, with their licences. Nothing is loaded from other servers.',
    'versions.name': 'Package',
    'versions.version': 'Version',
    'versions.licence': 'Licence',
  },
};
