\set id random(1, 1000)
SELECT name, amount, at FROM care.readings WHERE id = :id;
SELECT small, count(*), sum(amount) FROM care.readings WHERE id < :id GROUP BY small ORDER BY small;
