-- +goose Up

-- Proof of availability: when a participant's connections were in the room of
-- a session. It knows codes and no accounts: whoever reads a moment here and
-- the same moment in the record must not learn who bids under which code. It
-- refers to nothing, so that no row is lost in a database restored from before.
create table presence (
    seq         bigint      generated always as identity primary key,
    session_id  text        not null check (session_id ~ '^[0-9a-hjkmnp-tv-z]{12}$'),
    code        text        not null check (char_length(code) between 1 and 40),
    kind        text        not null check (kind in ('sign_in', 'enter', 'check_in', 'seen', 'leave', 'lost')),
    at          timestamptz not null,
    connections int         not null check (connections >= 0) -- of this participant in the room, afterwards
);
create index presence_of_session on presence (session_id, code, at, seq);
create trigger presence_kept before update or delete on presence
    for each row execute function refuse_change();

-- When rows of presence could not be kept: somebody not seen then may have
-- been there.
create table presence_gaps (
    seq     bigint      generated always as identity primary key,
    from_at timestamptz not null,
    to_at   timestamptz not null,
    lost    bigint      not null check (lost > 0),
    check (from_at <= to_at)
);
create trigger presence_gaps_kept before update or delete on presence_gaps
    for each row execute function refuse_change();

-- Who checked in (điểm danh) during the session, by the session's own record.
alter table results add check_ins json not null default '[]';

-- A technical incident stops a session. The row comes first, then the stop,
-- under the command id that stands here, so that it can be asked for again
-- after a crash and still happens once.
create table incidents (
    id               uuid        primary key,
    session_id       text        not null references sessions,
    auction_id       uuid        not null references auctions,
    ground           text        not null check (ground ~ '^[a-z_]{3,40}$'),
    sentence         text        not null check (char_length(sentence) between 1 and 500),
    reported_by      uuid        not null references accounts,
    staff_ref        text        not null,
    reported_at      timestamptz not null,
    command          uuid        not null unique,
    state            text        not null check (state in ('open', 'stopped', 'moot')),
    ended_at         timestamptz, -- of the stop, or when it proved too late
    countersigned_by uuid        references accounts,
    countersigned_at timestamptz,
    remark           text        not null default '' check (char_length(remark) <= 500), -- of who countersigned
    check ((state = 'open') = (ended_at is null)),
    check ((countersigned_by is null) = (countersigned_at is null))
);
create unique index incidents_once on incidents (session_id) where state <> 'moot';
create index incidents_open on incidents (reported_at) where state = 'open';
create index incidents_of_auction on incidents (auction_id, reported_at);
create trigger incidents_frozen
    before update of id, session_id, auction_id, ground, sentence, reported_by, staff_ref, reported_at, command on incidents
    for each row execute function refuse_change();
create trigger incidents_kept before delete on incidents
    for each row execute function refuse_change();

-- What a person has seen to before the opening; the newest row of an item
-- counts.
create table readiness (
    seq        bigint      generated always as identity primary key,
    auction_id uuid        not null references auctions,
    item       text        not null check (item ~ '^[a-z_]{3,40}$'),
    ticked     boolean     not null,
    note       text        not null default '' check (char_length(note) <= 500),
    by_account uuid        not null references accounts,
    at         timestamptz not null
);
create index readiness_of_auction on readiness (auction_id, item, seq desc);
create trigger readiness_kept before update or delete on readiness
    for each row execute function refuse_change();

create index auctions_rehearsing on auctions (rehearsal_of, created_at) where rehearsal_of is not null;
