// The words for what people hold beside a record: receipts, keys, checkpoints
// and the public log. Keys begin with verify.

export const words = {
  vi: {
    'verify.heads.title': 'Tôi có biên nhận, khoá, điểm kiểm hoặc mã băm đã chép lại',
    'verify.heads': 'Dán vào đây, mỗi thứ một dòng',
    'verify.heads.hint':
      'Mã băm như đã hiện trong phòng: số bản ghi, rồi 64 ký tự; khi kiểm nhiều tệp, viết mã phiên ở đầu dòng. Biên nhận: dòng trong tệp bien-nhan-….json. Khoá của máy chủ hay của nhân chứng: cả dòng có dấu cộng. Điểm kiểm của nhật ký công khai: cả ba dòng, dòng trống và chữ ký. Tệp có những thứ này thì kéo vào cùng tệp diễn biến cũng được.',
    'verify.held': 'Đã nhận để đối chiếu:',
    'verify.held.heads': '{n} mã băm',
    'verify.held.receipts': '{n} biên nhận',
    'verify.held.keys': '{n} khoá của máy chủ',
    'verify.held.witnesses': '{n} khoá của nhân chứng',
    'verify.held.checkpoints': '{n} điểm kiểm',
    'verify.held.lone':
      'Chưa có tệp diễn biến của phiên {session}, nên biên nhận của phiên ấy chưa được đối chiếu.',
    'verify.held.clear': 'Bỏ tất cả',
    'verify.unread': 'Thứ bạn đưa kèm không đọc được',
    'verify.unread.key': 'Đây không phải khoá của máy chủ, hoặc chép thiếu: {text}',
    'verify.unread.witness': 'Đây không phải khoá của nhân chứng, hoặc chép thiếu: {text}',
    'verify.unread.checkpoint': 'Đây không phải điểm kiểm của nhật ký công khai: {text}',
    'verify.unread.receipt': 'Đây không phải biên nhận: {text}',
    'verify.unread.means': 'Tệp diễn biến chưa được kiểm. Hãy sửa hoặc bỏ thứ ấy rồi đối chiếu lại.',
    'verify.log': 'Nhật ký công khai',
    'verify.log.in': 'Có trong nhật ký công khai',
    'verify.log.in.means':
      'Mục {index} của nhật ký {origin}, ghi lúc {at}, là đúng phần cuối của tệp này. Điểm kiểm {size} mục chứa nó và có chữ ký: muốn đổi diễn biến thì phải đổi cả nhật ký mà nhiều người đang giữ.',
    'verify.log.known': 'Chữ ký thuộc khoá mà bạn đã nêu, hoặc khoá nối tiếp khoá ấy.',
    'verify.log.unknown':
      'Khoá dưới đây là do chính tệp nêu ra. Hãy so nó với khoá bạn có từ nơi khác (biên bản, thông báo, người theo dõi nhật ký), rồi dán khoá ấy vào ô ở trên.',
    'verify.log.first': 'Khoá đầu tiên của nhật ký',
    'verify.log.key': 'Khoá đã ký điểm kiểm này',
    'verify.log.checkpoint': 'Điểm kiểm',
    'verify.log.checkpoint.short': '{size} mục, gốc bắt đầu bằng {root}',
    'verify.log.none': 'Tệp không kèm bằng chứng từ nhật ký công khai',
    'verify.log.none.means':
      'Có thể tệp được tải trước khi nhật ký ghi phần cuối (chậm nhất vài giây sau khi phiên xong), nhật ký khi ấy không hoạt động, hoặc có người đã bỏ những dòng ấy. Hãy tải lại tệp từ trang của phiên rồi kiểm lại.',
    'verify.witness.yes': 'Nhân chứng {name} đã ký điểm kiểm này lúc {at}.',
    'verify.witness.no': 'Nhân chứng {name} chưa ký điểm kiểm này.',
    'verify.witness.others': 'Còn có chữ ký đứng tên {names}, chưa kiểm: hãy dán khoá của họ vào ô ở trên.',
    'verify.kept.same': 'Điểm kiểm {size} mục bạn đã giữ chính là điểm kiểm trong tệp.',
    'verify.kept.unproved':
      'Điểm kiểm {size} mục bạn đã giữ khác cỡ với điểm kiểm trong tệp ({here} mục). Không có mạng thì không chứng minh được cái này nối tiếp cái kia; lệnh gobua witness --check hỏi nhật ký điều đó.',
    'verify.kept.elsewhere': 'Điểm kiểm {size} mục là của nhật ký khác: {origin}.',
    'verify.kept.alone': 'Điểm kiểm {size} mục: trong tệp không có gì để đối chiếu.',
    'verify.kept.foreign':
      'Điểm kiểm {size} mục không có chữ ký của khoá nào được biết ở đây: nó chưa chứng minh được gì.',
    'verify.kept.old_key':
      'Điểm kiểm {size} mục được ký bằng khoá đã hết hiệu lực ở cỡ ấy: đừng tin nó, và hãy báo cho trung tâm.',
    'verify.receipts': 'Biên nhận',
    'verify.receipt.agrees.server': '{n} biên nhận do máy chủ ký, và diễn biến đúng như chúng nói.',
    'verify.receipt.agrees.log':
      '{n} biên nhận đúng với diễn biến, được ký bằng khoá của nhật ký trong tệp. Khoá ấy cần được so với khoá từ nơi khác.',
    'verify.receipt.agrees.unchecked':
      '{n} biên nhận đúng với diễn biến. Chữ ký chưa kiểm được vì chưa có khoá của máy chủ.',
    'verify.receipt.nobody':
      '{n} biên nhận không có chữ ký của máy chủ, hoặc đã bị sửa sau khi ký: chúng không chứng minh được gì.',
    'verify.receipt.unrecorded': '{n} biên nhận về lệnh bị từ chối mà Quy chế không ghi vào diễn biến.',
    'verify.receipt.elsewhere': '{n} biên nhận của phiên khác, không đối chiếu ở đây.',
    'verify.accused': 'Biên nhận: {what}, mã số {ref}.',
    'verify.accused.server': 'Chữ ký đúng là của máy chủ mà bạn nêu khoá.',
    'verify.accused.log':
      'Chữ ký thuộc khoá của nhật ký trong chính tệp này. Hãy so khoá ấy với khoá từ nơi khác trước khi tố cáo ai.',
    'verify.accused.unchecked': 'Chữ ký chưa kiểm được vì chưa có khoá của máy chủ.',
    'verify.doubt': 'Một biên nhận trái với tệp này, chưa rõ là do ai ký',
    'verify.means.receipt.log':
      'Cùng một khoá đã ký biên nhận và nhật ký trong tệp, mà hai thứ trái nhau. Nếu đó là khoá của máy chủ thì đây là vi phạm mà ai cũng chứng minh được; nếu không thì cả hai có thể do người khác dựng nên.',
    'verify.means.receipt.unchecked':
      'Chưa có gì được chứng minh: ai cũng viết được một biên nhận không có chữ ký đúng. Chỉ khi chữ ký là của máy chủ thì tệp này mới trái với điều máy chủ đã hứa.',
    'verify.means.receipt.server':
      'Máy chủ đã ký biên nhận này, rồi công bố một diễn biến không có hoặc trái với nó. Chỉ người giữ khoá của máy chủ mới ký được như vậy: đó là vi phạm mà ai cũng chứng minh được, chỉ cần hai tệp này.',
    'verify.todo.receipt.log':
      'Hãy lấy khoá đầu tiên của nhật ký từ biên bản, thông báo hoặc người theo dõi nhật ký, dán vào ô ở trên rồi kiểm lại. Trong khi chờ, hãy giữ nguyên cả hai tệp.',
    'verify.todo.receipt.unchecked':
      'Hãy dán khoá của máy chủ vào ô ở trên rồi kiểm lại; khoá có trong biên bản, thông báo, hoặc ở người theo dõi nhật ký công khai. Trong khi chờ, hãy giữ nguyên cả hai tệp.',
    'verify.todo.receipt.server':
      'Hãy giữ nguyên tệp biên nhận và tệp diễn biến, đừng sửa hay mở ra lưu lại; in trang này. Gửi bản sao của cả hai cho người có tài sản và Sở Tư pháp, kèm khoá của máy chủ; họ kiểm lại sẽ thấy đúng điều này. Rồi hãy hỏi trung tâm đấu giá.',
  },
  en: {
    'verify.heads.title': 'I have receipts, a key, a checkpoint or a hash that I noted',
    'verify.heads': 'Paste it here, each on a line',
    'verify.heads.hint':
      'A hash as the room showed it: the number of the record, then 64 characters; with several files, put the session in front. A receipt: a line of the file bien-nhan-….json. A key of the server or of a witness: the whole line with its plus signs. A checkpoint of the public log: its three lines, the empty one and the signatures. Files with any of it can be dropped together with the record.',
    'verify.held': 'Taken, to be compared:',
    'verify.held.heads': '{n|hash|hashes}',
    'verify.held.receipts': '{n|receipt|receipts}',
    'verify.held.keys': '{n|key|keys} of the server',
    'verify.held.witnesses': '{n|key|keys} of witnesses',
    'verify.held.checkpoints': '{n|checkpoint|checkpoints}',
    'verify.held.lone':
      'There is no record of session {session} here yet, so its receipts were not compared.',
    'verify.held.clear': 'Remove all of it',
    'verify.unread': 'What you gave beside the file cannot be read',
    'verify.unread.key': 'This is no key of the server, or not the whole of it: {text}',
    'verify.unread.witness': 'This is no key of a witness, or not the whole of it: {text}',
    'verify.unread.checkpoint': 'This is no checkpoint of the public log: {text}',
    'verify.unread.receipt': 'This is no receipt: {text}',
    'verify.unread.means': 'The record was not verified. Correct or remove it, and compare again.',
    'verify.log': 'Public log',
    'verify.log.in': 'In the public log',
    'verify.log.in.means':
      'Entry {index} of the log {origin}, written at {at}, is the very end of this file. The checkpoint of {size} entries contains it and is signed: whoever wants to change the course has to change a log that many people keep.',
    'verify.log.known': 'It is signed with the key that you named, or with one that follows from it.',
    'verify.log.unknown':
      'The key below is the word of the file itself. Compare it with one that you have from elsewhere (the minutes, a notice, somebody who watches the log), and paste that into the field above.',
    'verify.log.first': 'First key of the log',
    'verify.log.key': 'Key that signed this checkpoint',
    'verify.log.checkpoint': 'Checkpoint',
    'verify.log.checkpoint.short': '{size} entries, its root begins with {root}',
    'verify.log.none': 'The file has no proof from the public log',
    'verify.log.none.means':
      'It may have been downloaded before the log had the end (some seconds after the session at most), the log may have been out of order, or somebody took those lines away. Download it again from the page of the session, and verify it again.',
    'verify.witness.yes': 'The witness {name} signed this checkpoint at {at}.',
    'verify.witness.no': 'The witness {name} has not signed this checkpoint.',
    'verify.witness.others':
      'There are signatures in the name of {names}, which were not checked: paste their keys into the field above.',
    'verify.kept.same': 'The checkpoint of {size} entries that you kept is the one in the file.',
    'verify.kept.unproved':
      'The checkpoint of {size} entries that you kept is of another size than that in the file ({here} entries). Without a network nobody can show that one continues the other; gobua witness --check asks the log.',
    'verify.kept.elsewhere': 'The checkpoint of {size} entries is of another log: {origin}.',
    'verify.kept.alone': 'The checkpoint of {size} entries: there is nothing in the file to compare it with.',
    'verify.kept.foreign':
      'The checkpoint of {size} entries is signed with no key that is known here: it proves nothing yet.',
    'verify.kept.old_key':
      'The checkpoint of {size} entries is signed with a key that was no longer in force at that size: do not believe it, and tell the centre.',
    'verify.receipts': 'Receipts',
    'verify.receipt.agrees.server':
      '{n|receipt|receipts} signed by the server, and the record comes to what was said.',
    'verify.receipt.agrees.log':
      '{n|receipt|receipts} the record comes to, signed with the key of the log in the file. That key has to be compared with one from elsewhere.',
    'verify.receipt.agrees.unchecked':
      '{n|receipt|receipts} the record comes to. Signatures could not be checked without a key of the server.',
    'verify.receipt.nobody':
      '{n|receipt|receipts} not signed by the server, or changed afterwards: nothing is proved by that.',
    'verify.receipt.unrecorded': '{n|receipt|receipts} of refusals that the rules keep out of the record.',
    'verify.receipt.elsewhere': '{n|receipt|receipts} of other sessions, not compared here.',
    'verify.accused': 'The receipt: {what}, code {ref}.',
    'verify.accused.server': 'The signature is that of the server whose key you named.',
    'verify.accused.log':
      'The signature is made with the key of the log in this very file. Compare that key with one from elsewhere before you accuse anybody.',
    'verify.accused.unchecked': 'The signature could not be checked without a key of the server.',
    'verify.doubt': 'A receipt contradicts this file, and who signed it is not known',
    'verify.means.receipt.log':
      'One key signed the receipt and the log in the file, and they contradict each other. If it is the key of the server, this is misconduct that anybody can prove; if not, somebody may have made up both.',
    'verify.means.receipt.unchecked':
      'Nothing is proved yet: anybody can write a receipt without a right signature. Only if the signature is that of the server does this file contradict what the server gave its word for.',
    'verify.means.receipt.server':
      'The server signed this receipt, and then published a course that lacks it or contradicts it. Only who holds the key of the server can sign so: it is misconduct that anybody can prove with these two files.',
    'verify.todo.receipt.log':
      'Take the first key of the log from the minutes, a notice or somebody who watches the log, paste it into the field above and verify again. Keep both files as they are meanwhile.',
    'verify.todo.receipt.unchecked':
      'Paste a key of the server into the field above and verify again; it is in the minutes, in a notice, or with somebody who watches the public log. Keep both files as they are meanwhile.',
    'verify.todo.receipt.server':
      'Keep the file of the receipt and the record as they are, do not edit or save them again; print this page. Send copies of both to the owner of the property and the Department of Justice, with the key of the server; they will find the same. Then ask the auction centre.',
  },
};
