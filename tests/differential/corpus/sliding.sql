SELECT i, bool_and(x) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t ORDER BY i
SELECT i, bool_or(x) OVER (ORDER BY i ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING), every(x) OVER (ORDER BY i ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM t ORDER BY i
SELECT i, string_agg(s, ',') OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t ORDER BY i
SELECT i, string_agg(s, '|') OVER (PARTITION BY x ORDER BY i ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM t ORDER BY i
SELECT y, bool_or(x > 2) OVER (ORDER BY y ROWS 1 PRECEDING), array_agg(x) OVER (ORDER BY y ROWS 1 PRECEDING) FROM (VALUES (1, 1), (NULL, 2), (3, 3), (3, 4)) v(x, y) ORDER BY 1
SELECT i, bool_and(x) OVER (ORDER BY i RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING), bool_or(x) OVER (ORDER BY i GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t ORDER BY i
SELECT string_agg(s, '|' ORDER BY s DESC), string_agg(DISTINCT x::text, ','), string_agg(i::text, '' ORDER BY i) FILTER (WHERE i % 2 = 0), string_agg(s, NULL ORDER BY i) FROM t
SELECT string_agg(i::text, ',' ORDER BY i), string_agg(i::text, ',' ORDER BY i::text DESC) FROM t
SELECT channel, array_agg(id ORDER BY amount DESC NULLS LAST, id), array_agg(id ORDER BY id), string_agg(quantity::text, '-' ORDER BY quantity, id) FROM orders GROUP BY channel ORDER BY channel
SELECT array_agg(id ORDER BY id DESC) FILTER (WHERE amount > 1000), array_agg(id ORDER BY id) FROM orders
SELECT array_agg(amount ORDER BY amount DESC), array_agg(channel ORDER BY channel NULLS FIRST), array_agg(DISTINCT channel ORDER BY channel) FROM orders
SELECT count(*), json_agg(id ORDER BY id DESC), array_agg(id ORDER BY id), max(amount) FROM orders WHERE id < 4
SELECT i, lag(i, i) OVER (ORDER BY i), lead(i, k::int, -1) OVER (ORDER BY i) FROM t WHERE i < 5 ORDER BY i
SELECT i, lag(s, 1, 'x' || i) OVER (ORDER BY i), lead(i, i - 2, i * 10) OVER (PARTITION BY x ORDER BY i) FROM t ORDER BY i
-- differs written: a numeric has as many decimals as its column, PostgreSQL's as its value
SELECT i, lag(n, 1, i) OVER (ORDER BY i DESC), lag(d, i % 3) OVER (ORDER BY i) FROM t ORDER BY i
