-- +goose Up

-- Which process counted the connections of a row: each counts its own. Null: it
-- was the only one.
alter table presence add column process uuid;
