-- +goose Up

-- An auction organisation (tổ chức hành nghề đấu giá tài sản). The first one
-- hosts the installation: its administrators may found others. Its facts are
-- filled in on the page.
create table centres (
    id         uuid        primary key,
    host       boolean     not null default false,
    version    int         not null default 1 check (version > 0),
    name       text        not null check (char_length(name) between 1 and 300),
    facts      jsonb       not null default '{}', -- address, bank account, seal: office.CentreFacts
    created_at timestamptz not null
);
create unique index centres_one_host on centres (host) where host;
insert into centres (id, host, name, created_at)
values ('00000000-0000-4000-8000-000000000001', true, 'Trung tâm dịch vụ đấu giá tài sản', now());

-- Staff belong to one centre; bidders to none, one account serves them everywhere.
alter table accounts drop constraint accounts_role_check;
alter table accounts add check (role in ('bidder', 'auctioneer', 'registrar', 'clerk', 'observer', 'admin'));
alter table accounts
    add centre_id     uuid references centres,
    add email         text not null default '' check (char_length(email) <= 254),
    add observer_kind text not null default '' check (observer_kind in ('', 'enforcement', 'prosecutor', 'owner', 'inspector')),
    add check (observer_kind = '' or role = 'observer');
update accounts set centre_id = '00000000-0000-4000-8000-000000000001' where role <> 'bidder';
alter table accounts add check ((role = 'bidder') = (centre_id is null));
create index accounts_of_centre on accounts (centre_id);

-- The life of an auction grows: draft, listed (rules frozen, registration),
-- published (sessions exist), concluded, archived; or cancelled.
alter table auctions drop constraint auctions_status_check;
alter table auctions drop constraint auctions_check;
alter table auctions
    add check (status in ('draft', 'listed', 'published', 'concluded', 'archived', 'cancelled')),
    add centre_id    uuid        not null default '00000000-0000-4000-8000-000000000001' references centres,
    add sheet        jsonb       not null default '{}', -- office.Sheet
    add search       text        not null default '',   -- title, owner, place and lots, folded in Go
    add listed_at    timestamptz,
    add concluded_at timestamptz,
    add cancelled_at timestamptz,
    add cancel_reason text       not null default '',
    add rehearsal_of uuid references auctions; -- a rehearsal of that auction
alter table auctions alter centre_id drop default;
alter table auctions
    add check ((status in ('published', 'concluded', 'archived')) <= (published_at is not null)),
    add check ((status = 'listed') <= (listed_at is not null)),
    add check ((status = 'cancelled') = (cancelled_at is not null));
create index auctions_public on auctions (listed_at desc, id) where listed_at is not null or published_at is not null;

-- Lots and named participants stay open to a new version of the rules while an
-- auction is listed, and to nothing once it is published.
-- +goose StatementBegin
create or replace function refuse_change_once_published() returns trigger language plpgsql as $$
declare
    parent uuid;
begin
    if tg_op = 'DELETE' then
        parent := old.auction_id;
    else
        parent := new.auction_id;
    end if;
    if (select status from auctions where id = parent) not in ('draft', 'listed') then
        raise exception '% is frozen: the auction is published', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end $$;
-- +goose StatementEnd

-- Each version of the rules (Quy chế) as it was made public. sheet is json and
-- not jsonb because its very bytes were hashed.
create table rules_versions (
    auction_id uuid        not null references auctions,
    number     int         not null check (number > 0),
    sheet      json        not null, -- office.FrozenSheet: sheet and lots
    hash       bytea       not null,
    notice     text        not null default '', -- what changed and why, for the public; empty for the first
    made_by    uuid        not null references accounts,
    made_at    timestamptz not null,
    primary key (auction_id, number),
    check (hash = sha256(convert_to(sheet::text, 'UTF8')))
);
create trigger rules_versions_kept before update or delete on rules_versions
    for each row execute function refuse_change();

-- A file that somebody uploaded. Its content lies outside the database, under
-- its hash; here stands what it is for and who may see it.
create table files (
    id              uuid        primary key,
    hash            bytea       not null check (octet_length(hash) = 32),
    size            bigint      not null check (size > 0),
    media_type      text        not null check (char_length(media_type) between 3 and 100),
    name            text        not null check (char_length(name) between 1 and 255),
    purpose         text        not null check (purpose ~ '^[a-z_]{1,40}$'),
    public          boolean     not null default false,
    centre_id       uuid        references centres,
    auction_id      uuid        references auctions,
    lot_id          uuid        references lots on delete set null,
    registration_id uuid,
    position        int         not null default 0,
    uploaded_by     uuid        not null references accounts,
    uploaded_at     timestamptz not null,
    withdrawn_at    timestamptz -- no longer shown; never deleted
);
create index files_of_auction on files (auction_id) where auction_id is not null;
create index files_of_registration on files (registration_id) where registration_id is not null;
create index files_by_hash on files (hash);

