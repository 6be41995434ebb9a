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

-- What the public list asks of an auction. search holds folded words in two
-- lines, the places in the second. The words are set as they are, without a
-- parser: the text search of the database would read a number plate as a
-- number with a sign.
alter table auctions
    add public_at   timestamptz generated always as (case when rehearsal_of is null then coalesce(listed_at, published_at) end) stored,
    add words       tsvector    generated always as (array_to_tsvector(array_remove(string_to_array(translate(search, E'\n', ' '), ' '), ''))) stored,
    add place_words tsvector    generated always as (array_to_tsvector(array_remove(string_to_array(split_part(search, E'\n', 2), ' '), ''))) stored,
    add dossier_from bigint     generated always as ((sheet #>> '{windows,dossier,from}')::bigint) stored,
    add dossier_to   bigint     generated always as ((sheet #>> '{windows,dossier,to}')::bigint) stored,
    add kinds       text[]      not null default '{}', -- of its lots
    add opens_at    timestamptz;                       -- the first opening of its lots
drop index auctions_public;
create index auctions_public on auctions (public_at desc, id desc) where public_at is not null;
create index auctions_under_way on auctions (public_at desc, id desc) where public_at is not null and status in ('listed', 'published');
create index auctions_by_words on auctions using gin (words) with (fastupdate = off) where public_at is not null;
create index auctions_by_place on auctions using gin (place_words) with (fastupdate = off) where public_at is not null;
