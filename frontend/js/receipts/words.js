// The words of kept receipts. Keys begin with kept.

export const words = {
  vi: {
    'kept.title': 'Giữ biên nhận đã ký',
    'kept.why':
      'Máy chủ đã ký {n} biên nhận của bạn trong phiên này; trình duyệt này đang giữ. Sau phiên, ai cũng đối chiếu được chúng với hồ sơ công khai: thiếu hoặc khác là vi phạm chứng minh được.',
    'kept.save': 'Lưu vào tệp',
    'kept.qr': 'Mã QR của biên nhận mới nhất',
    'kept.qr.what': 'Quét bằng máy khác để giữ thêm một bản: {what} lúc {time}.',
  },
  en: {
    'kept.title': 'Keep the signed receipts',
    'kept.why':
      'The server has signed {n} receipts of yours in this session; this browser keeps them. Afterwards anybody can hold them against the public record: one that is missing or differs is misconduct that can be proved.',
    'kept.save': 'Save to a file',
    'kept.qr': 'QR code of the newest receipt',
    'kept.qr.what': 'Scan it with another device to keep a second copy: {what} at {time}.',
  },
};
