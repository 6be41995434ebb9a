// Package visitor is a client of Gõ Búa: what a page does, in Go. It speaks
// the documented protocol and shares nothing with the server but the nouns of
// package engine, so that what it sees is what a stranger would see.
//
// A Site is a server; a Person is somebody signed in there; a Line is one live
// connection, with the Rooms followed on it; a Seat keeps a person's line and
// asks again after a loss, so that each command gets its one answer.
package visitor
