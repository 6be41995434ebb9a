-- +goose Up

-- Money is bigint in the smallest unit of the currency, at most 9 * 10^15: it
-- fits a JSON number exactly.

create table auctions (
    id           uuid        primary key,
    status       text        not null check (status in ('draft', 'published')),
    version      int         not null check (version > 0),
    title        text        not null check (char_length(title) between 1 and 300),
    centre       text        not null check (char_length(centre) <= 300),
    owner        text        not null check (char_length(owner) <= 300),
    place        text        not null check (char_length(place) <= 300),
    created_by   uuid        not null references accounts,
    created_at   timestamptz not null,
    published_by uuid        references accounts,
    published_at timestamptz,
    check ((status = 'published') = (published_at is not null)),
    check ((published_by is null) = (published_at is null))
);
create index auctions_newest on auctions (created_at desc);

create table lots (
    id         uuid   primary key,
    auction_id uuid   not null references auctions,
    number     int    not null check (number between 1 and 10000),
    kind       text   not null check (kind in ('land', 'house', 'car', 'plate', 'goods')),
    title      text   not null check (char_length(title) between 1 and 300),
    detail     text   not null check (char_length(detail) <= 4000),
    place      text   not null check (char_length(place) <= 300),
    deposit    bigint not null check (deposit between 0 and 9000000000000000),
    rules      jsonb  not null, -- as drafted; the frozen ones stand in sessions
    unique (auction_id, number) deferrable initially deferred -- two lots may swap numbers
);

create table auction_participants (
    auction_id   uuid not null references auctions,
    account_id   uuid not null,
    account_role text not null default 'bidder' check (account_role = 'bidder'),
    position     int  not null check (position >= 0),
    primary key (auction_id, account_id),
    foreign key (account_id, account_role) references accounts (id, role)
);

-- A session (phiên) as it was published. rules is json and not jsonb because
-- its very bytes were hashed: sha256 of the text is rules_hash. The reserve and
-- its salt are secret and stand nowhere else.
create table sessions (
    id             text        primary key check (id ~ '^[0-9a-hjkmnp-tv-z]{12}$'),
    lot_id         uuid        not null references lots,
    run            int         not null default 1 check (run > 0), -- above 1 after a re-run
    lot            json        not null,
    rules          json        not null,
    rules_hash     bytea       not null,
    reserve        bigint      check (reserve between 1 and 9000000000000000),
    reserve_salt   bytea       check (octet_length(reserve_salt) = 32),
    opens_at       timestamptz not null,
    published_at   timestamptz not null,
    handed_over_at timestamptz, -- when the engine's journal was known to have it
    unique (lot_id, run),
    check (rules_hash = sha256(convert_to(rules::text, 'UTF8'))),
    check ((reserve is null) = (reserve_salt is null)),
    check ((reserve is null) = (rules ->> 'reserve' is null))
);
create index sessions_to_hand_over on sessions (published_at) where handed_over_at is null;

-- Who bids under which code (mã số), unique both ways.
create table admissions (
    session_id   text  not null references sessions,
    account_id   uuid  not null,
    account_role text  not null default 'bidder' check (account_role = 'bidder'),
    code         text  not null check (code ~ '^M-[1-9][0-9]{2,4}$'),
    holder       bytea not null check (octet_length(holder) = 32),
    primary key (session_id, account_id),
    unique (session_id, code),
    unique (session_id, holder),
    foreign key (account_id, account_role) references accounts (id, role)
);
create index admissions_of_account on admissions (account_id);

-- What a request with an Idempotency-Key has made, so that its repetition
-- makes nothing new.
create table idempotency_keys (
    account_id   uuid        not null references accounts,
    key          text        not null check (char_length(key) between 1 and 200),
    request_hash bytea       not null check (octet_length(request_hash) = 32),
    auction_id   uuid        not null references auctions,
    created_at   timestamptz not null,
    primary key (account_id, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);

-- What is frozen stays frozen, whoever holds the connection.

-- +goose StatementBegin
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is frozen: % refused', tg_table_name, lower(tg_op)
        using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function refuse_change_once_published() returns trigger language plpgsql as $$
declare
    parent uuid;
begin
    if tg_op = 'DELETE' then
        parent := old.auction_id;
    else
        parent := new.auction_id;
    end if;
    if (select status from auctions where id = parent) = 'published' then
        raise exception '% is frozen: the auction is published', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end $$;
-- +goose StatementEnd

create trigger lots_frozen before insert or update or delete on lots
    for each row execute function refuse_change_once_published();
create trigger participants_frozen before insert or update or delete on auction_participants
    for each row execute function refuse_change_once_published();
create trigger sessions_frozen
    before update of id, lot_id, run, lot, rules, rules_hash, reserve, reserve_salt, opens_at, published_at on sessions
    for each row execute function refuse_change();
create trigger sessions_kept before delete on sessions
    for each row execute function refuse_change();
create trigger admissions_frozen before update or delete on admissions
    for each row execute function refuse_change();
