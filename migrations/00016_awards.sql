-- +goose Up

-- Who gets how many where several units are sold at one price. The winner and
-- the price of a result are then the first in the order and the price per unit.
alter table results add awards json not null default '[]'; -- []engine.Award
alter table result_bids add units int not null default 0 check (units >= 0);
