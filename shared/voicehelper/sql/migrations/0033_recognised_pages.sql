-- Pages whose text was recognised from their picture, by number; the others have text of their own or none.
alter table document add column pages_recognised int[] not null default '{}';
