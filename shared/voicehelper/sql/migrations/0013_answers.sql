-- How an answer ended, and how sure it was; null for messages of users, and for answers from before.
alter table message add column status text check (status in ('answered', 'refused', 'unavailable')),
                    add column confidence real;
