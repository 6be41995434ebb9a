-- +goose Up

-- What the auctioneer did to call a lot, and which bids were made in the hall.
alter table results add calls json not null default '[]'; -- []office.ResultCall
alter table result_bids add floor boolean not null default false;
