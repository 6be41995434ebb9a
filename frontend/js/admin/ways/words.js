// The words of single ways to sell in the auction form.

export const words = {
  vi: {
    'field.lots.rules.hybrid': 'Các bước của phiên',
    'field.lots.rules.hybrid.offersMs': 'Thời gian bỏ phiếu kín',
    'field.lots.rules.hybrid.answerMs': 'Thời gian trả lời cuối cùng',
    'hybridform.step': 'Phải trả cao hơn giá trước ít nhất',
    'method.hybrid.what':
      'Giá giảm đến khi có người chấp nhận; người khác bỏ phiếu kín cao hơn; người chấp nhận trả lời cuối cùng.',
    'field.lots.rules.gong': 'Hỏi giá theo vòng',
    'field.lots.rules.gong.silenceMs': 'Im lặng bao lâu thì kết thúc',
    'gongform.most': 'Kéo dài nhiều nhất từ lúc mở phiên.',
    'field.lots.rules.buyNow': 'Mua ngay',
    'field.lots.rules.buyNow.amount': 'Giá mua ngay',
    'field.lots.rules.buyNow.until': 'Giá mua ngay có hiệu lực',
    'field.lots.rules.buyNow.basisPoints': 'Phần trăm của giá mua ngay',
    'method.gong.what':
      'Mỗi vòng chào một giá; ai đồng ý hoặc trả cao hơn thì lấy vòng, im lặng đủ lâu thì kết thúc.',
    'buynow.first_bid': 'Đến khi có người trả giá',
    'buynow.first_bid.what': 'Người trả giá đầu tiên làm giá mua ngay hết hiệu lực.',
    'buynow.share': 'Đến một phần của nó',
    'buynow.share.what': 'Hết hiệu lực khi giá trả đạt phần này.',
    'buynow.end': 'Suốt thời gian trả giá',
    'buynow.end.what': 'Trả giá từ mức này trở lên là mua đúng giá này.',
    'buynow.reserve': 'Đến khi đạt giá tối thiểu',
    'buynow.reserve.what': 'Hết hiệu lực khi giá trả đạt giá tối thiểu không công khai.',
  },
  en: {
    'field.lots.rules.hybrid': 'The stages of the session',
    'field.lots.rules.hybrid.offersMs': 'Time for sealed offers',
    'field.lots.rules.hybrid.answerMs': 'Time for the last word',
    'hybridform.step': 'Offers must lie above the price before by',
    'method.hybrid.what':
      'The price falls until somebody takes it; others offer more under seal; who took it has the last word.',
    'field.lots.rules.gong': 'Gong',
    'field.lots.rules.gong.silenceMs': 'Silence that ends the bidding',
    'gongform.most': 'The most, from the opening on.',
    'field.lots.rules.buyNow': 'Buy now',
    'field.lots.rules.buyNow.amount': 'Price to buy now',
    'field.lots.rules.buyNow.until': 'How long it is offered',
    'field.lots.rules.buyNow.basisPoints': 'Share of the price to buy now',
    'method.gong.what':
      'Every round asks a price; who agrees or raises takes it, and a long enough silence ends the bidding.',
    'buynow.first_bid': 'Until somebody bids',
    'buynow.first_bid.what': 'The first bid ends the offer.',
    'buynow.share': 'Until bidding has come to a share of it',
    'buynow.share.what': 'Ends once a bid reaches that share.',
    'buynow.end': 'As long as bids are taken',
    'buynow.end.what': 'A bid of this price or more buys at exactly this price.',
    'buynow.reserve': 'Until the reserve is met',
    'buynow.reserve.what': 'Ends once a bid meets the hidden reserve.',
  },
};
