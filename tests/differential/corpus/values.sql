VALUES (DATE '2024-01-01'), ('2024-02-01') ORDER BY 1 OFFSET 1
VALUES (array[1,2], 'x'::text), ('{3}', NULL)
VALUES (NULL), ('2024-02-01'), (DATE '2024-01-01')
VALUES (DATE '2024-01-01'), ('x')
VALUES (DATE '2024-01-01'), (2)
VALUES (true), (2)
VALUES (true), ('f'), (NULL)
VALUES (1 < 2), ('yes')
VALUES (1), ('2')
VALUES (1), ('x')
VALUES ('9000000000'), (2::int8)
VALUES (1::float8), ('2.5'), (1.5)
VALUES (1.5), (2::float8), ('1e3')
VALUES (1.25), ('2.75')
VALUES (interval '1 day'), ('2 hours')
VALUES (time '10:00'), ('11:30')
VALUES ('a'::bytea), ('\x41')
VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid), ('A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a12')
VALUES (timestamptz '2024-01-01 10:00+00'), ('2024-01-01 11:00')
VALUES (timestamp '2024-01-01 10:00'), (DATE '2024-01-02'), ('2024-01-03 12:00')
VALUES (ARRAY['a']), ('{b,"c d"}'), (NULL)
VALUES ('a'), (upper('b')), (NULL)
VALUES ('a'::varchar(3)), ('b'), (NULL)
VALUES ('x'::text), ('y'), (NULL)
VALUES ('{"b": 1,"a":2}'::jsonb), ('{"d": 1,"c":2}'), (NULL)
WITH e(u, ts) AS (VALUES ('a', timestamp '2024-01-01 10:00'), ('a', '2024-01-01 10:10'), ('a', '2024-01-01 11:00')) SELECT u, ts, ts - lag(ts) OVER (PARTITION BY u ORDER BY ts) > interval '30 min' FROM e ORDER BY u, ts
SELECT x + 1 FROM (VALUES ('2024-01-01'), (DATE '2024-02-01'), (NULL)) v(x) ORDER BY 1
SELECT count(*) FROM (VALUES (DATE '2024-01-01'), ('2024-01-01')) v(d) GROUP BY d
SELECT DATE '2024-01-01' IN (VALUES ('2024-01-01'), (DATE '2024-01-02'))
SELECT x / 2 FROM (VALUES (1), ('3')) v(x) ORDER BY 1
SELECT o.id, v.val FROM orders o CROSS JOIN LATERAL (VALUES (o.ordered_at), ('2024-02-03'), (NULL)) v(val) WHERE o.id IN (1, 10) ORDER BY 1, 2
SELECT pg_typeof(x), x FROM (VALUES ('2.75'), (1.25)) v(x) ORDER BY x
SELECT sum(x) FROM (VALUES (1::numeric), (2.25), (3)) s(x)
SELECT avg(x), max(x) FROM (VALUES (1.5::numeric), (2.25), (3)) s(x)
VALUES (1::numeric), (NULL), (2.5)
VALUES (1.50::numeric), (2.25::numeric(10,2))
VALUES (1::numeric), (2)
-- differs type: the merged column has the type of the left side
SELECT v, x.* FROM (VALUES (1::int2), (2)) a(v) JOIN (VALUES (2::numeric, 'n')) x(v, w) USING (v)
SELECT o.id, v.kind, v.val FROM orders o CROSS JOIN LATERAL (VALUES ('amount', o.amount), ('quantity', o.quantity::numeric)) v(kind, val) WHERE o.id IN (1, 10) ORDER BY 1, 2
