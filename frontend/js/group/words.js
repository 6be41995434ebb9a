// The words of lots that are sold together. Keys begin with group.

export const words = {
  vi: {
    'group.whole': 'Gia hạn chung cả cuộc đấu giá',
    'group.named': 'Gia hạn chung nhóm “{name}”',
    'group.lots': 'Cùng nhóm:',
    'group.moved': 'Lô {lot} có giá mới sát giờ: cả nhóm gia hạn đến {end}.',
    'group.atonce': 'Mỗi người dẫn giá hoặc trúng cùng lúc nhiều nhất {n} tài sản.',
  },
  en: {
    'group.whole': 'All lots of the sale are extended together',
    'group.named': 'The lots of “{name}” are extended together',
    'group.lots': 'In the group:',
    'group.moved': 'A late bid for lot {lot}: the whole group is extended until {end}.',
    'group.atonce': 'One person may lead or have won at most {n|lot|lots} at once.',
  },
};
