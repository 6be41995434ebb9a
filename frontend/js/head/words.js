// The words of the head of a record. Keys begin with head.

export const words = {
  vi: {
    'head.sum': 'Dấu vết hồ sơ: số {n} · {short}',
    'head.why':
      'Mỗi việc trong phiên được ghi thành một bản ghi, móc với bản ghi trước bằng mã băm. Ai giữ dấu vết này là giữ được mọi bản ghi cho đến nó: sau phiên, hồ sơ công khai phải đi qua đúng dấu vết ấy, nếu không thì đã có người sửa.',
    'head.copy': 'Chép dấu vết',
    'head.copied': 'Đã chép',
    'head.failed': 'Không chép được; hãy chọn và chép bằng tay.',
    'head.whole': 'Dấu vết đầy đủ',
    'head.record': 'Tải hồ sơ công khai của phiên',
  },
  en: {
    'head.sum': 'Trace of the record: no. {n} · {short}',
    'head.why':
      'Everything in the session becomes a record that is chained to the one before it by a hash. Whoever keeps this trace holds every record up to it: the record published afterwards must pass through it, or somebody has changed it.',
    'head.copy': 'Copy the trace',
    'head.copied': 'Copied',
    'head.failed': 'It could not be copied; please select and copy it by hand.',
    'head.whole': 'The whole trace',
    'head.record': 'Download the public record of the session',
  },
};
