-- +goose Up

-- The keyed hash of a participation code: unique in the auction, and unreadable
-- without the key that lies outside the database.
alter table registrations add code_mark bytea check (octet_length(code_mark) = 32);
create unique index registrations_code on registrations (auction_id, code_mark) where code_mark is not null;
create index registrations_of_lot on registrations (lot_id, created_at);

-- A bank statement as it was read and compared. content is what was shown to
-- the officer; once it is confirmed nothing of it changes any more.
create table statements (
    id           uuid        primary key,
    auction_id   uuid        not null references auctions,
    account      text        not null check (char_length(account) between 1 and 64),
    name         text        not null check (char_length(name) between 1 and 255),
    hash         bytea       not null check (octet_length(hash) = 32),
    content      json        not null, -- office.StatementContent
    uploaded_by  uuid        not null references accounts,
    uploaded_at  timestamptz not null,
    confirmed_by uuid        references accounts,
    confirmed_at timestamptz,
    check ((confirmed_by is null) = (confirmed_at is null))
);
create index statements_of_auction on statements (auction_id, uploaded_at desc);
create index statements_confirmed on statements (account, hash) where confirmed_at is not null;

-- +goose StatementBegin
create function refuse_change_once_confirmed() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.confirmed_at is not null then
        raise exception '% is confirmed', tg_table_name using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger statements_kept before update or delete on statements
    for each row execute function refuse_change_once_confirmed();

-- A row of a bank account that was booked to a payment: once for ever, whatever
-- file tells of it again.
create table bookings (
    account         text        not null,
    key             text        not null check (char_length(key) between 1 and 4200),
    statement_id    uuid        not null references statements,
    registration_id uuid        not null references registrations,
    kind            text        not null check (kind in ('fee', 'deposit')),
    amount          bigint      not null check (amount > 0),
    booked_at       timestamptz not null, -- by the bank
    key_hash        bytea       not null check (key_hash = sha256(convert_to(key, 'UTF8'))),
    primary key (account, key_hash)
);
create index bookings_of_registration on bookings (registration_id);
create trigger bookings_kept before update or delete on bookings
    for each row execute function refuse_change();
