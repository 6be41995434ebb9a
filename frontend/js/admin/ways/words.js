// The words of single ways to sell in the auction form.

export const words = {
  vi: {
    'preset.gong': 'Hỏi giá theo vòng',
    'preset.turns': 'Trả giá lần lượt',
    'preset.units': 'Nhiều đơn vị một giá',
    'tried.gong.silent': 'Mở lúc {opens}, chào giá {asks}; không ai đồng ý thì kết thúc lúc {ends}.',
    'tried.gong.moved': 'Có người đồng ý lúc {at} thì giờ kết thúc dời đến {to}.',
    'tried.gong.next': 'Giá {asks} được lấy thì vòng sau chào {next}.',
    'tried.gong.only': 'Giá {asks} được lấy là hết: không còn giá nào cao hơn được nhận.',
    'tried.gong.latest': 'Dù còn người trả, phiên không kéo dài quá {ends}.',
    'tried.turns.first': 'Mở lúc {opens}, lượt đầu bắt đầu lúc {at} và dài nhất đến {ends}.',
    'tried.turns.silent':
      'Hai người có mặt mà không ai trả giá thì hết vòng cuối lúc {ends}; mỗi người thêm vào thêm nhiều nhất {more}.',
    'tried.buynow.ended': 'Trả giá từ {least} trở lên mà chưa đến {price} thì không còn mua ngay được nữa.',
    'tried.buynow.stands': 'Trả giá thấp hơn {price} thì vẫn còn mua ngay được.',
    'field.lots.rules.hybrid': 'Các bước của phiên',
    'field.lots.rules.hybrid.offersMs': 'Thời gian bỏ phiếu kín',
    'field.lots.rules.hybrid.answerMs': 'Thời gian trả lời cuối cùng',
    'hybridform.step': 'Phải trả cao hơn giá trước ít nhất',
    'method.hybrid.what':
      'Giá giảm đến khi có người chấp nhận; người khác bỏ phiếu kín cao hơn; người chấp nhận trả lời cuối cùng.',
    'field.lots.rules.turns': 'Trả giá lần lượt theo vòng',
    'field.lots.rules.turns.rounds': 'Số vòng',
    'field.lots.rules.turns.turnMs': 'Mỗi lượt dài nhất',
    'field.lots.rules.turns.pauseMs': 'Nghỉ trước mỗi vòng sau',
    'turnsform.first': 'Nghỉ trước vòng đầu',
    'turnsform.first.hint': 'Từ lúc mở phiên đến lượt đầu tiên.',
    'method.turns.what':
      'Mỗi vòng mỗi người có một lượt, người trả thấp nhất trước; im lặng thì giữ giá cũ. Hợp với ít người tham gia.',
    'field.lots.rules.sealed.units': 'Số đơn vị giống nhau',
    'unit.units': 'đơn vị',
    'unitsform.start':
      'Giá khởi điểm và bước giá là của một đơn vị. Phần sau phiên làm cho một người trúng, nên lô này được mở phiên mà không niêm yết.',
    'pricing.uniform': 'Một giá cho nhiều đơn vị',
    'pricing.uniform.what':
      'Mỗi người trả giá và số đơn vị; mọi người trúng trả giá của phiếu trúng thấp nhất, hoặc giá khởi điểm.',
    'fault.not_with_uniform_price':
      'Bán nhiều đơn vị theo một giá thì chỉ có một vòng, không có giá bảo lưu ẩn và không bán chung với lô khác.',
    'fault.too_many_units':
      'Nhiều nhất 500 đơn vị một lô, vì cả danh sách người trúng được báo cho mọi người cùng lúc. Bán nhiều hơn thì gom thành gói bằng nhau.',
    'fault.several_winners':
      'Lô có nhiều người trúng đấu giá chưa niêm yết được, vì phần thanh toán sau phiên mới làm cho một người. Hãy mở phiên cho người tham gia chọn sẵn mà không niêm yết, hoặc bán từng phần thành lô riêng.',
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
    'preset.gong': 'Gong',
    'preset.turns': 'Rounds in turn',
    'preset.units': 'Several units, one price',
    'tried.gong.silent': 'Opened at {opens}, it asks {asks}; if nobody agrees it ends at {ends}.',
    'tried.gong.moved': 'Somebody who agrees at {at} moves the end to {to}.',
    'tried.gong.next': 'Once {asks} is taken the next round asks {next}.',
    'tried.gong.only': 'Once {asks} is taken that is all: no higher price is taken.',
    'tried.gong.latest': 'Whoever still bids, it never goes past {ends}.',
    'tried.turns.first': 'Opened at {opens}, the first turn begins at {at} and lasts until {ends} at most.',
    'tried.turns.silent':
      'If two are there and neither offers, the last round is over at {ends}; each further one adds {more} at most.',
    'tried.buynow.ended': 'A bid of {least} or more that is less than {price} ends the offer to buy now.',
    'tried.buynow.stands': 'After a bid of less than {price} it can still be bought now.',
    'field.lots.rules.hybrid': 'The stages of the session',
    'field.lots.rules.hybrid.offersMs': 'Time for sealed offers',
    'field.lots.rules.hybrid.answerMs': 'Time for the last word',
    'hybridform.step': 'Offers must lie above the price before by',
    'method.hybrid.what':
      'The price falls until somebody takes it; others offer more under seal; who took it has the last word.',
    'field.lots.rules.turns': 'Rounds in turn',
    'field.lots.rules.turns.rounds': 'Rounds',
    'field.lots.rules.turns.turnMs': 'Longest turn',
    'field.lots.rules.turns.pauseMs': 'Pause before each later round',
    'turnsform.first': 'Pause before the first round',
    'turnsform.first.hint': 'From the opening to the first turn.',
    'method.turns.what':
      'Everybody has one turn a round, the lowest offer first; silence keeps the old offer. For few bidders.',
    'field.lots.rules.sealed.units': 'Identical units for sale',
    'unit.units': 'units',
    'unitsform.start':
      'Starting price and step are those of one unit. What follows the sale is made for one winner, so such a lot is published without a listing.',
    'pricing.uniform': 'One price for several units',
    'pricing.uniform.what':
      'Everybody offers a price and a number of units; all winners pay the lowest winning offer, or the start.',
    'fault.not_with_uniform_price':
      'Several units at one price go with one round only, without a hidden reserve and by themselves.',
    'fault.too_many_units':
      'At most 500 units a lot, because everybody is told of all winners at once. To sell more, bundle them evenly.',
    'fault.several_winners':
      'A lot with several winners cannot be listed yet: what follows a sale is made for one winner. Publish it to people admitted by hand without a listing, or sell the parts as lots of their own.',
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
