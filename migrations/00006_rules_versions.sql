-- +goose Up

-- A lot's starting price may be hidden (Điều 34.2.d, 52.1.c): then it is the
-- hidden reserve, and the rules' start is only the floor that is public. The
-- salt is drawn when the auction is listed, so that the very hash that was
-- listed stands in the session's rules.
alter table lots
    add start_hidden boolean not null default false,
    add reserve_salt bytea check (octet_length(reserve_salt) = 32);

-- What a version changed, for the public and for the right to withdraw:
-- office.Change.
alter table rules_versions add changes jsonb not null default '[]';
create trigger rules_versions_not_emptied before truncate on rules_versions
    for each statement execute function refuse_change();

-- A listed auction has the rules it was listed with. Checked at the end of the
-- transaction, because the auction becomes listed and its version is made in
-- one.
-- +goose StatementBegin
create function require_rules_version() returns trigger language plpgsql as $$
begin
    if not exists (select from rules_versions where auction_id = new.id) then
        raise exception 'auction % is listed without rules', new.id using errcode = 'restrict_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger auctions_listed_with_rules after insert or update on auctions
    deferrable initially deferred for each row when (new.listed_at is not null)
    execute function require_rules_version();
