// The words of signing in. Keys begin with signin; signin.go stands in the
// dictionaries, because others lead here with it.

export const words = {
  vi: {
    'signin.title': 'Đăng nhập',
    'signin.what': 'Dành cho người tham gia đấu giá và cán bộ của trung tâm.',
    'signin.needed': 'Trang này cần đăng nhập.',
    'signin.other': 'Tài khoản của {name} không được vào trang này. Hãy dùng tài khoản khác.',
    'signin.login': 'Tên đăng nhập',
    'signin.password': 'Mật khẩu',
    'signin.busy': 'Đang đăng nhập…',
    'signin.waits': 'Đang chờ đến lượt…',
    'signin.line': 'Nhiều người đang đăng nhập cùng lúc',
    'signin.line.what':
      'Bạn đã có chỗ trong hàng chờ, ai đến trước vào trước. Xin giữ trang này mở: đến lượt, trang tự đăng nhập.',
    'signin.line.leave': 'Thôi, không chờ',
    'signin.watch': 'Chỉ muốn theo dõi? Không cần đăng nhập.',
    'signin.error.bad_credentials': 'Tên đăng nhập hoặc mật khẩu không đúng.',
    'signin.own': 'Hãy đặt mật khẩu của riêng bạn',
    'signin.own.what':
      'Mật khẩu vừa nhập do người mở tài khoản đặt cho bạn. Từ nay chỉ mật khẩu mới dùng được, và chỉ mình bạn biết.',
    'signin.own.label': 'Mật khẩu mới',
    'signin.own.too_short': 'Mật khẩu phải có ít nhất tám ký tự.',
    'signin.own.too_long': 'Mật khẩu quá dài.',
    'signin.own.too_common': 'Mật khẩu này quá phổ biến, ai cũng đoán được. Hãy chọn mật khẩu khác.',
    'signin.own.only_names':
      'Mật khẩu này chỉ gồm tên mà ai cũng biết: của bạn, của trang hoặc của trung tâm. Hãy chọn mật khẩu khác.',
    'signin.own.same_as_old': 'Phải khác mật khẩu được cấp.',
    'signin.own.malformed': 'Mật khẩu có ký tự không dùng được.',
    'signin.forgot': 'Quên mật khẩu?',
    'signin.join': 'Mở tài khoản',
    'signin.error.second_late': 'Đã quá lâu. Hãy đăng nhập lại.',
    'signin.error.throttled': 'Đã thử sai quá nhiều lần. Hãy chờ một phút rồi thử lại.',
    'signin.error.offline': 'Không liên lạc được với máy chủ. Hãy kiểm tra mạng.',
    'signin.error.office_closed':
      'Cơ sở dữ liệu tạm thời không dùng được, chưa đăng nhập được. Phiên đang diễn ra vẫn tiếp tục.',
    'signin.error.other': 'Chưa đăng nhập được (mã {code}). Hãy thử lại.',
  },
  en: {
    'signin.title': 'Sign in',
    'signin.what': 'For bidders and the staff of the centre.',
    'signin.needed': 'This page needs you to sign in.',
    'signin.other': 'The account of {name} may not enter this page. Please use another one.',
    'signin.login': 'User name',
    'signin.password': 'Password',
    'signin.busy': 'Signing in…',
    'signin.waits': 'Waiting for your turn…',
    'signin.line': 'Many people are signing in at once',
    'signin.line.what':
      'You have a place in line; who came first goes first. Please keep this page open: it signs you in when it is your turn.',
    'signin.line.leave': 'Stop waiting',
    'signin.watch': 'Just watching? No account needed.',
    'signin.error.bad_credentials': 'User name or password is wrong.',
    'signin.own': 'Set a password of your own',
    'signin.own.what':
      'The one you typed was chosen by whoever opened the account. From now on only the new one works, and only you know it.',
    'signin.own.label': 'New password',
    'signin.own.too_short': 'A password has at least eight characters.',
    'signin.own.too_long': 'This password is too long.',
    'signin.own.too_common': 'Everybody guesses this password first. Choose another one.',
    'signin.own.only_names':
      'This is made of names that everybody knows: yours, this site’s or the centre’s. Choose another one.',
    'signin.own.same_as_old': 'It must differ from the one you were given.',
    'signin.own.malformed': 'The password has a character that cannot be used.',
    'signin.forgot': 'Forgotten the password?',
    'signin.join': 'Open an account',
    'signin.error.second_late': 'That took too long. Please sign in again.',
    'signin.error.throttled': 'Too many wrong attempts. Please wait a minute and try again.',
    'signin.error.offline': 'The server cannot be reached. Please check your network.',
    'signin.error.office_closed':
      'The database is not available, so nobody can sign in. Running sessions go on.',
    'signin.error.other': 'Signing in failed (code {code}). Please try again.',
  },
};
