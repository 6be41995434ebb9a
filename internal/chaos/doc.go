// Package chaos has no code of its own: its tests run the real program under
// real bidders, break one thing, mend it, wait for the close, and hold the
// record against everything that anybody was told.
//
// program_test.go runs the program and starts it again, as systemd does;
// bidder_test.go are people who keep the ids of their bids; sale_test.go brings
// them together; judge_test.go is the one judge of all faults. Then there is a
// file for each kind of fault: process, files, database, network and limits run
// in make test, briefly; disk and clock, and everything for longer, with the
// build tag chaos, by make chaos. nodes_test.go and town_test.go are three nodes
// in networks of their own, and partition_test.go cuts them from each other; make
// test runs that too, with the build tag partitions, by tools/partitions.
// docs/operations.md says what was seen.
package chaos
