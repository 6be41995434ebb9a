// The words of the gong. Keys begin with gong.

export const words = {
  vi: {
    'gong.round': 'Vòng {n} chào giá',
    'gong.silence':
      'Mỗi lần có người đồng ý hoặc trả cao hơn, đồng hồ đếm lại từ {silence}. Muộn nhất là {latest}.',
    'gong.last': 'Giờ kết thúc muộn nhất là {latest}: đồng hồ không đếm lại quá giờ này.',
    'gong.raise': 'Trả cao hơn…',
    'gong.call': 'Vòng {n}: ai đồng ý giá {price}?',
    'gong.top': 'Đã đạt mức giá cao nhất của quy chế',
  },
  en: {
    'gong.round': 'Round {n} asks',
    'gong.silence':
      'Whenever somebody agrees or raises, the clock starts again from {silence}. The latest end is {latest}.',
    'gong.last': 'The latest end is {latest}: the clock does not go past it.',
    'gong.raise': 'Raise…',
    'gong.call': 'Round {n}: who agrees to {price}?',
    'gong.top': 'The highest price of the rules has been reached',
  },
};
