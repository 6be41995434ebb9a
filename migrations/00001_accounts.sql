-- +goose Up

-- A role never changes, so that (id, role) can be referred to: the database
-- itself keeps staff out of the lists of participants.
create table accounts (
    id            uuid        primary key,
    login         text        not null unique check (login ~ '^[a-z0-9._@-]{3,64}$'),
    name          text        not null check (char_length(name) between 1 and 120),
    role          text        not null check (role in ('bidder', 'auctioneer', 'observer', 'admin')),
    staff_ref     text        not null default '' check (char_length(staff_ref) <= 64),
    password_hash text        not null check (password_hash like '$argon2id$%'),
    search        text        not null, -- login and name folded in Go: no marks, đ as d, lower case
    created_at    timestamptz not null,
    revoked_at    timestamptz,
    unique (id, role)
);

-- A sign-in is the family of the refresh tokens that came one from another.
-- Deleting it revokes them all.
create table sign_ins (
    id         uuid        primary key,
    account_id uuid        not null references accounts,
    created_at timestamptz not null
);
create index sign_ins_of_account on sign_ins (account_id, created_at desc);

-- Only the hash of a token is kept. A used one stays for a while, so that its
-- reuse is noticed.
create table refresh_tokens (
    hash       bytea       primary key check (octet_length(hash) = 32),
    sign_in_id uuid        not null references sign_ins on delete cascade,
    issued_at  timestamptz not null,
    expires_at timestamptz not null check (expires_at > issued_at),
    used_at    timestamptz,
    uses       int         not null default 0 check (uses >= 0),
    check ((uses = 0) = (used_at is null))
);
create index refresh_tokens_of_sign_in on refresh_tokens (sign_in_id);
create index refresh_tokens_by_expiry on refresh_tokens (expires_at);
