package store

// What the tests look at from outside.
var (
	NoticePage  = noticePage
	NoticeCount = noticeCount
)