-- One person's way into one lot: dossier (hồ sơ tham gia), fee, deposit, code.
create table registrations (
    id             uuid        primary key,
    auction_id     uuid        not null references auctions,
    lot_id         uuid        not null references lots,
    account_id     uuid        not null,
    account_role   text        not null default 'bidder' check (account_role = 'bidder'),
    version        int         not null default 1 check (version > 0),
    dossier        text        not null check (dossier in ('draft', 'submitted', 'approved', 'rejected')),
    standing       text        not null default 'in' check (standing in ('in', 'withdrawn', 'disqualified')),
    facts          jsonb       not null default '{}', -- office.RegistrationFacts: declaration, representative, reasons
    sealed_code    bytea,       -- the participation code, sealed with a key outside the database
    code_issued_at timestamptz,
    created_at     timestamptz not null,
    changed_at     timestamptz not null,
    unique (id, account_id),
    foreign key (account_id, account_role) references accounts (id, role),
    check ((sealed_code is null) = (code_issued_at is null))
);
create unique index registrations_once on registrations (lot_id, account_id) where standing <> 'withdrawn';
create index registrations_of_auction on registrations (auction_id, created_at);
create index registrations_of_account on registrations (account_id, created_at desc);
alter table files add foreign key (registration_id) references registrations;

-- Money of a registration: the dossier fee, and the deposit (tiền đặt trước)
-- with its whole life until refund, forfeiture or conversion.
create table payments (
    registration_id uuid        not null references registrations,
    kind            text        not null check (kind in ('fee', 'deposit')),
    memo            text        not null unique check (memo ~ '^[A-Z0-9]{6,20}$'),
    due             bigint      not null check (due between 0 and 9000000000000000),
    paid            bigint      not null default 0 check (paid between 0 and 9000000000000000),
    state           text        not null check (state in ('due', 'received', 'guaranteed', 'refund_due', 'refunded', 'forfeited', 'converted')),
    method          text        not null default '' check (method in ('', 'transfer', 'cash', 'guarantee')),
    paid_at         timestamptz,
    due_at          timestamptz, -- the last moment to pay
    refund_due_at   timestamptz, -- the last moment to refund
    settled_at      timestamptz, -- when refunded, forfeited or converted
    facts           jsonb       not null default '{}', -- office.PaymentFacts: payer's account, ground, approver, references
    primary key (registration_id, kind),
    check (kind = 'deposit' or state in ('due', 'received', 'refund_due', 'refunded'))
);
create index payments_to_refund on payments (refund_due_at) where state = 'refund_due';

-- Every act of staff, and those of participants that bind them: who, what,
-- when, from where, before and after. Chained: hash covers the row and the hash
-- before it, so that a removed or rewritten row shows.
create table acts (
    seq        bigint      primary key check (seq > 0),
    at         timestamptz not null,
    centre_id  uuid        references centres, -- null: of the installation or of a bidder alone
    account_id uuid,
    role       text        not null,
    origin     text        not null, -- the address it came from; empty: the program itself
    name       text        not null check (name ~ '^[a-z_.]{3,60}$'),
    subject    text        not null check (subject ~ '^[a-z_]{2,40}$'),
    subject_id text        not null,
    auction_id uuid,
    reason     text        not null default '',
    before     json,
    after      json,
    hash       bytea       not null check (octet_length(hash) = 32)
);
create index acts_of_centre on acts (centre_id, seq desc);
create index acts_of_auction on acts (auction_id, seq desc) where auction_id is not null;
create index acts_of_account on acts (account_id, seq desc);
create trigger acts_kept before update or delete on acts
    for each row execute function refuse_change();
create trigger acts_not_emptied before truncate on acts
    for each statement execute function refuse_change();

-- Mail to be sent, written in the transaction of what it tells of.
create table mails (
    id         uuid        primary key,
    centre_id  uuid        references centres,
    account_id uuid        references accounts,
    auction_id uuid        references auctions,
    kind       text        not null check (kind ~ '^[a-z_]{2,40}$'),
    address    text        not null check (char_length(address) <= 254),
    subject    text        not null check (char_length(subject) between 1 and 300),
    body       text        not null,
    created_at timestamptz not null,
    next_at    timestamptz, -- when to try (again); null: done or given up
    tries      int         not null default 0,
    sent_at    timestamptz,
    trouble    text        not null default ''
);
create index mails_to_send on mails (next_at) where next_at is not null;
create index mails_of_centre on mails (centre_id, created_at desc);

-- What happened to auctions, for webhooks: one row an event, written in the
-- transaction of what it tells of.
create table events (
    id         uuid        primary key,
    centre_id  uuid        not null references centres,
    auction_id uuid        references auctions,
    kind       text        not null check (kind ~ '^[a-z_.]{3,60}$'),
    body       json        not null,
    at         timestamptz not null
);
create index events_of_centre on events (centre_id, at desc);

-- Who bids under which code, sealed with a key outside the database: whoever
-- has the database alone, or the public record alone, learns nobody's name.
-- finder is a keyed hash of the account, under which it finds its own rows.
-- Nothing was released before this table, so there is nothing to carry over.
drop table admissions;
create table admissions (
    session_id text  not null references sessions,
    finder     bytea not null check (octet_length(finder) = 32),
    sealed     bytea not null, -- office.admission: account, code, holder
    primary key (session_id, finder)
);
create index admissions_by_finder on admissions (finder);
create trigger admissions_frozen before update or delete on admissions
    for each row execute function refuse_change();

-- Of the keys that sealed this database. A program with other keys stops.
create table vault_mark (
    one  boolean primary key default true check (one),
    mark text    not null
);
