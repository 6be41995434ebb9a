// The words of a bidder's own sessions. Keys begin with mine.

export const words = {
  vi: {
    'mine.title': 'Phiên của tôi',
    'mine.what': 'Các phiên mà bạn được tham gia. Hãy điểm danh trước giờ mở.',
    'mine.none': 'Bạn chưa được ghi tên vào phiên nào.',
    'mine.opens': 'Mở sau {time}',
    'mine.bid': 'Vào trả giá',
    'mine.checkin': 'Vào điểm danh',
    'mine.look': 'Xem lại',
    'mine.sale': 'Mọi lô của cuộc đấu giá này',
    'mine.results': 'Kết quả và xác nhận biên bản',
    'mine.check': 'Kiểm tra thiết bị trước phiên',
    'mine.error.offline': 'Không liên lạc được với máy chủ.',
    'mine.error.office_closed':
      'Cơ sở dữ liệu tạm thời không dùng được. Nếu đã có đường dẫn của phòng, bạn vẫn vào trả giá được.',
    'mine.error.other': 'Chưa tải được danh sách (mã {code}).',
  },
  en: {
    'mine.title': 'My sessions',
    'mine.what': 'The sessions you are admitted to. Please check in before the opening.',
    'mine.none': 'You are not admitted to any session yet.',
    'mine.opens': 'Opens in {time}',
    'mine.bid': 'Go and bid',
    'mine.checkin': 'Go and check in',
    'mine.look': 'Look back',
    'mine.sale': 'All lots of this auction',
    'mine.results': 'Results, and confirming the minutes',
    'mine.check': 'Check my device before the sale',
    'mine.error.offline': 'The server cannot be reached.',
    'mine.error.office_closed':
      'The database is not available. If you have the link of the room you can still go and bid.',
    'mine.error.other': 'The list could not be loaded (code {code}).',
  },
};
