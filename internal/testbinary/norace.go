//go:build !race

package testbinary

const raced = false
