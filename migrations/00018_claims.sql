-- +goose Up

-- Several programs may share this database. Whoever takes something to do says
-- so here and until when; whoever dies in the middle holds it up for that long
-- and no longer. All such times are of the clock of the database, so that
-- nobody compares clocks.

-- A batch of letters that one program is sending.
alter table mails
    add claim         uuid,
    add claimed_until timestamptz,
    add check ((claim is null) = (claimed_until is null));

-- A hook that one program is telling, one event after the other.
alter table hooks
    add claim         uuid,
    add claimed_until timestamptz,
    add check ((claim is null) = (claimed_until is null));

-- Whatever else one program at a time may do, by its name.
create table claims (
    name          text        primary key check (char_length(name) between 1 and 100),
    claim         uuid        not null,
    claimed_until timestamptz not null
);
