-- How often a sentence found its own chunk by its vector, of how many tried: what switches a base's vector leg.
alter table document add column vector_found int not null default 0, add column vector_tried int not null default 0;
