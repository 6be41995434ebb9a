// Package bank speaks with banks in the forms they have for everyone: the memo
// of a transfer, the VietQR code that fills in a transfer, the statement that
// lists what came in, and the file that sends refunds back.
//
// It is pure: texts in, values out. What a payment means for a registration is
// decided by the office.
package bank
