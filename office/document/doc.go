// Package document makes the papers of an auction as PDF: notice, rules sheet,
// minutes, incident minutes, deposit receipt, refund list. Each is a function
// of a plain struct, so the same facts give the same bytes, whose hash can be
// published.
//
// The form is that of Decree 30/2020/NĐ-CP. The fonts are embedded, texts are
// composed (NFC), and a letter the font lacks is printed as an empty box
// rather than left out. There is no script, no transparency, no outside
// reference in a file.
//
// Nothing here blocks, and everything may be called from any goroutine. One
// document takes some ten milliseconds of computing, mostly for its fonts. An
// error says what the struct lacks, or comes from the PDF library and is a bug.
package document
