-- +goose Up

-- Who else is told of a centre's events: an address of another program, and
-- the secret that signs what it is told, sealed with a key outside the database.
create table hooks (
    id            uuid        primary key,
    centre_id     uuid        not null references centres,
    url           text        not null check (char_length(url) between 8 and 2000),
    kinds         text[]      not null default '{}', -- of events; empty: all
    sealed_secret bytea       not null,
    sealed_old    bytea,       -- the secret before, which signs too until old_until
    old_until     timestamptz,
    created_at    timestamptz not null,
    ended_at      timestamptz,
    ended_why     text        not null default '',
    check ((sealed_old is null) = (old_until is null))
);
create index hooks_of_centre on hooks (centre_id) where ended_at is null;

-- One row for each event and hook, written with the event.
create table hook_deliveries (
    hook_id    uuid        not null references hooks,
    event_id   uuid        not null references events,
    next_at    timestamptz, -- when it is tried (again); null: done or given up
    tries      int         not null default 0,
    outcome    text        not null default '', -- webhook.Class of the last try
    status     int         not null default 0,  -- of the last answer
    settled_at timestamptz,
    primary key (hook_id, event_id)
);
create index hook_deliveries_due on hook_deliveries (next_at) where next_at is not null;

-- The delivery log: every try.
create table hook_tries (
    hook_id  uuid        not null,
    event_id uuid        not null,
    number   int         not null,
    at       timestamptz not null,
    outcome  text        not null,
    status   int         not null,
    took_ms  int         not null,
    primary key (hook_id, event_id, number),
    foreign key (hook_id, event_id) references hook_deliveries
);
create trigger hook_tries_kept before update or delete on hook_tries
    for each row execute function refuse_change();
