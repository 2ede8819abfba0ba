-- The attempt for which the kept file was uploaded: part of its storage key. 0: from before it was.
alter table document add column source_attempt int not null default 0;
