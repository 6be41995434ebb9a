-- +goose Up

-- What every program keeps in memory because it must not wait for the database,
-- and reads anew when its version here is another one.
create table changes (
    topic   text   primary key,
    version bigint not null default 0
);
insert into changes (topic) values ('desks'), ('signed_out');

-- Sign-ins that ended, and accounts that were revoked, until no access token of
-- theirs can be alive. Every program refuses those tokens.
create table signed_out (
    id uuid        primary key, -- of the sign-in or the account
    at timestamptz not null default now()
);
create index signed_out_by_age on signed_out (at);

-- +goose StatementBegin
create function note_signed_out() returns trigger language plpgsql as $$
begin
    -- What is tidied away has not been used for weeks.
    if coalesce(current_setting('gobua.tidying', true), '') <> 'on' then
        insert into signed_out (id) values (old.id) on conflict do nothing;
    end if;
    return null;
end $$;

-- The row of a topic is locked until the commit: so it is changed last, and a
-- program that sees the new version sees what it stands for.
create function note_change() returns trigger language plpgsql as $$
begin
    update changes set version = version + 1 where topic = tg_argv[0];
    return null;
end $$;
-- +goose StatementEnd

create trigger sign_ins_ended after delete on sign_ins
    for each row execute function note_signed_out();
create trigger accounts_revoked after update of revoked_at on accounts
    for each row when (old.revoked_at is null and new.revoked_at is not null) execute function note_signed_out();

create constraint trigger signed_out_changed after insert on signed_out deferrable initially deferred
    for each row execute function note_change('signed_out');

-- Desks: which session is whose, who the staff is, who observes.
create constraint trigger sessions_change_desks after insert on sessions deferrable initially deferred
    for each row execute function note_change('desks');
create constraint trigger accounts_new_at_desks after insert on accounts deferrable initially deferred
    for each row when (new.centre_id is not null) execute function note_change('desks');
create constraint trigger accounts_change_desks after update on accounts deferrable initially deferred
    for each row when (coalesce(new.centre_id, old.centre_id) is not null
        and (old.role, old.centre_id, old.observer_kind, old.revoked_at) is distinct from
            (new.role, new.centre_id, new.observer_kind, new.revoked_at))
    execute function note_change('desks');
create constraint trigger auctions_change_desks after update on auctions deferrable initially deferred
    for each row when ((old.centre_id, old.sheet #> '{people,observers}') is distinct from (new.centre_id, new.sheet #> '{people,observers}'))
    execute function note_change('desks');
