-- +goose Up

-- Who an account is in law. mac is a keyed hash of the national id or tax code,
-- by which a legal person is found and kept unique without being readable;
-- the rest is sealed with a key outside the database. A number that was
-- rejected is free again: nobody may block a stranger's by typing it.
create table identities (
    account_id   uuid        primary key,
    account_role text        not null default 'bidder' check (account_role = 'bidder'),
    version      int         not null default 1 check (version > 0),
    kind         text        not null check (kind in ('person', 'organisation')),
    state        text        not null check (state in ('submitted', 'verified', 'rejected')),
    mac          bytea       not null check (octet_length(mac) = 32),
    sealed       bytea       not null, -- office.IdentityFacts
    submitted_at timestamptz not null,
    decided_at   timestamptz,
    decided_by   uuid        references accounts,
    reason       text        not null default '',
    foreign key (account_id, account_role) references accounts (id, role),
    check ((state = 'submitted') = (decided_at is null)),
    check ((decided_at is null) = (decided_by is null)),
    check (state <> 'rejected' or reason <> '')
);
create unique index identities_once on identities (mac) where state <> 'rejected';
create index identities_to_decide on identities (submitted_at) where state = 'submitted';

-- The second proof of an account. The secret is sealed; of the codes on paper
-- only hashes are kept, '' for a used one. last_step is that of the last code
-- taken: no code is taken twice.
create table second_factors (
    account_id   uuid        primary key references accounts,
    sealed       bytea       not null,
    created_at   timestamptz not null,
    confirmed_at timestamptz, -- null: the app has not shown a code yet
    last_step    bigint      not null default 0,
    recovery     text[]      not null default '{}',
    check (confirmed_at is not null or cardinality(recovery) = 0)
);

-- Links to set a new password: only their hash is kept, and each serves once.
create table password_resets (
    hash       bytea       primary key check (octet_length(hash) = 32),
    account_id uuid        not null references accounts,
    made_at    timestamptz not null,
    expires_at timestamptz not null check (expires_at > made_at),
    used_at    timestamptz
);
create index password_resets_of_account on password_resets (account_id, made_at);

-- From where somebody signed in, so that they recognise their devices.
alter table sign_ins
    add origin  text        not null default '' check (char_length(origin) <= 64),
    add agent   text        not null default '' check (char_length(agent) <= 80), -- "Chrome · Android"
    add seen_at timestamptz;

-- A bidder's consent that personal data is kept for the auctions.
alter table accounts add consent_at timestamptz;
create index accounts_by_email on accounts (email) where email <> '';
