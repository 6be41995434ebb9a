// Package cluster decides which node serves what, and carries requests between
// nodes.
package cluster
