package upload

import (
	"archive/zip"
	"bytes"
	"image"
	"slices"
)

// What may be wrong with a content that is of a type we know. They are keys
// that the page turns into sentences.
const (
	Damaged       = "damaged"        // cannot be opened to its end
	TwoTypes      = "two_types"      // could be opened as something else, too
	ActiveContent = "active_content" // a PDF that runs something
	Encrypted     = "encrypted"      // a PDF with a password, which nobody can check
	TooLarge      = "too_large"      // once unpacked
)

// inspect looks into a content of a media type and tells what is wrong with
// it; empty: nothing. It never panics, whatever the content.
func inspect(content []byte, media string) (fault string) {
	switch media {
	case PDF:
		if opensAsArchive(content) {
			return TwoTypes
		}
		return inspectPDF(content)
	case JPEG, PNG, WebP:
		if opensAsArchive(content) || beginsAsPage(content) {
			return TwoTypes
		}
		// Decoded whole, so that half a photo is noticed while its owner is
		// still there. Its size was looked at before.
		if _, _, err := image.Decode(bytes.NewReader(content)); err != nil {
			return Damaged
		}
	case DOCX, XLSX:
		return inspectArchive(content)
	}
	return ""
}

func opensAsArchive(content []byte) bool {
	_, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	return err == nil
}

// headBytes is how far programs look for the beginning of a file.
const headBytes = 1024

var pages = [][]byte{[]byte("%pdf-"), []byte("<html"), []byte("<script"), []byte("<svg"), []byte("<!doctype"), []byte("<?php"), []byte("<iframe")}

// beginsAsPage tells whether a program that does not mind what comes first
// would find a PDF or a web page in a picture.
func beginsAsPage(content []byte) bool {
	head := bytes.ToLower(content[:min(len(content), headBytes)])
	return slices.ContainsFunc(pages, func(tag []byte) bool { return bytes.Contains(head, tag) })
}

// maxUnpackedBytes bounds what a document of an office program unfolds to.
const maxUnpackedBytes = 200 << 20

func inspectArchive(content []byte) string {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return Damaged
	}
	unpacked := uint64(0)
	for _, part := range archive.File {
		if unpacked += min(part.UncompressedSize64, maxUnpackedBytes+1); unpacked > maxUnpackedBytes {
			return TooLarge
		}
	}
	return ""
}
