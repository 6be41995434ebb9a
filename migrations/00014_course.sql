-- +goose Up

-- What happened in a session beside the bids: []engine.Moment. Results from
-- before have none; their whole course is in the journal.
alter table results add course json not null default '[]';
