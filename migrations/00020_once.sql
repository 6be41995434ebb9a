-- +goose Up

-- The answers to requests with an Idempotency-Key, while clients may repeat
-- them. A request that is at work has no status; whoever dies over it holds the
-- key until claimed_until.
create table once_answers (
    account_id    uuid        not null references accounts,
    path          text        not null check (char_length(path) <= 300),
    key           text        not null check (char_length(key) <= 64),
    request_hash  bytea       not null check (octet_length(request_hash) = 32),
    claim         uuid        not null,
    claimed_until timestamptz not null,
    status        int,
    answer        bytea       check (octet_length(answer) <= 66000), -- sealed: some hold secrets
    created_at    timestamptz not null default now(),
    primary key (account_id, path, key),
    check ((status is null) = (answer is null))
);
create index once_answers_by_age on once_answers (created_at);

-- Failures that slow down guessing: until when they weigh (GCRA), by what is
-- slowed down and a hash of by whom. Losing them costs a few tries.
create unlogged table throttles (
    kind  text        not null,
    who   bytea       not null check (octet_length(who) = 16),
    until timestamptz not null, -- of a place that signed in before: when last
    primary key (kind, who)
);
create index throttles_by_age on throttles (until);
