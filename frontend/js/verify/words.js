// The words of the page that verifies a session. Keys begin with verify.

export const words = {
  vi: {
    'verify.title': 'Kiểm chứng phiên đấu giá',
    'verify.what':
      'Bất kỳ ai có tệp diễn biến của một phiên đều kiểm được, ngay trên máy mình: mọi việc đã ghi có đúng theo Quy chế không, và có ai sửa gì về sau không. Tệp không được gửi đi đâu cả.',
    'verify.tool.loading': 'Đang tải công cụ kiểm chứng…',
    'verify.tool.loaded': 'Công cụ kiểm chứng đã ở trên máy bạn. Từ đây không cần mạng nữa.',
    'verify.tool.size': '({br} MB khi tải, {raw} MB trong bộ nhớ)',
    'verify.tool.missing': 'Máy chủ này không kèm công cụ kiểm chứng',
    'verify.tool.missing.why':
      'Chương trình được dựng thiếu phần này. Hãy tải tệp diễn biến về và kiểm ở một máy chủ khác hoặc bằng lệnh gobua verify; kết quả như nhau.',
    'verify.tool.broken': 'Không khởi động được công cụ kiểm chứng',
    'verify.tool.broken.why':
      'Hãy tải lại trang khi có mạng. Nếu vẫn vậy, trình duyệt có thể quá cũ hoặc chặn WebAssembly: hãy dùng trình duyệt khác hoặc lệnh gobua verify.',
    'verify.fetch.failed': 'Không lấy được tệp diễn biến từ máy chủ này',
    'verify.fetch.why.unknown':
      'Máy chủ không có phiên này, hoặc phiên có từ trước khi diễn biến được công bố.',
    'verify.fetch.why.not_over': 'Phiên chưa kết thúc. Tệp diễn biến được công bố khi phiên đã xong.',
    'verify.fetch.why.other': 'Hãy thử lại sau, hoặc chọn tệp bạn đã có.',
    'verify.files': 'Tệp diễn biến của phiên',
    'verify.choose': 'Chọn tệp',
    'verify.files.hint':
      'Tên tệp thường là phien-….txt. Kéo vào đây hoặc chọn trên máy; có thể nhiều tệp, cùng với tệp biên nhận bien-nhan-….json.',
    'verify.heads.unread': 'Không hiểu dòng này: {line}',
    'verify.heads.compare': 'Đối chiếu',
    'verify.heads.many': 'Có nhiều tệp, nên mã băm không kèm mã phiên chưa được đối chiếu.',
    'verify.waiting': 'Đang chờ đến lượt.',
    'verify.running': 'Đang kiểm chứng.',
    'verify.percent': '{n} %',
    'verify.stop': 'Dừng lại',
    'verify.stopped': 'Đã dừng theo ý bạn. Chưa có kết luận.',
    'verify.failed': 'Chưa kiểm xong',
    'verify.failed.why': 'Không đọc hết được tệp, hoặc công cụ gặp lỗi. Điều này không nói gì về phiên.',
    'verify.again': 'Kiểm lại',
    'verify.print': 'In trang này',
    'verify.said.right': 'Kiểm chứng xong: mọi bản ghi đều đúng.',
    'verify.said.wrong': 'Kiểm chứng xong: có chỗ sai.',
    'verify.right': 'Mọi bản ghi đều đúng',
    'verify.right.means':
      'Cả {n} bản ghi nối liền nhau và từng bản ghi đều đúng như Quy chế đòi hỏi. Kiểm trong {s} giây, trên máy này.',
    'verify.right.heads':
      'Khớp với {n} mã băm mà bạn đã chép lại: bạn và mọi người đã thấy cùng một diễn biến.',
    'verify.right.noHeads':
      'Chưa đối chiếu với mã băm nào chép lại trong phiên. Không có mã ấy thì chưa loại trừ được việc cả diễn biến đã bị viết lại.',
    'verify.fact.session': 'Phiên',
    'verify.fact.lot': 'Tài sản',
    'verify.fact.outcome': 'Kết quả',
    'verify.fact.ground': 'Lý do',
    'verify.fact.winner': 'Người trúng',
    'verify.fact.winners': 'Những người trúng',
    'verify.fact.price': 'Giá trúng',
    'verify.fact.winning': 'Lượt trả giá trúng',
    'verify.fact.winning.at': 'bản ghi {seq}, nhận lúc {at}, {date}',
    'verify.fact.bids': 'Số lượt trả giá hợp lệ',
    'verify.fact.head': 'Cuối chuỗi bản ghi',
    'verify.fact.head.short': 'bản ghi {seq}, mã băm bắt đầu bằng {hash}',
    'verify.fact.rules': 'Mã băm của Quy chế',
    'verify.units': '{n} đơn vị',
    'verify.attached': 'Kèm theo tệp, chưa kiểm ở đây: {what}.',
    'verify.claims': 'Những điều phải tin lời người tổ chức',
    'verify.claims.none': 'Không có: phiên này không có gì ngoài những điều đã kiểm.',
    'verify.claims.some':
      'Tệp không tự chứng minh được những điều sau. Chúng được đếm ra để mọi người hỏi lại.',
    'verify.claim.outages':
      'Sự cố được bù giờ: {n} lần, tổng cộng {s} giây. Thời gian bù thì đúng Quy chế; còn có sự cố thật hay không thì hãy hỏi những người có mặt.',
    'verify.claim.lateOpens':
      'Mở muộn hơn giờ đã định: {n} lần. Không ai bị mất thời gian trả giá, nhưng lý do không có trong tệp.',
    'verify.claim.followed':
      'Gia hạn theo lô khác trong cùng nhóm: {n} lần. Nguyên nhân nằm trong tệp diễn biến của lô kia.',
    'verify.claim.limits':
      'Lượt bị từ chối vì đã đạt giới hạn giữa các lô: {n}. Muốn chắc, hãy kiểm tệp của các lô cùng nhóm.',
    'verify.claim.hidden':
      'Bản ghi có số tiền được giữ kín: {n}. Đó là mức tối đa mà giá chưa bao giờ chạm tới; tệp chỉ có mã cam kết của nó.',
    'verify.claim.reserve':
      'Giá tối thiểu được giữ kín vì chưa ai đạt tới. Tệp chỉ có mã cam kết, đã định từ trước phiên.',
    'verify.wrong': 'Có chỗ sai: đừng tin tệp này',
    'verify.at.record': 'Bản ghi số {seq}.',
    'verify.at.line': 'Dòng {line} của tệp.',
    'verify.at.file': 'Cả tệp.',
    'verify.wrong.no_record':
      'Đây không phải tệp diễn biến của một phiên, hoặc là dạng mới mà công cụ này chưa biết.',
    'verify.wrong.line': 'Dòng này không viết như một dòng của tệp diễn biến.',
    'verify.wrong.cut': 'Tệp dừng ở đây, chưa đến phần cuối.',
    'verify.wrong.end':
      'Tệp nói rằng nó kết thúc ở bản ghi {says} ({saysHash}), nhưng nó kết thúc ở bản ghi {seq} ({hash}).',
    'verify.wrong.chain':
      'Chuỗi bị đứt: mã băm không phải của nội dung này sau bản ghi trước (dòng {line} của tệp).',
    'verify.wrong.unreadable':
      'Nội dung không đọc được như một bản ghi, hoặc phần được tiết lộ không phải điều đã cam kết.',
    'verify.wrong.number': 'Nó tự nhận là bản ghi số {says}.',
    'verify.wrong.not_canonical': 'Nó không được viết theo đúng một cách mà mọi chương trình đều viết.',
    'verify.wrong.other_history':
      'Mã băm ở đây là {hash}, mà trong phiên đã có người được thấy {shown}: có hai diễn biến khác nhau của cùng một phiên.',
    'verify.wrong.shown_missing':
      'Trong phiên đã có người được thấy bản ghi này ({shown}), mà tệp không có nó.',
    'verify.wrong.receipt': 'Biên nhận của lệnh {cmd} nói khác với điều mà bản ghi dẫn đến.',
    'verify.wrong.receipt_gone':
      'Có người giữ biên nhận của lệnh {cmd} với mã băm {shown}, mà tệp không có bản ghi ấy.',
    'verify.wrong.receipt_bare':
      'Biên nhận của lệnh {cmd} nói rằng có bản ghi mà không nêu mã băm nào: không thể đối chiếu nó với gì cả.',
    'verify.wrong.receipt_opens':
      'Biên nhận của lệnh {cmd} ghi một số tiền khác với số đã cam kết trong bản ghi.',
    'verify.wrong.log_proof': 'Những dòng về nhật ký công khai không đọc được như docs/record.md quy định.',
    'verify.wrong.log_keys':
      'Các khoá của nhật ký công khai không nối tiếp nhau: có khoá không được khoá trước ký.',
    'verify.wrong.log_forged':
      'Điểm kiểm {size} mục không có chữ ký của khoá nào thuộc nhật ký công khai: nó bị giả mạo.',
    'verify.wrong.log_old_key':
      'Điểm kiểm {size} mục được ký bằng khoá đã hết hiệu lực ở cỡ ấy. Ai giữ khoá cũ không được ký tiếp.',
    'verify.wrong.log_other_key':
      'Nhật ký trong tệp được ký bằng khoá {key}; đó không phải khoá bạn đã nêu và cũng không nối tiếp khoá ấy.',
    'verify.wrong.log_inclusion': 'Điểm kiểm {size} mục không chứa mục {index} mà tệp đưa ra.',
    'verify.wrong.log_session': 'Mục {index} của nhật ký công khai không nói về phiên {session}.',
    'verify.wrong.log_end':
      'Nhật ký công khai ghi rằng phiên kết thúc ở bản ghi {says} ({saysHash}), còn tệp kết thúc ở bản ghi {seq} ({hash}): có hai diễn biến khác nhau của cùng một phiên.',
    'verify.wrong.log_witness': 'Chữ ký đứng tên nhân chứng {name} không phải của nhân chứng ấy.',
    'verify.wrong.split_view':
      'Hai điểm kiểm cùng {size} mục, đều do nhật ký ký, lại có gốc khác nhau ({root} và {other}): mỗi người được cho thấy một nhật ký khác.',
    'verify.wrong.other_session': 'Nó mở phiên {created}, còn tệp nói là của phiên {file}.',
    'verify.wrong.not_over': 'Bản ghi đã hết mà phiên chưa kết thúc: {phase}.',
    'verify.wrong.empty': 'Tệp không có bản ghi nào.',
    'verify.wrong.beginning': 'Một phiên bắt đầu bằng việc hệ thống lập phiên; ở đây thì không.',
    'verify.wrong.rules_hash': 'Quy chế có mã băm {hash}, không phải {says} như đã ghi.',
    'verify.wrong.method': 'Công cụ này không biết phương thức {method}.',
    'verify.wrong.created':
      'Phiên không thể được lập như vậy: Quy chế hoặc danh sách người tham gia trái quy tắc.',
    'verify.wrong.created_twice': 'Phiên được lập lần thứ hai.',
    'verify.wrong.no_reserve': 'Tệp tiết lộ một giá tối thiểu mà Quy chế không có.',
    'verify.wrong.other_reserve': 'Giá tối thiểu được tiết lộ không phải giá đã cam kết trong Quy chế.',
    'verify.wrong.two_reserves': 'Có hai giá tối thiểu được tiết lộ.',
    'verify.wrong.after_end': 'Nó đứng sau khi phiên đã kết thúc.',
    'verify.wrong.clock_missing': 'Nó ghi lúc {at}, nhưng thiếu điều mà đồng hồ phải quyết định lúc {due}.',
    'verify.wrong.clock_time': 'Đồng hồ quyết định lúc {at}, mà lẽ ra phải là {due}.',
    'verify.wrong.clock_other':
      'Theo Quy chế, đồng hồ phải ghi “{want}”; tệp lại ghi “{have}”, hoặc với nội dung khác.',
    'verify.wrong.not_possible': 'Theo Quy chế, lúc ấy {who} không thể tạo ra “{have}”.',
    'verify.wrong.decided_otherwise':
      'Theo Quy chế phải là “{want}”; tệp lại ghi “{have}”, hoặc với nội dung khác.',
    'verify.wrong.nothing_due': 'Lúc ấy chưa đến hạn điều gì, và không ai yêu cầu “{have}”.',
    'verify.wrong.outage_over': 'Thiếu điều mà đồng hồ phải quyết định lúc {due}, trước khi có sự cố.',
    'verify.wrong.outage_length': 'Sự cố từ {from} đến {at} không thể dài {lost} ms.',
    'verify.wrong.outage_credit': 'Theo Quy chế, sự cố ấy không được bù giờ như vậy.',
    'verify.wrong.follow': 'Lô này không được gia hạn theo lô khác đến {to}.',
    'verify.wrong.middle': 'Tệp hết giữa chừng một quyết định: phải còn “{want}”.',
    'verify.wrong.order': 'Nó đứng ngay sau bản ghi số {after}.',
    'verify.wrong.who_and_when':
      'Theo Quy chế phải là lúc {wantAt}, bởi {wantBy}; tệp lại ghi lúc {at}, bởi {by}.',
    'verify.wrong.back_in_time': 'Nó ghi lúc {at}, sớm hơn bản ghi trước ({before}).',
    'verify.wrong.other': 'Công cụ nêu lý do mà trang này chưa biết cách nói: {code}.',
    'verify.diff.field': 'Mục',
    'verify.diff.want': 'Theo Quy chế',
    'verify.diff.have': 'Tệp ghi',
    'verify.means': 'Điều này có nghĩa gì',
    'verify.means.file': 'Tệp hỏng hoặc thiếu. Thường là do tải hoặc chép chưa xong; chưa nói gì về phiên.',
    'verify.means.changed':
      'Nội dung không còn là nội dung đã được ghi. Có thể tệp hỏng khi chép, hoặc đã có người sửa nó sau phiên.',
    'verify.means.history':
      'Người tổ chức đã cho mọi người thấy một diễn biến, và nay đưa ra một diễn biến khác. Lỗi kỹ thuật thông thường không gây ra điều này.',
    'verify.means.log':
      'Các bản ghi có thể đúng Quy chế, nhưng phần nối chúng với nhật ký công khai không đúng: tệp hỏng, hoặc có người đã ghép vào.',
    'verify.means.key':
      'Hoặc khoá bạn nêu là của máy chủ khác, hoặc của lúc sau tệp này; hoặc cả tệp lẫn nhật ký trong đó do người khác dựng nên.',
    'verify.means.rules':
      'Các bản ghi có thể nối liền nhau, nhưng bản ghi này không thể có theo Quy chế đã công bố. Diễn biến được ghi không phải diễn biến mà Quy chế cho phép.',
    'verify.todo': 'Nên làm gì',
    'verify.todo.file': 'Hãy tải lại tệp từ trang của phiên rồi kiểm lại.',
    'verify.todo.changed':
      'Hãy tải lại tệp từ trang của phiên. Nếu vẫn sai, hãy giữ nguyên cả hai tệp, in trang này và báo cho trung tâm đấu giá, người có tài sản và Sở Tư pháp.',
    'verify.todo.history':
      'Hãy giữ nguyên tệp và mã băm bạn đã chép, in trang này và báo ngay cho người có tài sản và Sở Tư pháp, rồi cho trung tâm đấu giá.',
    'verify.todo.log':
      'Hãy tải lại tệp từ trang của phiên rồi kiểm lại. Nếu vẫn sai, hãy giữ nguyên cả hai tệp, in trang này và báo cho trung tâm đấu giá và Sở Tư pháp.',
    'verify.todo.key':
      'Hãy xem lại khoá: lấy khoá đầu tiên của nhật ký từ biên bản, thông báo hoặc người theo dõi nhật ký, rồi kiểm lại. Nếu vẫn vậy, đừng tin tệp này.',
    'verify.todo.rules':
      'Hãy giữ nguyên tệp, in trang này và báo cho trung tâm đấu giá, người có tài sản và Sở Tư pháp. Người khác có thể kiểm lại đúng tệp này và thấy đúng điều này.',
    'verify.exact': 'Nguyên văn của công cụ',
    'verify.checked': 'Những gì được kiểm',
    'verify.checked.chain':
      'Chuỗi: mỗi bản ghi mang mã băm của chính nó và bản ghi trước; sửa một chữ là đứt.',
    'verify.checked.rules':
      'Quyết định: công cụ quyết định lại từng việc theo Quy chế, bằng đúng những quy tắc mà máy chủ dùng, và phải ra đúng bản ghi ấy.',
    'verify.checked.clock':
      'Thời gian: mở, gia hạn, kết thúc phải đúng lúc mà Quy chế định; không thiếu và không thừa.',
    'verify.checked.nothing': 'Thứ tự: không bản ghi nào bị bỏ, thêm hay đổi chỗ; phiên đi đến hết.',
    'verify.checked.held':
      'Mã băm bạn đã chép lại: diễn biến phải đi qua đúng chúng. Biên nhận: phải do máy chủ ký và diễn biến phải đúng như chúng nói.',
    'verify.checked.log':
      'Nhật ký công khai: phần cuối của tệp phải là mục đã ghi ở đó, dưới điểm kiểm do khoá đang có hiệu lực ký.',
    'verify.unproved': 'Những gì không tệp nào chứng minh được',
    'verify.unproved.who': 'Ai đứng sau một mã số. Điều đó nằm trong hồ sơ của trung tâm.',
    'verify.unproved.sent':
      'Rằng mọi giá đã gửi đều đến được máy chủ. Ai có giá bị mất thì biết, vì không nhận được trả lời.',
    'verify.unproved.outage': 'Rằng một sự cố được bù giờ đã xảy ra thật.',
    'verify.unproved.hidden': 'Những số tiền được giữ kín: chỉ biết chúng đã được cam kết và không đổi.',
    'verify.unproved.people': 'Rằng không ai thông đồng hay bị ép ở ngoài phiên.',
    'verify.own':
      'Công cụ này do chính máy chủ gửi đến. Muốn chắc hơn, hãy dựng nó từ mã nguồn và so mã băm (SHA-256):',
    'verify.kind.created': 'lập phiên',
    'verify.kind.opened': 'mở phiên',
    'verify.kind.checked_in': 'có mặt',
    'verify.kind.bid': 'trả giá',
    'verify.kind.raised': 'nâng mức tối đa',
    'verify.kind.auto': 'tự động trả giá',
    'verify.kind.refused': 'từ chối',
    'verify.kind.extended': 'gia hạn',
    'verify.kind.paused': 'tạm dừng',
    'verify.kind.resumed': 'tiếp tục',
    'verify.kind.stopped': 'dừng phiên',
    'verify.kind.cancelled': 'huỷ phiên',
    'verify.kind.said': 'thông báo',
    'verify.kind.withdrawn': 'rút giá',
    'verify.kind.disqualified': 'truất quyền',
    'verify.kind.outage': 'bù giờ do sự cố',
    'verify.kind.lowered': 'giảm giá',
    'verify.kind.reopened': 'đếm lại sau khi rút',
    'verify.kind.closed': 'hết giờ trả giá',
    'verify.kind.announced': 'công bố kết quả',
    'verify.kind.round': 'mở vòng',
    'verify.kind.turn': 'đến lượt',
    'verify.kind.key_taken': 'nhận khoá',
    'verify.kind.offer_sealed': 'bỏ phiếu kín',
    'verify.kind.offer_taken_back': 'rút phiếu kín',
    'verify.kind.key_presented': 'đưa khoá',
    'verify.kind.unsealed': 'mở phiếu',
    'verify.kind.offer_opened': 'công bố phiếu',
    'verify.kind.sealed_round': 'mở vòng phiếu kín',
    'verify.kind.stage': 'mở giai đoạn',
    'verify.kind.part_declined': 'từ chối phần còn lại',
    'verify.kind.asked': 'hỏi giá',
    'verify.kind.warned': 'nhắc giá',
    'verify.kind.called': 'đếm lần',
    'verify.kind.hammered': 'gõ búa',
    'verify.kind.undone': 'bỏ một lượt ghi nhầm',
    'verify.kind.undo_asked': 'đề nghị bỏ một lần trả giá',
    'verify.kind.undo_dropped': 'không bỏ lần trả giá',
    'verify.kind.lot_reopened': 'mở lại lô',
  },
  en: {
    'verify.title': 'Verify a session',
    'verify.what':
      'Whoever has the record of a session can check, on their own device, whether everything recorded was right by the rules and whether anybody changed anything since. The file is sent nowhere.',
    'verify.tool.loading': 'Loading the verifier…',
    'verify.tool.loaded': 'The verifier is on your device. From here on no network is needed.',
    'verify.tool.size': '({br} MB to load, {raw} MB in memory)',
    'verify.tool.missing': 'This server comes without the verifier',
    'verify.tool.missing.why':
      'The program was built without this part. Download the record and check it on another server or with gobua verify; the outcome is the same.',
    'verify.tool.broken': 'The verifier could not be started',
    'verify.tool.broken.why':
      'Load the page again when there is a network. If it stays so, the browser may be too old or block WebAssembly: use another browser or gobua verify.',
    'verify.fetch.failed': 'The record could not be fetched from this server',
    'verify.fetch.why.unknown':
      'The server has no such session, or it is older than the publishing of records.',
    'verify.fetch.why.not_over': 'The session is not over. Its record is published when it is.',
    'verify.fetch.why.other': 'Try again later, or choose the file that you have.',
    'verify.files': 'Record of the session',
    'verify.choose': 'Choose files',
    'verify.files.hint':
      'The name is usually phien-….txt. Drop it here or choose it; there may be several, together with receipts (bien-nhan-….json).',
    'verify.heads.unread': 'This line was not understood: {line}',
    'verify.heads.compare': 'Compare',
    'verify.heads.many': 'There are several files, so hashes without a session were not compared.',
    'verify.waiting': 'Waiting for its turn.',
    'verify.running': 'Verifying.',
    'verify.percent': '{n} %',
    'verify.stop': 'Stop',
    'verify.stopped': 'Stopped as you wished. Nothing was concluded.',
    'verify.failed': 'Not finished',
    'verify.failed.why':
      'The file could not be read to its end, or the verifier failed. That says nothing about the session.',
    'verify.again': 'Verify again',
    'verify.print': 'Print this page',
    'verify.said.right': 'Verified: every record is right.',
    'verify.said.wrong': 'Verified: something is wrong.',
    'verify.right': 'Every record is right',
    'verify.right.means':
      'All {n} records are linked, and each is what the rules demand. It took {s} seconds on this device.',
    'verify.right.heads':
      'It passes through {n} hashes that you noted: you and everybody saw the same course.',
    'verify.right.noHeads':
      'It was compared with no hash noted during the session. Without one it cannot be excluded that the whole course was written anew.',
    'verify.fact.session': 'Session',
    'verify.fact.lot': 'Lot',
    'verify.fact.outcome': 'Outcome',
    'verify.fact.ground': 'Ground',
    'verify.fact.winner': 'Winner',
    'verify.fact.winners': 'Winners',
    'verify.fact.price': 'Winning price',
    'verify.fact.winning': 'Winning bid',
    'verify.fact.winning.at': 'record {seq}, received at {at}, {date}',
    'verify.fact.bids': 'Valid bids',
    'verify.fact.head': 'End of the chain',
    'verify.fact.head.short': 'record {seq}, its hash begins with {hash}',
    'verify.fact.rules': 'Hash of the rules',
    'verify.units': '{n|unit|units}',
    'verify.attached': 'Attached to the file and not checked here: {what}.',
    'verify.claims': 'What is taken on the word of the organiser',
    'verify.claims.none': 'Nothing: this session has nothing beyond what was checked.',
    'verify.claims.some':
      'The file cannot prove the following by itself. It is counted so that people can ask.',
    'verify.claim.outages':
      '{n|outage|outages} credited, {s} seconds in all. The credit is right by the rules; whether there was an outage, ask those who were there.',
    'verify.claim.lateOpens':
      'Opened later than set: {n|time|times}. Nobody lost time to bid, but the file has no reason for it.',
    'verify.claim.followed':
      'Extended because of another lot of the group: {n|time|times}. The cause stands in the record of that lot.',
    'verify.claim.limits':
      'Refused for a limit across lots: {n|bid|bids}. To be sure, verify the records of the other lots too.',
    'verify.claim.hidden':
      '{n|record|records} with an amount that stays hidden. It is a maximum that the price never reached; the file has only a commitment to it.',
    'verify.claim.reserve':
      'The reserve stays hidden because nobody met it. The file has only a commitment, made before the session.',
    'verify.wrong': 'Something is wrong: do not believe this file',
    'verify.at.record': 'Record {seq}.',
    'verify.at.line': 'Line {line} of the file.',
    'verify.at.file': 'The whole file.',
    'verify.wrong.no_record':
      'This is no record of a session, or one of a newer form that this verifier does not know.',
    'verify.wrong.line': 'The line is not written like a line of a record.',
    'verify.wrong.cut': 'The file ends here, before its end.',
    'verify.wrong.end':
      'The file says that it ends with record {says} ({saysHash}), and it ends with record {seq} ({hash}).',
    'verify.wrong.chain':
      'The chain is broken: the hash is not that of this content after the record before (line {line} of the file).',
    'verify.wrong.unreadable':
      'The content cannot be read as a record, or what is disclosed is not what was committed to.',
    'verify.wrong.number': 'It says that it is record {says}.',
    'verify.wrong.not_canonical': 'It is not written in the one way in which every program writes it.',
    'verify.wrong.other_history':
      'The hash here is {hash}, and during the session somebody was shown {shown}: there are two histories of this session.',
    'verify.wrong.shown_missing':
      'During the session somebody was shown this record ({shown}), and the file does not have it.',
    'verify.wrong.receipt': 'The receipt of command {cmd} says something else than the record comes to.',
    'verify.wrong.receipt_gone':
      'Somebody holds a receipt of command {cmd} with the hash {shown}, and the file has no such record.',
    'verify.wrong.receipt_bare':
      'The receipt of command {cmd} says that there is a record of it and names no hash: it cannot be held against anything.',
    'verify.wrong.receipt_opens':
      'The receipt of command {cmd} names another amount than the record commits to.',
    'verify.wrong.log_proof': 'What it says of the public log is not written as docs/record.md wants it.',
    'verify.wrong.log_keys':
      'The keys of the public log do not follow from one another: one is not signed by the key before it.',
    'verify.wrong.log_forged':
      'The checkpoint of {size} entries is signed with no key of the public log: it is forged.',
    'verify.wrong.log_old_key':
      'The checkpoint of {size} entries is signed with a key that was no longer in force at that size. Whoever holds an old key must not go on signing.',
    'verify.wrong.log_other_key':
      'The public log in the file is signed with {key}, which is none of the keys that you named and follows from none of them.',
    'verify.wrong.log_inclusion':
      'The checkpoint of {size} entries does not contain the entry {index} that the file shows.',
    'verify.wrong.log_session': 'Entry {index} of the public log is not about session {session}.',
    'verify.wrong.log_end':
      'The public log says that the session ended with record {says} ({saysHash}), and the file ends with record {seq} ({hash}): there are two histories of this session.',
    'verify.wrong.log_witness': 'What stands as the signature of the witness {name} is not its own.',
    'verify.wrong.split_view':
      'Two checkpoints of {size} entries, both signed by the log, have different roots ({root} and {other}): different people were shown different logs.',
    'verify.wrong.other_session':
      'It creates session {created}, and the file says that it is of session {file}.',
    'verify.wrong.not_over': 'The records end, and the session does not: {phase}.',
    'verify.wrong.empty': 'There are no records.',
    'verify.wrong.beginning': 'A session begins with its creation by the system; here it does not.',
    'verify.wrong.rules_hash': 'The rules have the hash {hash}, not {says} as recorded.',
    'verify.wrong.method': 'This verifier does not know the method {method}.',
    'verify.wrong.created': 'A session cannot be created so: its rules or its participants break a rule.',
    'verify.wrong.created_twice': 'The session is created a second time.',
    'verify.wrong.no_reserve': 'A reserve is disclosed, and the rules know none.',
    'verify.wrong.other_reserve': 'The reserve that is disclosed is not the one that the rules commit to.',
    'verify.wrong.two_reserves': 'Two reserves are disclosed.',
    'verify.wrong.after_end': 'It follows the end of the session.',
    'verify.wrong.clock_missing': 'It is of {at}, and what the clock had to decide at {due} is missing.',
    'verify.wrong.clock_time': 'The clock decided it as of {at}, and it was due at {due}.',
    'verify.wrong.clock_other':
      'By the rules the clock would record “{want}”; the file has “{have}”, or with other content.',
    'verify.wrong.not_possible': 'By the rules {who} could not bring about “{have}” at that moment.',
    'verify.wrong.decided_otherwise':
      'By the rules it would be “{want}”; the file has “{have}”, or with other content.',
    'verify.wrong.nothing_due': 'Nothing was due at that moment, and nobody asked for “{have}”.',
    'verify.wrong.outage_over': 'What the clock had to decide at {due}, before the outage, is missing.',
    'verify.wrong.outage_length': 'An outage from {from} to {at} cannot be {lost} ms long.',
    'verify.wrong.outage_credit': 'By the rules that outage is not credited so.',
    'verify.wrong.follow': 'The lot does not follow an extension of another to {to}.',
    'verify.wrong.middle': 'The file ends in the middle of a decision: “{want}” would follow.',
    'verify.wrong.order': 'It stands right after record {after}.',
    'verify.wrong.who_and_when':
      'By the rules it would be of {wantAt}, by {wantBy}; the file has {at}, by {by}.',
    'verify.wrong.back_in_time': 'It is of {at}, earlier than the record before it ({before}).',
    'verify.wrong.other': 'The verifier gives a reason that this page cannot say yet: {code}.',
    'verify.diff.field': 'Field',
    'verify.diff.want': 'By the rules',
    'verify.diff.have': 'In the file',
    'verify.means': 'What this means',
    'verify.means.file':
      'The file is damaged or not whole. Mostly a download was not finished; it says nothing about the session.',
    'verify.means.changed':
      'The content is not what was recorded. The file may have been damaged in copying, or somebody changed it after the session.',
    'verify.means.history':
      'Whoever ran the session showed everybody one course and now presents another. No ordinary fault causes that.',
    'verify.means.log':
      'The records may follow the rules, but what should tie them to the public log is not right: the file is damaged, or somebody put it together.',
    'verify.means.key':
      'Either the key that you named is that of another server, or of a time after this file; or the file and the log in it were made by somebody else.',
    'verify.means.rules':
      'The records may be linked, but this one cannot be by the published rules. What is recorded is not a course that the rules allow.',
    'verify.todo': 'What to do',
    'verify.todo.file': 'Download the file again from the page of the session, and verify it again.',
    'verify.todo.changed':
      'Download the file again from the page of the session. If it is still wrong, keep both files as they are, print this page and tell the auction centre, the owner of the property and the Department of Justice.',
    'verify.todo.history':
      'Keep the file and the hash that you noted, print this page and tell the owner of the property and the Department of Justice at once, then the auction centre.',
    'verify.todo.log':
      'Download the file again from the page of the session, and verify it again. If it is still wrong, keep both files as they are, print this page and tell the auction centre and the Department of Justice.',
    'verify.todo.key':
      'Look at the key again: take the first key of the log from the minutes, a notice or somebody who watches the log, and verify again. If it stays so, do not believe this file.',
    'verify.todo.rules':
      'Keep the file as it is, print this page and tell the auction centre, the owner of the property and the Department of Justice. Anybody can verify this very file and find the same.',
    'verify.exact': 'In the words of the verifier',
    'verify.checked': 'What is checked',
    'verify.checked.chain':
      'The chain: each record carries the hash of itself and of the one before; change a letter and it breaks.',
    'verify.checked.rules':
      'The decisions: everything is decided once more by the rules, with the very code that the server runs, and must come to the same record.',
    'verify.checked.clock':
      'The time: opening, extensions and end at the moments the rules set; nothing missing, nothing added.',
    'verify.checked.nothing': 'The order: no record left out, added or moved; the session goes to its end.',
    'verify.checked.held':
      'The hashes that you noted: the course must pass through them. Receipts: the server must have signed them, and the record must come to what they say.',
    'verify.checked.log':
      'The public log: the end of the file must be the entry there, under a checkpoint signed with the key in force.',
    'verify.unproved': 'What no file can prove',
    'verify.unproved.who': 'Who stands behind a code. That lies in the files of the centre.',
    'verify.unproved.sent':
      'That every bid that was sent reached the server. Who lost one knows, because there was no answer.',
    'verify.unproved.outage': 'That an outage which was credited did happen.',
    'verify.unproved.hidden':
      'Amounts that stay hidden: only that they were committed to and did not change.',
    'verify.unproved.people': 'That nobody colluded or was forced outside of the session.',
    'verify.own':
      'This verifier came from the server itself. To be surer, build it from its sources and compare the hash (SHA-256):',
    'verify.kind.created': 'creation',
    'verify.kind.opened': 'opening',
    'verify.kind.checked_in': 'check-in',
    'verify.kind.bid': 'bid',
    'verify.kind.raised': 'raised maximum',
    'verify.kind.auto': 'automatic bid',
    'verify.kind.refused': 'refusal',
    'verify.kind.extended': 'extension',
    'verify.kind.paused': 'pause',
    'verify.kind.resumed': 'going on',
    'verify.kind.stopped': 'stop',
    'verify.kind.cancelled': 'cancellation',
    'verify.kind.said': 'message',
    'verify.kind.withdrawn': 'withdrawal',
    'verify.kind.disqualified': 'disqualification',
    'verify.kind.outage': 'credit for an outage',
    'verify.kind.lowered': 'fall of the price',
    'verify.kind.reopened': 'going on after a withdrawal',
    'verify.kind.closed': 'end of bidding',
    'verify.kind.announced': 'announcement',
    'verify.kind.round': 'opening of a round',
    'verify.kind.turn': 'turn',
    'verify.kind.key_taken': 'taking of a key',
    'verify.kind.offer_sealed': 'sealed offer',
    'verify.kind.offer_taken_back': 'sealed offer taken back',
    'verify.kind.key_presented': 'presenting of a key',
    'verify.kind.unsealed': 'opening of the offers',
    'verify.kind.offer_opened': 'opened offer',
    'verify.kind.sealed_round': 'opening of a sealed round',
    'verify.kind.stage': 'opening of a stage',
    'verify.kind.part_declined': 'declined part',
    'verify.kind.asked': 'asking a price',
    'verify.kind.warned': 'warning',
    'verify.kind.called': 'call',
    'verify.kind.hammered': 'hammer',
    'verify.kind.undone': 'a bid undone',
    'verify.kind.undo_asked': 'undo asked for',
    'verify.kind.undo_dropped': 'undo refused or taken back',
    'verify.kind.lot_reopened': 'reopening of the lot',
  },
};
