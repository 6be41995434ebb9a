-- +goose Up

-- A file on its way: what was announced. The bytes lie outside the database.
create table uploads (
    id              uuid        primary key,
    name            text        not null check (char_length(name) between 1 and 255),
    media_type      text        not null,
    size            bigint      not null check (size > 0),
    purpose         text        not null check (purpose ~ '^[a-z_]{1,40}$'),
    centre_id       uuid        references centres,
    auction_id      uuid        references auctions,
    lot_id          uuid        references lots on delete set null,
    registration_id uuid        references registrations,
    account_id      uuid        not null references accounts,
    begun_at        timestamptz not null
);
create index uploads_of_account on uploads (account_id);
create index uploads_by_age on uploads (begun_at);

-- A file is never deleted, nor another one put in its place: it can only be
-- withdrawn, once, and moved in the order.
-- +goose StatementBegin
create function keep_files() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'files are never deleted' using errcode = 'restrict_violation';
    end if;
    if old.withdrawn_at is not null then
        new.withdrawn_at := old.withdrawn_at;
    end if;
    if (old.id, old.hash, old.size, old.media_type, old.name, old.purpose, old.public, old.centre_id, old.auction_id, old.registration_id, old.uploaded_by, old.uploaded_at)
        is distinct from
       (new.id, new.hash, new.size, new.media_type, new.name, new.purpose, new.public, new.centre_id, new.auction_id, new.registration_id, new.uploaded_by, new.uploaded_at)
    then
        raise exception 'a file does not change' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger files_kept before update or delete on files
    for each row execute function keep_files();
create index files_of_uploader on files (uploaded_by, purpose);
create index files_of_centre on files (centre_id, purpose) where auction_id is null;
