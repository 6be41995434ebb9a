package records

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// A packed file is one member of gzip (RFC 1952) whose last block is empty and
// begins on a byte. So it can be continued without being packed anew: that block
// is left out, more blocks follow, and the sum goes on. A second member would do
// for many programs, but browsers read the first one alone.

var (
	packedHead = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}
	lastBlock  = []byte{0x01, 0x00, 0x00, 0xff, 0xff}
)

// endBytes is the last block, the sum of the text and its length.
const endBytes = 5 + 4 + 4

// packer packs what is written to it. It must be closed.
type packer struct {
	to     io.Writer
	blocks *flate.Writer
	sum    uint32
	size   uint32 // modulo 2^32, as gzip wants
}

func newPacker(to io.Writer) (*packer, error) {
	_, err := to.Write(packedHead)
	p := &packer{to: to}
	p.blocks, _ = flate.NewWriter(to, flate.DefaultCompression) // the level is valid
	return p, err
}

// Write is part of io.Writer.
func (p *packer) Write(text []byte) (int, error) {
	p.sum = crc32.Update(p.sum, crc32.IEEETable, text)
	p.size += uint32(len(text))
	return p.blocks.Write(text)
}

// Close writes what is left, and the end. It does not close what it writes to.
func (p *packer) Close() error {
	if err := p.blocks.Flush(); err != nil {
		return err
	}
	end := binary.LittleEndian.AppendUint32(bytes.Clone(lastBlock), p.sum)
	_, err := p.to.Write(binary.LittleEndian.AppendUint32(end, p.size))
	return err
}

// continued is a packed file of a size with more text at its end, and how long
// that is. ok is false if the file was not packed here.
func continued(file io.ReaderAt, size int64, more []byte) (r io.Reader, length int64, ok bool, err error) {
	if size < int64(len(packedHead)+endBytes) {
		return nil, 0, false, nil
	}
	var end [endBytes]byte
	if _, err := file.ReadAt(end[:], size-endBytes); err != nil {
		return nil, 0, false, fmt.Errorf("the end of a record: %w", err)
	}
	if !bytes.HasPrefix(end[:], lastBlock) {
		return nil, 0, false, nil
	}
	var tail bytes.Buffer
	p := &packer{to: &tail, sum: binary.LittleEndian.Uint32(end[5:]), size: binary.LittleEndian.Uint32(end[9:])}
	p.blocks, _ = flate.NewWriter(&tail, flate.DefaultCompression)
	if _, err := p.Write(more); err != nil {
		return nil, 0, false, err
	}
	if err := p.Close(); err != nil {
		return nil, 0, false, err
	}
	kept := size - endBytes
	return io.MultiReader(io.NewSectionReader(file, 0, kept), &tail), kept + int64(tail.Len()), true, nil
}
