// The words of plate rounds. Keys begin with rounds.

export const words = {
  vi: {
    'rounds.title': 'Trả giá chính thức, rồi tối đa {max} vòng',
    'rounds.line': 'Các vòng trả giá: thời gian chính thức và {max} vòng',
    'rounds.main': 'Thời gian chính thức',
    'rounds.main.ended': 'Kết thúc trong thời gian chính thức',
    'rounds.main.short': 'Chính',
    'rounds.nth': 'Vòng {n}/{max}',
    'rounds.nth.ended': 'Kết thúc ở vòng {n}/{max}',
    'rounds.follows': 'Sẽ có vòng {n}',
    'rounds.rule':
      'Có giá mới trong {window} cuối thì mở thêm một vòng {by} cho những người đã trả giá trước đó.',
    'rounds.last': 'Đây là vòng cuối: hết vòng thì người trả giá cao nhất trúng.',
    'rounds.gap': 'Vòng {n} bắt đầu lúc {time}.',
    'rounds.going': '{n} người được trả giá ở vòng này',
    'rounds.you.on': 'Bạn đã trả giá, nếu có vòng sau bạn được vào.',
    'rounds.you.off': 'Bạn chưa trả giá ở vòng này: không trả giá thì không được vào vòng sau.',
    'rounds.you.out': 'Bạn không trả giá ở vòng trước nên chỉ được theo dõi.',
  },
  en: {
    'rounds.title': 'Main time, then at most {max} rounds',
    'rounds.line': 'The rounds: the main time and {max} rounds',
    'rounds.main': 'Main time',
    'rounds.main.ended': 'Ended in the main time',
    'rounds.main.short': 'Main',
    'rounds.nth': 'Round {n} of {max}',
    'rounds.nth.ended': 'Ended in round {n} of {max}',
    'rounds.follows': 'Round {n} will follow',
    'rounds.rule':
      'A bid in the last {window} opens another round of {by} for those who have bid in the period before it.',
    'rounds.last': 'This is the last round: at its end the highest bidder wins.',
    'rounds.gap': 'Round {n} begins at {time}.',
    'rounds.going': '{n} people may bid in this round',
    'rounds.you.on': 'You have bid: if another round follows, you are in it.',
    'rounds.you.off': 'You have not bid in this period: without a bid you are not in the next round.',
    'rounds.you.out': 'You did not bid in the period before, so you may only watch.',
  },
};
