// Package backup copies what a server keeps, while it runs, and puts it back.
//
// The journal and the public log are open in the server, so only the server can
// copy them at one moment: Take leaves a request in the data folder, and Attend,
// in the server, answers it. Take copies everything into a folder, in the order
// that ADR 29 gives reasons for, and writes a manifest last: what has no
// manifest is no backup. Restore puts it
// into an empty data folder, all or nothing. Databases are dumped and loaded by
// functions that the caller gives, so nothing here knows PostgreSQL.
package backup
