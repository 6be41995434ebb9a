-- +goose Up

-- Somebody else has typed this password: it lets its account in only to set one of
-- its own.
alter table accounts add column password_given boolean not null default false;
