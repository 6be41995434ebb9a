-- +goose Up

-- A sealed file of an auction (hồ sơ lưu trữ). The ZIP lies in the folder
-- archive; here stands what it must be. A later number holds what came after
-- the first was sealed, and replaces nothing.
create table archives (
    auction_id    uuid        not null references auctions,
    number        int         not null check (number > 0),
    hash          bytea       not null check (octet_length(hash) = 32),
    manifest_hash bytea       not null check (octet_length(manifest_hash) = 32),
    size          bigint      not null check (size > 0),
    entries       int         not null check (entries > 0),
    reason        text        not null default '' check (char_length(reason) <= 500),
    sealed_by     uuid        references accounts, -- null: the program, when the time had come
    sealed_at     timestamptz not null,
    keep_until    timestamptz not null check (keep_until > sealed_at), -- nothing is disposed of before
    primary key (auction_id, number)
);
create index archives_newest on archives (sealed_at desc, auction_id);
create index archives_expired on archives (keep_until);
create trigger archives_kept before update or delete on archives
    for each row execute function refuse_change();
create trigger archives_not_emptied before truncate on archives
    for each statement execute function refuse_change();

-- A legal hold keeps a file beyond its time. Two different administrators lift
-- it: one asks, another one agrees.
create table legal_holds (
    id           uuid        primary key,
    auction_id   uuid        not null references auctions,
    reason       text        not null check (char_length(reason) between 1 and 500),
    placed_by    uuid        not null references accounts,
    placed_at    timestamptz not null,
    lift_reason  text        not null default '' check (char_length(lift_reason) <= 500),
    lift_asked_by uuid       references accounts,
    lift_asked_at timestamptz,
    lifted_by    uuid        references accounts,
    lifted_at    timestamptz,
    check ((lift_asked_by is null) = (lift_asked_at is null)),
    check ((lifted_by is null) = (lifted_at is null)),
    check (lifted_by is null or lift_asked_by is not null and lifted_by <> lift_asked_by)
);
create unique index legal_holds_one on legal_holds (auction_id) where lifted_at is null;
create index legal_holds_of_auction on legal_holds (auction_id, placed_at);
create trigger legal_holds_frozen before update of id, auction_id, reason, placed_by, placed_at on legal_holds
    for each row execute function refuse_change();
create trigger legal_holds_kept before delete on legal_holds
    for each row execute function refuse_change();

-- Disposal of what is personal in an auction's file, after its time. One
-- proposes, another one decides; what was removed stays written down.
create table disposals (
    id          uuid        primary key,
    auction_id  uuid        not null references auctions,
    reason      text        not null check (char_length(reason) between 1 and 500),
    proposed_by uuid        not null references accounts,
    proposed_at timestamptz not null,
    approved    boolean,
    decided_by  uuid        references accounts,
    decided_at  timestamptz,
    remark      text        not null default '' check (char_length(remark) <= 500),
    done_at     timestamptz,
    record      json,       -- office.DisposalRecord, once done
    check ((decided_by is null) = (decided_at is null) and (approved is null) = (decided_at is null)),
    check (decided_by is null or decided_by <> proposed_by),
    check (done_at is null or coalesce(approved, false)),
    check ((done_at is null) = (record is null))
);
create unique index disposals_one on disposals (auction_id) where coalesce(approved, true);
create index disposals_unfinished on disposals (decided_at) where approved and done_at is null;
create trigger disposals_frozen before update of id, auction_id, reason, proposed_by, proposed_at on disposals
    for each row execute function refuse_change();
create trigger disposals_kept before delete on disposals
    for each row execute function refuse_change();

-- What is personal may be removed by an approved disposal, and by nothing else.
-- +goose StatementBegin
create function refuse_without_disposal() returns trigger language plpgsql as $$
declare
    auction uuid;
begin
    if tg_table_name = 'admissions' then
        select l.auction_id into auction from sessions s join lots l on l.id = s.lot_id where s.id = old.session_id;
    else
        auction := old.auction_id;
    end if;
    if not exists (select from disposals where auction_id = auction and approved and done_at is null) then
        raise exception '% is frozen: % refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end $$;
create function refuse_without_disposal_once_confirmed() returns trigger language plpgsql as $$
begin
    if (tg_op = 'DELETE' or old.confirmed_at is not null)
        and not exists (select from disposals where auction_id = old.auction_id and approved and done_at is null) then
        raise exception '% is confirmed', tg_table_name using errcode = 'restrict_violation';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end $$;
do $$
begin
    execute format('grant delete on admissions to %I', current_user);
end $$;
-- +goose StatementEnd
drop trigger admissions_frozen on admissions;
create trigger admissions_frozen before update on admissions
    for each row execute function refuse_change();
create trigger admissions_kept before delete on admissions
    for each row execute function refuse_without_disposal();
drop trigger statements_kept on statements;
create trigger statements_kept before update or delete on statements
    for each row execute function refuse_without_disposal_once_confirmed();

-- A complaint (khiếu nại) about an auction, or about one bid of it. Anybody may
-- file one; the public sees how many there are and in which state.
create table complaints (
    id          uuid        primary key,
    auction_id  uuid        not null references auctions,
    session_id  text        references sessions,
    bid_seq     bigint      check (bid_seq > 0),
    account_id  uuid        references accounts, -- null: somebody without an account
    name        text        not null check (char_length(name) <= 120),
    contact     text        not null check (char_length(contact) <= 254),
    body        text        not null check (char_length(body) <= 4000),
    filed_at    timestamptz not null,
    due_at      timestamptz not null, -- of the answer
    state       text        not null check (state in ('open', 'upheld', 'rejected')),
    answer      text        not null default '' check (char_length(answer) <= 4000),
    answered_by uuid        references accounts,
    answered_at timestamptz,
    check (bid_seq is null or session_id is not null),
    check ((state = 'open') = (answered_at is null) and (answered_by is null) = (answered_at is null))
);
create index complaints_of_auction on complaints (auction_id, filed_at);
create index complaints_open on complaints (due_at) where state = 'open';
create trigger complaints_frozen before update of id, auction_id, session_id, bid_seq, account_id, filed_at, due_at on complaints
    for each row execute function refuse_change();
create trigger complaints_kept before delete on complaints
    for each row execute function refuse_change();

-- What was put on the national portal by hand, and where it stands there. The
-- newest row of an auction counts.
create table portal_uploads (
    seq        bigint      generated always as identity primary key,
    auction_id uuid        not null references auctions,
    status     text        not null check (status in ('uploaded', 'published', 'withdrawn')),
    link       text        not null default '' check (char_length(link) <= 500),
    by_account uuid        not null references accounts,
    at         timestamptz not null
);
create index portal_uploads_of_auction on portal_uploads (auction_id, seq desc);
create trigger portal_uploads_kept before update or delete on portal_uploads
    for each row execute function refuse_change();
