-- Aggregates: names, types, empty groups, NULLs, order.
SELECT count(*), count(amount), count(DISTINCT channel), sum(quantity), avg(quantity), min(amount), max(amount) FROM orders
SELECT count(*), sum(quantity), avg(quantity), min(quantity), max(amount), bool_and(returned), string_agg(channel, ',') , array_agg(id) FROM orders WHERE false
SELECT channel, count(*) FROM orders WHERE false GROUP BY channel
SELECT channel, count(*), sum(amount), avg(amount) FROM orders GROUP BY channel ORDER BY channel
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY quantity) FROM orders
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM orders
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY quantity), percentile_disc(0.9) WITHIN GROUP (ORDER BY amount) FROM orders
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY channel), percentile_disc(0.25) WITHIN GROUP (ORDER BY ordered_at) FROM orders
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY f DESC) FROM t WHERE f = f
SELECT percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY quantity) FROM orders
SELECT percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY quantity) FROM orders
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY v) FROM (VALUES (interval '1 day'), (interval '2 days')) x(v)
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY quantity) FROM orders WHERE false
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY quantity) FROM orders WHERE false
SELECT percentile_cont(1.5) WITHIN GROUP (ORDER BY quantity) FROM orders
SELECT percentile_disc(-0.1) WITHIN GROUP (ORDER BY quantity) FROM orders
SELECT percentile_cont(NULL) WITHIN GROUP (ORDER BY quantity) FROM orders
SELECT percentile_cont(0) WITHIN GROUP (ORDER BY quantity), percentile_cont(1) WITHIN GROUP (ORDER BY quantity) FROM orders
SELECT channel, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median FROM orders GROUP BY channel ORDER BY channel
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FILTER (WHERE channel = 'web') FROM orders
SELECT percentile_disc(0) WITHIN GROUP (ORDER BY amount), percentile_disc(1) WITHIN GROUP (ORDER BY amount DESC) FROM orders
SELECT mode() WITHIN GROUP (ORDER BY channel), mode() WITHIN GROUP (ORDER BY quantity), mode() WITHIN GROUP (ORDER BY quantity DESC) FROM orders
SELECT mode() WITHIN GROUP (ORDER BY channel) FROM orders WHERE false
SELECT rank(5) WITHIN GROUP (ORDER BY quantity), dense_rank(5) WITHIN GROUP (ORDER BY quantity) FROM orders
SELECT percent_rank(3) WITHIN GROUP (ORDER BY quantity), cume_dist(3) WITHIN GROUP (ORDER BY quantity) FROM orders
SELECT rank('shop') WITHIN GROUP (ORDER BY channel DESC) FROM orders
SELECT variance(quantity), var_samp(quantity), var_pop(quantity) FROM orders
SELECT stddev(quantity), stddev_samp(quantity), stddev_pop(quantity) FROM orders
-- differs written: as many decimals as the column has
SELECT variance(amount), stddev(amount), var_pop(amount), stddev_pop(amount) FROM orders
SELECT variance(score), stddev(score), var_pop(score), stddev_pop(score) FROM people
-- differs written: as many decimals as the column has
SELECT variance(x), var_pop(x), stddev(x), stddev_pop(x) FROM (VALUES (1)) v(x)
SELECT variance(x), var_pop(x), stddev(x), stddev_pop(x) FROM (VALUES (1::float8)) v(x)
SELECT variance(x), var_pop(x) FROM (SELECT 1 AS x WHERE false) v
SELECT variance(x), stddev(x) FROM (VALUES (1), (2), (3), (4)) v(x)
SELECT variance(x), stddev(x) FROM (VALUES (2), (4), (4), (4), (5), (5), (7), (9)) v(x)
SELECT variance(x) FROM (VALUES (1e8::numeric), (100000001), (100000002)) v(x)
SELECT corr(quantity, amount), covar_pop(quantity, amount), covar_samp(quantity, amount) FROM orders
SELECT regr_slope(amount, quantity), regr_intercept(amount, quantity), regr_r2(amount, quantity), regr_count(amount, quantity) FROM orders
SELECT regr_avgx(amount, quantity), regr_avgy(amount, quantity), regr_sxx(amount, quantity), regr_syy(amount, quantity), regr_sxy(amount, quantity) FROM orders
SELECT corr(y, x), regr_r2(y, x), regr_slope(y, x), regr_intercept(y, x), regr_count(y, x) FROM (VALUES (1::float8, 2::float8)) v(y, x)
SELECT corr(y, x), regr_r2(y, x), regr_slope(y, x) FROM (VALUES (1::float8, 1::float8), (1, 2), (1, 3)) v(y, x)
SELECT corr(y, x), covar_pop(y, x), covar_samp(y, x), regr_count(y, x) FROM (SELECT 1::float8 AS y, 2::float8 AS x WHERE false) v
SELECT string_agg(channel, ',' ORDER BY id) FROM orders
SELECT string_agg(DISTINCT channel, ',' ORDER BY channel) FROM orders
SELECT string_agg(DISTINCT channel, ',' ORDER BY channel DESC) FROM orders
SELECT string_agg(channel, NULL ORDER BY id) FROM orders WHERE id < 4
SELECT string_agg(id::text, ', ' ORDER BY amount DESC NULLS LAST, id) FROM orders
SELECT string_agg(DISTINCT channel, ',' ORDER BY id) FROM orders
SELECT string_agg(city, '; ' ORDER BY city) FILTER (WHERE city <> 'Paris') FROM people
SELECT array_agg(id ORDER BY id DESC) FROM orders WHERE id < 4
SELECT array_agg(channel ORDER BY id) FROM orders
SELECT array_agg(DISTINCT channel ORDER BY channel) FROM orders
SELECT array_agg(DISTINCT quantity) FROM orders
SELECT array_agg(city ORDER BY city NULLS FIRST) FROM people
SELECT array_agg(id) FILTER (WHERE id > 100) FROM orders
SELECT customer, array_agg(id ORDER BY id) FROM orders GROUP BY customer ORDER BY customer
SELECT bool_and(returned), bool_or(returned), every(returned) FROM orders
SELECT bool_and(x), bool_or(x) FROM (VALUES (true), (NULL)) v(x)
SELECT bool_and(x), bool_or(x), every(x) FROM (VALUES (NULL::boolean)) v(x)
SELECT bit_and(quantity), bit_or(quantity), bit_xor(quantity) FROM orders
SELECT bit_and(x), bit_or(x), bit_xor(x) FROM (SELECT 1 AS x WHERE false) v
SELECT bit_and(x), bit_or(x), bit_xor(x) FROM (VALUES (12), (10), (NULL)) v(x)
SELECT count(*) FILTER (WHERE amount > 50), sum(amount) FILTER (WHERE channel = 'web'), avg(amount) FILTER (WHERE false) FROM orders
SELECT min(channel), max(channel), min(ordered_at), max(ordered_at), min(returned::text) FROM orders
SELECT min(x), max(x) FROM (VALUES (ARRAY[1,2]), (ARRAY[1,3]), (ARRAY[0,9,9])) v(x)
SELECT min(x), max(x) FROM (VALUES (TIME '10:00'), (TIME '09:00')) v(x)
SELECT min(f), max(f), sum(f), avg(f) FROM t
SELECT min(r), max(r), sum(r), avg(r) FROM t
SELECT max(x), min(x) FROM (VALUES ('NaN'::float8), (1), ('Infinity')) v(x)
SELECT sum(b), avg(b), sum(k), avg(k), sum(n), avg(n) FROM t
SELECT min(x) FROM (VALUES (true), (false)) v(x)
SELECT max(returned) FROM orders
SELECT sum(channel) FROM orders
SELECT avg(ordered_at) FROM orders
SELECT sum(sum(quantity)) FROM orders
SELECT count(count(*)) FROM orders
SELECT channel, sum(amount) FROM orders
SELECT count(*) FROM orders WHERE count(*) > 1
SELECT max(quantity) FROM orders HAVING count(*) > 100
SELECT channel, count(*) FROM orders GROUP BY channel HAVING count(*) > 4 ORDER BY 2 DESC
SELECT count(DISTINCT (channel, returned)) FROM orders
SELECT sum(DISTINCT quantity), avg(DISTINCT quantity), count(DISTINCT quantity) FROM orders
SELECT id, sum(amount) OVER (ORDER BY id) FROM orders ORDER BY id
SELECT id, avg(quantity) OVER (PARTITION BY channel) FROM orders ORDER BY id
SELECT id, count(*) OVER (), max(amount) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM orders ORDER BY id
SELECT id, string_agg(channel, ',') OVER (ORDER BY id) FROM orders WHERE id <= 4 ORDER BY id
SELECT id, array_agg(id) OVER (ORDER BY id ROWS 2 PRECEDING) FROM orders WHERE id <= 4 ORDER BY id
SELECT id, stddev(quantity) OVER (ORDER BY id ROWS 2 PRECEDING) FROM orders WHERE id <= 5 ORDER BY id
SELECT id, bool_or(returned) OVER (ORDER BY id) FROM orders ORDER BY id
SELECT id, sum(amount) FILTER (WHERE channel = 'web') OVER (ORDER BY id) FROM orders ORDER BY id
SELECT id, avg(amount) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM orders ORDER BY id
SELECT id, row_number() OVER (ORDER BY amount DESC), rank() OVER (ORDER BY quantity), dense_rank() OVER (ORDER BY quantity) FROM orders ORDER BY id
SELECT id, ntile(4) OVER (ORDER BY id), percent_rank() OVER (ORDER BY quantity), cume_dist() OVER (ORDER BY quantity) FROM orders ORDER BY id
-- differs written: as many decimals as the column has
SELECT id, lag(amount) OVER w, lead(amount, 2) OVER w, lag(amount, 1, 0) OVER w, first_value(amount) OVER w, last_value(amount) OVER w, nth_value(amount, 2) OVER w FROM orders WINDOW w AS (ORDER BY id) ORDER BY id
SELECT id, ntile(0) OVER (ORDER BY id) FROM orders
SELECT array_agg(x), array_agg(x ORDER BY x) FROM (VALUES (1), (NULL), (2)) v(x)
SELECT array_agg(ARRAY[x, x + 1] ORDER BY x) FROM (VALUES (1), (5)) v(x)
SELECT any_value(1)
SELECT string_agg(x::text, '') FROM (VALUES (1), (2)) v(x)
SELECT string_agg(quantity, ',') FROM orders
SELECT string_agg(channel) FROM orders
SELECT count(channel, id) FROM orders
SELECT count() FROM orders
-- differs sqlstate: another SQLSTATE
SELECT sum(*) FROM orders
SELECT median(quantity) FROM orders
SELECT sum(x) FROM (VALUES (9223372036854775807), (1)) v(x)
SELECT sum(x), pg_typeof(sum(x)) FROM (VALUES (2147483647), (1)) v(x)
SELECT sum(x), avg(x), pg_typeof(sum(x)), pg_typeof(avg(x)) FROM (VALUES (1.5::float4), (2.5)) v(x)
SELECT avg(x) FROM (VALUES (1), (2), (2)) v(x)
SELECT stddev(x), variance(x) FROM (VALUES ('NaN'::float8), (1)) v(x)
SELECT stddev(x), variance(x), avg(x), sum(x) FROM (VALUES ('Infinity'::float8), (1)) v(x)
SELECT grouping(channel), channel, count(*) FROM orders GROUP BY ROLLUP (channel) ORDER BY 1, 2
SELECT count(*) AS n, sum(amount) FROM orders GROUP BY ()
SELECT channel, returned, count(*) FROM orders GROUP BY GROUPING SETS ((channel), (returned), ()) ORDER BY 1, 2, 3
SELECT approx_distinct(channel) FROM orders
SELECT first_value(id) FROM orders
SELECT json_agg(x) FROM (VALUES (1), (2)) v(x)
SELECT customer, string_agg(DISTINCT channel, '|') FROM orders GROUP BY customer ORDER BY customer
SELECT channel, mode() WITHIN GROUP (ORDER BY quantity), percentile_disc(0.5) WITHIN GROUP (ORDER BY ordered_at) FROM orders GROUP BY channel ORDER BY channel
SELECT channel, percentile_cont(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY amount) FROM orders GROUP BY channel ORDER BY channel
SELECT id, variance(quantity) OVER (PARTITION BY channel ORDER BY id) FROM orders ORDER BY id
SELECT rank(100.0) WITHIN GROUP (ORDER BY amount DESC), cume_dist(0) WITHIN GROUP (ORDER BY amount) FROM orders
SELECT count(DISTINCT x), array_agg(DISTINCT x + 1) FROM (VALUES (0.0::float8), ('-0'::float8), ('NaN')) v(x)
SELECT count(DISTINCT x) FROM (VALUES (0.0::float4), ('-0'::float4)) v(x)
SELECT count(DISTINCT round(f)) FROM t
SELECT string_agg(s, ',' ORDER BY length(s) <= 1, s) FROM t
