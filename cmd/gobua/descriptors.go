package main

import "log/slog"

// keptDescriptors are never given to visitors: 256 files of the journal, up to
// 50 connections to the database, and what is read, written, sealed and sent at
// the same time. A journal that gets no new file ends the program.
const keptDescriptors = 512

// maxRequests is how many requests may be under way at most where descriptors
// are few.
const maxRequests = 1024

// connections is how many descriptors visitors may have at once: live ones of
// the feed, and requests.
type connections struct{ live, requests int }

// most divides the descriptors of this process. live is what the settings
// allow; where the system allows less, they are cut, and the log says so. Then a
// quarter of what is left, at most maxRequests, is for requests: a page makes
// few, and briefly.
func most(descriptors uint64, live int, log *slog.Logger) connections {
	if descriptors < keptDescriptors+64 {
		log.Warn("the process may have too few descriptors (LimitNOFILE, ulimit -n); the journal may run out of them", "descriptors", descriptors, "wanted", live+keptDescriptors)
		return connections{48, 16}
	}
	left := int(min(descriptors-keptDescriptors, 1<<20))
	requests := min(left/4, maxRequests)
	if c := (connections{live: left - requests, requests: requests}); c.live < live {
		log.Warn("fewer people can be connected than --max-clients says: the process may have too few descriptors (LimitNOFILE, ulimit -n)",
			"descriptors", descriptors, "clients", c.live, "max-clients", live)
		return c
	}
	return connections{requests: left - live, live: live}
}
