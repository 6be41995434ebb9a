// The words of a falling price with sealed offers after it. Keys begin with
// hybrid.

export const words = {
  vi: {
    'hybrid.line': 'Ba bước của phiên',
    'hybrid.falling': 'Giá giảm',
    'hybrid.offers': 'Bỏ phiếu kín',
    'hybrid.answer': 'Trả lời cuối',
    'hybrid.falling.what':
      'Ai chấp nhận trước thì giữ giá đó; những người khác sau đó bỏ phiếu kín trả cao hơn.',
    'hybrid.offers.what':
      'Những người khác bỏ phiếu kín trả cao hơn giá đã chấp nhận. Không ai biết có bao nhiêu phiếu.',
    'hybrid.offers.mine': 'Bạn đã chấp nhận giá. Mở phiếu xong, bạn là người trả lời cuối cùng.',
    'hybrid.shut.what': 'Hết giờ bỏ phiếu. Hai người giữ khóa cùng mở phiếu.',
    'hybrid.answer.what':
      'Người đã chấp nhận giá được trả cao hơn phiếu cao nhất. Không trả lời thì phiếu cao nhất trúng.',
    'hybrid.answer.mine': 'Có người trả cao hơn bạn. Bạn trả lời cuối cùng: trả cao hơn hoặc để hết giờ.',
    'hybrid.over.what': 'Chờ đấu giá viên công bố kết quả.',
    'hybrid.price.accepted': 'Giá đã được chấp nhận',
    'hybrid.price.best': 'Phiếu cao nhất',
    'hybrid.price.answer': 'Giá trả lời cuối cùng',
    'hybrid.first': 'Người chấp nhận giá',
    'hybrid.least': 'Phải trả từ',
    'hybrid.call.offers': 'Đang nhận phiếu kín trả cao hơn',
    'hybrid.call.answer': 'Chờ trả lời cuối cùng',
    'hybrid.notasked': 'Chỉ người đã chấp nhận giá được trả lời lúc này',
  },
  en: {
    'hybrid.line': 'The three stages of the session',
    'hybrid.falling': 'Falling price',
    'hybrid.offers': 'Sealed offers',
    'hybrid.answer': 'Last word',
    'hybrid.falling.what':
      'Whoever accepts first holds that price; then everybody else may offer more under seal.',
    'hybrid.offers.what':
      'Everybody else may offer more than the accepted price, under seal. Nobody knows how many offers there are.',
    'hybrid.offers.mine': 'You accepted the price. After the opening the last word is yours.',
    'hybrid.shut.what': 'The time for offers is over. The two key holders open them together.',
    'hybrid.answer.what':
      'Whoever accepted the price may go above the highest offer. Without an answer the highest offer wins.',
    'hybrid.answer.mine':
      'Somebody offers more than you. The last word is yours: go above it, or let the time pass.',
    'hybrid.over.what': 'Waiting for the auctioneer to announce the result.',
    'hybrid.price.accepted': 'Accepted price',
    'hybrid.price.best': 'Highest offer',
    'hybrid.price.answer': 'The last word',
    'hybrid.first': 'Accepted by',
    'hybrid.least': 'At least',
    'hybrid.call.offers': 'Sealed offers are being taken',
    'hybrid.call.answer': 'Waiting for the last word',
    'hybrid.notasked': 'Only whoever accepted the price may answer now',
  },
};
