-- +goose Up

-- Contents of files and sealed files, where several programs share this database
-- (--shared): what one has written the others can read. On one machine they lie
-- in the data folder.
create table blobs (
    id         bigint      generated always as identity primary key,
    size       bigint      not null default 0 check (size between 0 and 8589934592),
    touched_at timestamptz not null default now()
);
create table blob_chunks (
    blob_id bigint not null references blobs on delete cascade,
    at      bigint not null check (at >= 0), -- where the chunk begins
    bytes   bytea  not null check (octet_length(bytes) between 1 and 196608),
    primary key (blob_id, at)
);
-- They are packed already, most of them.
alter table blob_chunks alter column bytes set storage external;
create table blob_names (
    space   text   not null check (space in ('files', 'archive')),
    name    text   not null check (char_length(name) between 1 and 200),
    blob_id bigint not null references blobs,
    primary key (space, name)
);
create index blob_names_of_blob on blob_names (blob_id);
