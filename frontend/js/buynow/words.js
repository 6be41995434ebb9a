// The words of buying at once. Keys begin with buynow.

export const words = {
  vi: {
    'buynow.offered': 'Mua ngay',
    'buynow.bought': 'Đã được mua ngay',
    'buynow.gone': 'Không còn mua ngay',
    'buynow.gone.what': 'Giá mua ngay {price} không còn được chào; phiên tiếp tục bằng trả giá.',
    'buynow.what': 'Ai lấy giá này trước thì mua được và phiên kết thúc ngay.',
    'buynow.button': 'Mua ngay',
    'buynow.title': 'Mua ngay',
    'buynow.effect':
      'Bạn mua với đúng giá này và phiên kết thúc ngay. Không rút lại được mà không bị truất quyền.',
    'buynow.late': 'Giá mua ngay vừa hết hiệu lực. Bạn chưa mua gì cả.',
    'buynow.go': 'Xác nhận mua {price}',
  },
  en: {
    'buynow.offered': 'Buy now',
    'buynow.bought': 'Bought at once',
    'buynow.gone': 'It can no longer be bought at once',
    'buynow.gone.what': 'The price of {price} to buy now is not offered any more; bidding goes on.',
    'buynow.what': 'Who takes this price first has bought, and bidding ends at once.',
    'buynow.button': 'Buy now',
    'buynow.title': 'Buy now',
    'buynow.effect':
      'You buy at exactly this price and bidding ends at once. Taking it back costs the right to bid.',
    'buynow.late': 'The price to buy now has just gone. You have bought nothing.',
    'buynow.go': 'Confirm: buy for {price}',
  },
};
