// Package ops holds what watches, runs and restarts Gõ Búa: alerts and a
// dashboard, files for compose, Kubernetes and systemd. There is no code in it.
// Its tests hold these files to what the real program serves and takes and to
// the schemas of those who read them. It is a module of its own, so that the
// program needs none of their libraries.
package ops
