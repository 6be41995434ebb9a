-- +goose Up

-- A result is whole in itself and refers to nothing: it must find its place
-- even in a database that was restored from before the session's publication.
-- The primary key is what makes delivery happen once.
create table results (
    session_id   text        primary key check (session_id ~ '^[0-9a-hjkmnp-tv-z]{12}$'),
    lot          json        not null,
    rules_hash   bytea       not null check (octet_length(rules_hash) = 32),
    currency     text        not null check (char_length(currency) = 3),
    phase        text        not null check (phase in ('announced', 'stopped', 'cancelled')),
    opened_at    timestamptz,
    closed_at    timestamptz,
    ended_at     timestamptz not null,
    outcome      text        check (outcome in ('sold', 'failed')),
    winner       text        check (winner <> ''),
    price        bigint      check (price between 1 and 9000000000000000),
    win_bid_at   timestamptz,
    win_bid_seq  bigint      check (win_bid_seq > 0),
    ground       text        not null default '',
    reason       text        not null default '',
    participants int         not null check (participants >= 0),
    present      int         not null check (present between 0 and participants),
    bid_count    int         not null check (bid_count >= 0),
    head_seq     bigint      not null check (head_seq > 0),
    head_hash    bytea       not null check (octet_length(head_hash) = 32),
    delivered_at timestamptz not null,
    check ((phase = 'announced') = (outcome is not null)),
    check ((outcome is not distinct from 'sold') = (winner is not null and price is not null)),
    check ((winner is null) = (price is null))
);
create index results_newest on results (ended_at desc, session_id);

create table result_bids (
    session_id text        not null references results,
    ordinal    int         not null check (ordinal > 0), -- one record can bring two lines
    seq        bigint      not null check (seq > 0),
    at         timestamptz not null,
    code       text        not null,
    level      bigint      not null check (level between 1 and 9000000000000000),
    auto       boolean     not null,
    struck     boolean     not null,
    primary key (session_id, ordinal)
);

create trigger results_kept before update or delete on results
    for each row execute function refuse_change();
create trigger result_bids_kept before update or delete on result_bids
    for each row execute function refuse_change();
