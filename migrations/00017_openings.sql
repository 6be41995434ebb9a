-- +goose Up

-- Who asked to see who bid under a code of a session that is over, who approved
-- it, and when it was seen. It takes two people, whatever a program does.
create table identity_openings (
    id          uuid        primary key,
    auction_id  uuid        not null references auctions,
    session_id  text        not null references sessions,
    code        text        not null check (char_length(code) between 1 and 64),
    reason      text        not null check (char_length(reason) between 1 and 500),
    asked_by    uuid        not null references accounts,
    asked_at    timestamptz not null,
    expires_at  timestamptz not null, -- of the request; once approved, of the look
    approved    boolean,
    decided_by  uuid        references accounts,
    decided_at  timestamptz,
    remark      text        not null default '' check (char_length(remark) <= 500),
    used_at     timestamptz,
    check (expires_at > asked_at),
    check ((decided_by is null) = (decided_at is null) and (approved is null) = (decided_at is null)),
    check (decided_by is null or decided_by <> asked_by),
    check (used_at is null or coalesce(approved, false) and used_at < expires_at)
);
create index identity_openings_of_auction on identity_openings (auction_id, asked_at);
create trigger identity_openings_frozen before update of id, auction_id, session_id, code, reason, asked_by, asked_at on identity_openings
    for each row execute function refuse_change();
create trigger identity_openings_kept before delete on identity_openings
    for each row execute function refuse_change();
-- +goose StatementBegin
create function refuse_second_word() returns trigger language plpgsql as $$
begin
    raise exception '% has been decided or used', tg_table_name using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd
create trigger identity_openings_decided_once before update of approved, decided_by, decided_at, remark, expires_at on identity_openings
    for each row when (old.decided_at is not null and
        (new.approved, new.decided_by, new.decided_at, new.remark, new.expires_at) is distinct from
        (old.approved, old.decided_by, old.decided_at, old.remark, old.expires_at))
    execute function refuse_second_word();
create trigger identity_openings_used_once before update of used_at on identity_openings
    for each row when (old.used_at is not null and new.used_at is distinct from old.used_at)
    execute function refuse_second_word();
