-- +goose Up

-- The program itself may only append to the audit log and to what is frozen;
-- the triggers hold for whoever else has the connection. A superuser can do
-- anything: the chain is what shows it.
-- +goose StatementBegin
do $$
declare
    name text;
begin
    foreach name in array array['acts', 'rules_versions', 'results', 'result_bids', 'admissions'] loop
        execute format('revoke update, delete, truncate on %I from public, current_user', name);
    end loop;
end $$;
-- +goose StatementEnd
