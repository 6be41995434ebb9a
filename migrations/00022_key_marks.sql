-- +goose Up

-- By what the programs that share this database recognise that they have the same
-- keys: a keyed hash of each, which tells nothing of it. A program with another
-- key, or without one, does not start. Who replaces a key on purpose deletes its
-- row, with every program stopped.
create table key_marks (
    name     text        primary key check (char_length(name) between 1 and 64),
    mark     text        not null check (mark ~ '^[0-9a-f]{32}$'),
    noted_at timestamptz not null default now()
);
