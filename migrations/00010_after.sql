-- +goose Up

-- What follows bidding on a lot: one row a lot, from the announcement until it
-- is sold or has failed. A result may have come from a session that a restored
-- database does not know; such a lot has no proceeding.
create table proceedings (
    lot_id        uuid        primary key references lots,
    auction_id    uuid        not null references auctions,
    session_id    text        unique references sessions, -- null: nobody was admitted, there was none
    version       int         not null check (version > 0),
    state         text        not null check (state in ('consent', 'confirm', 'offer', 'offered', 'sold', 'failed', 'cancelled')),
    deadline_at   timestamptz, -- of what the state waits for
    deposits_done boolean     not null default false,
    minutes_due   int         not null check (minutes_due >= 0), -- facts that the minutes have to tell
    facts         jsonb       not null, -- office.ProceedingFacts
    created_at    timestamptz not null,
    changed_at    timestamptz not null,
    check (state in ('consent', 'confirm', 'offer', 'offered') or deadline_at is null),
    check (not deposits_done or state in ('sold', 'failed', 'cancelled'))
);
create index proceedings_of_auction on proceedings (auction_id);
create index proceedings_due on proceedings (deadline_at) where deadline_at is not null;
create index proceedings_undone on proceedings (changed_at) where not deposits_done and state in ('sold', 'failed', 'cancelled');

-- How a lot ended is said once.
-- +goose StatementBegin
create function refuse_other_end() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.state in ('sold', 'failed', 'cancelled') and new.state <> old.state then
        raise exception 'the proceeding of a lot is final: % refused', lower(tg_op) using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger proceedings_final before update or delete on proceedings
    for each row execute function refuse_other_end();

-- Every version of the minutes, as a file and its hash. covers makes writing
-- one twice impossible: no two versions tell the same.
create table minutes (
    lot_id  uuid        not null references proceedings,
    number  int         not null check (number > 0),
    covers  int         not null check (covers > 0),
    hash    bytea       not null,
    pdf     bytea       not null,
    made_at timestamptz not null,
    primary key (lot_id, number),
    unique (lot_id, covers),
    unique (lot_id, number, hash),
    check (hash = sha256(pdf))
);
create trigger minutes_kept before update or delete on minutes
    for each row execute function refuse_change();

-- Who signed a version, or refused to. The key into minutes holds a signature
-- to the file with this hash.
create table minutes_signatures (
    lot_id     uuid        not null,
    number     int         not null,
    hash       bytea       not null,
    slot       text        not null check (slot in ('auctioneer', 'clerk', 'winner', 'observer')),
    account_id uuid        references accounts, -- of staff; a winner is a code here
    code       text        check (code <> ''),
    name       text        not null,
    method     text        not null,
    token      bytea,
    refused    text        not null,
    at         timestamptz not null,
    foreign key (lot_id, number, hash) references minutes (lot_id, number, hash),
    check ((slot = 'winner') = (code is not null)),
    check ((slot = 'winner') = (account_id is null)),
    check ((method = '') = (refused <> ''))
);
create unique index minutes_signatures_once on minutes_signatures (lot_id, number, slot, coalesce(account_id::text, code));
create trigger minutes_signatures_kept before update or delete on minutes_signatures
    for each row execute function refuse_change();

-- Who lost the right to bid in a session, with the result it is part of.
alter table results add outs json not null default '[]'; -- []office.ResultOut
