-- +goose Up

-- The program itself may only append to the audit log and to what is frozen;
-- the triggers hold for whoever else has the connection. A superuser can do
-- anything: the chain is what shows it. Tables that others refer to are left
-- to their triggers, because PostgreSQL locks the row that is referred to with
-- the right to change it.
-- +goose StatementBegin
do $$
declare
    name text;
begin
    foreach name in array array['acts', 'rules_versions', 'result_bids', 'admissions'] loop
        execute format('revoke update, delete, truncate on %I from public, current_user', name);
    end loop;
    -- Keeping a bid locks its result, which asks for the right to update it; the
    -- trigger refuses the update itself.
    revoke delete, truncate on results from public, current_user;
end $$;
-- +goose StatementEnd
