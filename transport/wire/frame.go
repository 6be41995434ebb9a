package wire

import "encoding/binary"

// Opcodes of RFC 6455, section 5.2, each with the FIN bit: the server never
// fragments.
const (
	opText  = 0x81
	opClose = 0x88
	opPing  = 0x89
	opPong  = 0x8a
)

// maxHeader is the longest header of a server frame; the server's frames are
// not masked.
const maxHeader = 10

// maxControlPayload is RFC 6455's limit for ping, pong and close.
const maxControlPayload = 125

// AppendText appends payload as one finished text frame.
func AppendText(dst, payload []byte) []byte {
	return append(appendHeader(dst, opText, len(payload)), payload...)
}

// AppendPing appends an empty ping frame.
func AppendPing(dst []byte) []byte { return appendHeader(dst, opPing, 0) }

// AppendPong appends the answer to a ping. Payload came in a control frame, so
// it is short enough; what is too long for one is cut.
func AppendPong(dst []byte, payload string) []byte {
	payload = payload[:min(len(payload), maxControlPayload)]
	return append(appendHeader(dst, opPong, len(payload)), payload...)
}

// AppendClose appends a close frame with a code and no text: the bye message
// before it says why.
func AppendClose(dst []byte, code CloseCode) []byte {
	return binary.BigEndian.AppendUint16(appendHeader(dst, opClose, 2), uint16(code))
}

// appendHeader appends the header of a payload of n bytes.
func appendHeader(dst []byte, opcode byte, n int) []byte {
	switch {
	case n <= 125:
		return append(dst, opcode, byte(n))
	case n <= 0xffff:
		return binary.BigEndian.AppendUint16(append(dst, opcode, 126), uint16(n))
	default:
		return binary.BigEndian.AppendUint64(append(dst, opcode, 127), uint64(n))
	}
}

// CloseCode is the code of a close frame. From 4000 to 4499 the page may come
// back by itself, from 4500 it may not.
type CloseCode uint16

// The close codes.
const (
	CloseNormal       CloseCode = 1000
	CloseProtocol     CloseCode = 1002
	CloseUnsupported  CloseCode = 1003 // binary frames
	CloseTooBig       CloseCode = 1009
	CloseInternal     CloseCode = 1011
	CloseSlow         CloseCode = 4000
	CloseRestart      CloseCode = 4001
	CloseTokenExpired CloseCode = 4003
	CloseSignedOut    CloseCode = 4004
	CloseRate         CloseCode = 4005
	CloseBadFrames    CloseCode = 4500
	CloseKicked       CloseCode = 4502
)
