package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"gobua/engine"
	"gobua/office"
)

// InsertSightings implements office.PresenceStore.
func (s *Store) InsertSightings(ctx context.Context, list []office.Sighting) error {
	n := len(list)
	sessions, codes, kinds, times, connections := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]int64, n)
	processes := make([]string, n)
	for i, one := range list {
		sessions[i], codes[i], kinds[i] = string(one.Session), string(one.Code), string(one.Kind)
		times[i], connections[i] = one.At.Time().Format(time.RFC3339Nano), int64(one.Connections)
		processes[i] = one.Process
	}
	return s.call(ctx, "insert sightings", func(ctx context.Context) error {
		_, err := s.db.ExecContext(ctx, `
			insert into presence (session_id, code, kind, at, connections, process)
			select s, c, k, t, n, nullif(p, '')::uuid
			from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::int[], $6::text[]) as seen (s, c, k, t, n, p)`,
			pq.Array(sessions), pq.Array(codes), pq.Array(kinds), pq.Array(times), pq.Array(connections), pq.Array(processes))
		return err
	})
}

// InsertGap implements office.PresenceStore.
func (s *Store) InsertGap(ctx context.Context, g office.PresenceGap) error {
	return s.call(ctx, "insert gap of presence", func(ctx context.Context) error {
		_, err := s.db.ExecContext(ctx, `insert into presence_gaps (from_at, to_at, lost) values ($1, $2, $3)`,
			instant(g.From), instant(g.To), g.Lost)
		return err
	})
}

// Sightings implements office.PresenceStore.
func (s *Store) Sightings(ctx context.Context, id engine.SessionID, code engine.ParticipantCode, limit int) ([]office.Sighting, error) {
	var rows []struct {
		Session     engine.SessionID
		Code        engine.ParticipantCode
		Kind        office.PresenceKind
		At          instant
		Connections int
		Process     string
	}
	err := s.call(ctx, "sightings", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select session_id as session, code, kind, at, connections, coalesce(process::text, '') as process from presence
			where session_id = $1 and ($2 = '' or code = $2) order by code, at, seq limit $3`, id, code, limit)
	})
	list := make([]office.Sighting, len(rows))
	for i, r := range rows {
		list[i] = office.Sighting{Session: r.Session, Code: r.Code, Kind: r.Kind, At: engine.Instant(r.At), Connections: r.Connections, Process: r.Process}
	}
	return list, err
}

// Gaps implements office.PresenceStore.
func (s *Store) Gaps(ctx context.Context, from, to engine.Instant) ([]office.PresenceGap, error) {
	var rows []struct {
		From instant `db:"from_at"`
		To   instant `db:"to_at"`
		Lost int
	}
	err := s.call(ctx, "gaps of presence", func(ctx context.Context) error {
		return s.db.SelectContext(ctx, &rows, `
			select from_at, to_at, lost from presence_gaps where from_at < $2 and to_at >= $1 order by from_at, seq limit 1000`,
			instant(from), instant(to))
	})
	list := make([]office.PresenceGap, len(rows))
	for i, r := range rows {
		list[i] = office.PresenceGap{From: engine.Instant(r.From), To: engine.Instant(r.To), Lost: r.Lost}
	}
	return list, err
}
