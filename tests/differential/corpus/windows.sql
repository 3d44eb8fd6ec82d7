SELECT id, row_number() OVER (ORDER BY id) FROM orders ORDER BY id LIMIT 3
SELECT id, rank() OVER (ORDER BY quantity), dense_rank() OVER (ORDER BY quantity), percent_rank() OVER (ORDER BY quantity), cume_dist() OVER (ORDER BY quantity) FROM orders ORDER BY quantity, id
SELECT id, ntile(3) OVER (ORDER BY id), ntile(20) OVER (ORDER BY id) FROM orders ORDER BY id
SELECT id, lag(id) OVER (ORDER BY id), lead(id) OVER (ORDER BY id), lag(id, 2, 0::int8) OVER (ORDER BY id), lead(amount, 3) OVER (ORDER BY id) FROM orders ORDER BY id
SELECT id, lag(id, 1, -1) OVER (ORDER BY id) FROM orders ORDER BY id LIMIT 2
SELECT id, lag(id, 0) OVER (ORDER BY id), lag(id, -1) OVER (ORDER BY id) FROM orders ORDER BY id LIMIT 3
SELECT id, first_value(id) OVER w, last_value(id) OVER w, nth_value(id, 2) OVER w FROM orders WINDOW w AS (PARTITION BY channel ORDER BY id) ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY id) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (PARTITION BY channel) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (PARTITION BY channel ORDER BY id) FROM orders ORDER BY id
SELECT id, avg(quantity) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY id ROWS 2 PRECEDING) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY quantity) FROM orders ORDER BY quantity, id
SELECT id, sum(quantity) OVER (ORDER BY quantity RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders ORDER BY quantity, id
SELECT id, sum(quantity) OVER (ORDER BY quantity DESC RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM orders ORDER BY quantity, id
SELECT id, count(*) OVER (ORDER BY amount RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING) FROM orders ORDER BY id
SELECT id, count(*) OVER (ORDER BY amount RANGE BETWEEN 10.5 PRECEDING AND CURRENT ROW) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY ordered_at RANGE BETWEEN INTERVAL '30 days' PRECEDING AND CURRENT ROW) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY ordered_at RANGE BETWEEN '1 month' PRECEDING AND CURRENT ROW) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY ordered_at::date RANGE BETWEEN INTERVAL '1 month' PRECEDING AND INTERVAL '1 day' FOLLOWING) FROM orders ORDER BY id
SELECT id, sum(quantity) OVER (ORDER BY quantity GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders ORDER BY quantity, id
SELECT id, sum(quantity) OVER (ORDER BY quantity GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM orders ORDER BY quantity, id
SELECT id, sum(quantity) OVER (ORDER BY quantity GROUPS UNBOUNDED PRECEDING) FROM orders ORDER BY quantity, id
-- differs error: frames leave no rows out
SELECT id, sum(quantity) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM orders ORDER BY id
-- differs error: frames leave no rows out
SELECT id, sum(quantity) OVER (ORDER BY quantity RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES) FROM orders ORDER BY quantity, id
-- differs error: frames leave no rows out
SELECT id, sum(quantity) OVER (ORDER BY quantity RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE GROUP) FROM orders ORDER BY quantity, id
SELECT id, sum(quantity) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE NO OTHERS) FROM orders ORDER BY id
SELECT id, last_value(id) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM orders ORDER BY id LIMIT 2
SELECT id, first_value(amount) OVER (PARTITION BY customer ORDER BY ordered_at DESC) FROM orders ORDER BY id
SELECT id, count(*) OVER (PARTITION BY customer), count(amount) OVER () FROM orders ORDER BY id
SELECT id, max(ordered_at) OVER (PARTITION BY channel), min(channel) OVER () FROM orders ORDER BY id
SELECT id, sum(amount) OVER w AS running, avg(amount) OVER w FROM orders WINDOW w AS (ORDER BY id) ORDER BY id
SELECT id, sum(quantity) OVER (w ORDER BY id) FROM orders WINDOW w AS (PARTITION BY channel) ORDER BY id
SELECT id, sum(quantity) OVER (w ROWS 1 PRECEDING) FROM orders WINDOW w AS (PARTITION BY channel ORDER BY id) ORDER BY id
SELECT id, sum(quantity) OVER w2 FROM orders WINDOW w AS (PARTITION BY channel), w2 AS (w ORDER BY id) ORDER BY id
SELECT id, sum(quantity) OVER nothing FROM orders
SELECT id, sum(quantity) OVER (w PARTITION BY id) FROM orders WINDOW w AS (ORDER BY id)
SELECT id, row_number() OVER () FROM (VALUES (1)) v(id)
SELECT id, rank() OVER () FROM (VALUES (1), (2)) v(id) ORDER BY id
SELECT id, row_number() OVER (PARTITION BY channel ORDER BY amount DESC) FROM orders ORDER BY id
SELECT id, row_number() OVER (PARTITION BY channel ORDER BY amount DESC NULLS LAST, id) FROM orders ORDER BY id
SELECT * FROM (SELECT id, channel, row_number() OVER (PARTITION BY channel ORDER BY id) AS n FROM orders) s WHERE n = 1 ORDER BY id
SELECT id FROM orders ORDER BY row_number() OVER (ORDER BY id DESC) LIMIT 2
SELECT id, sum(quantity) FILTER (WHERE channel = 'web') OVER (ORDER BY id) FROM orders ORDER BY id
SELECT id, string_agg(channel, ',') OVER (ORDER BY id) FROM orders ORDER BY id LIMIT 4
SELECT id, array_agg(id) OVER (ORDER BY id ROWS 1 PRECEDING) FROM orders ORDER BY id LIMIT 3
SELECT id, bool_or(returned) OVER (ORDER BY id) FROM orders ORDER BY id
SELECT id, stddev(quantity) OVER (ORDER BY id ROWS 2 PRECEDING) FROM orders ORDER BY id LIMIT 4
SELECT id, sum(amount) OVER (ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 1 PRECEDING) FROM orders
SELECT id, sum(quantity) OVER (ORDER BY id ROWS BETWEEN -1 PRECEDING AND CURRENT ROW) FROM orders
SELECT id, sum(quantity) OVER (ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW) FROM orders
SELECT id, sum(quantity) OVER (ORDER BY id, quantity RANGE 1 PRECEDING) FROM orders
SELECT id, sum(quantity) OVER (ORDER BY channel RANGE 1 PRECEDING) FROM orders
SELECT id, sum(quantity) OVER (RANGE 1 PRECEDING) FROM orders
SELECT id, sum(quantity) OVER (GROUPS 1 PRECEDING) FROM orders
SELECT id, count(DISTINCT channel) OVER () FROM orders
SELECT id, nth_value(id, 3) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM orders ORDER BY id LIMIT 2
SELECT id, nth_value(id, 0) OVER (ORDER BY id) FROM orders
SELECT id, ntile(0) OVER (ORDER BY id) FROM orders
-- differs error: the number of groups is not NULL
SELECT id, ntile(NULL) OVER (ORDER BY id) FROM orders ORDER BY id LIMIT 1
SELECT x, sum(x) OVER (ORDER BY x) FROM (VALUES (1), (NULL), (2), (NULL)) v(x) ORDER BY x
SELECT x, sum(x) OVER (ORDER BY x NULLS FIRST), rank() OVER (ORDER BY x) FROM (VALUES (1), (NULL), (2), (NULL)) v(x) ORDER BY x
SELECT x, count(*) OVER (PARTITION BY x) FROM (VALUES (1), (NULL), (2), (NULL)) v(x) ORDER BY x
SELECT x, lag(x) IGNORE NULLS OVER (ORDER BY x) FROM (VALUES (1)) v(x)
SELECT x, sum(x) OVER (ORDER BY x RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM (VALUES (1.0::float8), (1.5), (3)) v(x) ORDER BY x
SELECT channel, sum(quantity), sum(sum(quantity)) OVER () FROM orders GROUP BY channel ORDER BY 1
SELECT id, sum(quantity) OVER (ORDER BY id) - lag(quantity, 1, 0) OVER (ORDER BY id) AS d FROM orders ORDER BY id
SELECT sum(row_number() OVER ()) FROM orders
SELECT id, lead(channel, 1, 'none') OVER (ORDER BY id) FROM orders ORDER BY id DESC LIMIT 2
SELECT id, lag(ordered_at) OVER (PARTITION BY customer ORDER BY ordered_at), ordered_at - lag(ordered_at) OVER (PARTITION BY customer ORDER BY ordered_at) AS gap FROM orders ORDER BY id
SELECT id, sum(amount) OVER (ORDER BY id), avg(amount) OVER (ORDER BY id), avg(quantity) OVER (ORDER BY id), sum(quantity::int8) OVER (ORDER BY id) FROM orders ORDER BY id LIMIT 3
WITH v(x) AS (VALUES (0.0::float8), ('-0'::float8), ('NaN')) SELECT x = 0, row_number() OVER (PARTITION BY x) FROM v ORDER BY 1, 2
WITH v(x) AS (VALUES (0.0::float8), ('-0'::float8), (1)) SELECT rank() OVER (ORDER BY x) FROM v ORDER BY 1
SELECT i, row_number() OVER (ORDER BY n <= f, i) FROM t ORDER BY 1
SELECT i, rank() OVER (ORDER BY length(s) <= 2 AND NOT upper(s) = 'A') FROM t ORDER BY 1
SELECT i, rank() OVER (PARTITION BY 5 > i + 1 ORDER BY i) FROM t ORDER BY 1
SELECT first_value('a') OVER () FROM t
SELECT lag('a') OVER (ORDER BY i) FROM t
SELECT lag(i, 1, '7') OVER (ORDER BY i) FROM t ORDER BY 1
SELECT t, count(*) OVER (ORDER BY t RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW) FROM (VALUES (time '01:00'), (time '01:30'), (time '02:15'), (time '05:00')) v (t)
SELECT t, count(*) OVER (ORDER BY t DESC RANGE BETWEEN interval '1 hour' PRECEDING AND interval '30 minutes' FOLLOWING) FROM (VALUES (time '01:00'), (time '01:30'), (time '02:15'), (time '05:00')) v (t)
SELECT t, count(*) OVER (ORDER BY t RANGE BETWEEN interval '2 hours' PRECEDING AND interval '23 hours' FOLLOWING) FROM (VALUES (time '01:00'), (time '01:30'), (time '02:15'), (time '05:00'), (NULL)) v (t)
SELECT i, count(*) OVER (ORDER BY i RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW) FROM (VALUES (interval '01:00'), (interval '01:30'), (interval '1 day')) v (i)
SELECT i, sum(i) OVER (ORDER BY tm RANGE BETWEEN interval '6 hours' PRECEDING AND interval '1 hour' FOLLOWING) FROM t
SELECT i, count(*) OVER (PARTITION BY x ORDER BY tm RANGE interval '12 hours' PRECEDING) FROM t
SELECT i, count(*) OVER (ORDER BY tm RANGE interval '-1 hours' PRECEDING) FROM t
SELECT i, count(*) OVER (ORDER BY tm RANGE 5 PRECEDING) FROM t
SELECT b, count(*) OVER (ORDER BY iv RANGE BETWEEN interval '1 day' PRECEDING AND interval '1 month' FOLLOWING) FROM (VALUES (1, interval '1 day'), (2, interval '2 days'), (3, interval '1 month'), (4, NULL)) v (b, iv)
SELECT i, sum(i) OVER w, count(*) OVER (w) FROM t WINDOW w AS (ORDER BY i RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING) ORDER BY 1
SELECT i, sum(i) OVER w FROM t WINDOW w AS (ORDER BY i ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING), u AS (ORDER BY i GROUPS 1 PRECEDING) ORDER BY 1
