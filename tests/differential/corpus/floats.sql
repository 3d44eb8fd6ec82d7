SELECT '1e400'::float8
SELECT '1e-400'::float8
SELECT '1e-46'::float4
SELECT 1e39::real
SELECT 1e309::float8
SELECT -1e309::float8
SELECT ' 1.5 '::float8, 'nan'::float8, 'INF'::float8, '-infinity'::real, '+1e5'::float8, '.5'::float8, '5.'::float8, '1e-320'::float8, '1e-45'::real
SELECT 'abc'::float8
SELECT ''::float8
SELECT '1.5x'::float8
SELECT f > '1.5', r < '2' FROM t ORDER BY i
SELECT f > 'x' FROM t
SELECT (x || 'e400')::float8 FROM (VALUES ('1')) v(x)
SELECT (x || 'e38')::real FROM (VALUES ('9')) v(x)
SELECT x::float8 FROM (VALUES ('1'), (' 2.5 '), ('NaN'), (NULL)) v(x)
SELECT sum(x::real) FROM (VALUES (3e38), (3e38)) v(x)
SELECT sum(f), avg(f), stddev(f) FROM t
SELECT sum(x), avg(x), var_pop(x) FROM (VALUES (1::float8), ('Infinity')) v(x)
SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY i) FROM t
SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY i DESC) FROM t
SELECT channel, percentile_cont(0.95) WITHIN GROUP (ORDER BY amount), percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FILTER (WHERE quantity > 1), percentile_cont(ARRAY[0.1,0.95]) WITHIN GROUP (ORDER BY amount) FROM orders GROUP BY channel ORDER BY 1
SELECT percentile_cont(0.37) WITHIN GROUP (ORDER BY r), percentile_cont(0.37) WITHIN GROUP (ORDER BY f), percentile_cont(0.9) WITHIN GROUP (ORDER BY k) FROM t
SELECT pg_typeof(percentile_cont(0.37) WITHIN GROUP (ORDER BY r)) FROM t
SELECT percentile_cont(0.3) WITHIN GROUP (ORDER BY ts - timestamp '2024-01-01') FROM t
SELECT percentile_cont(0.3) WITHIN GROUP (ORDER BY s) FROM t
SELECT percentile_cont(0.3) WITHIN GROUP (ORDER BY ts) FROM t
SELECT percentile_cont(1.5) WITHIN GROUP (ORDER BY i) FROM t
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY i) OVER () FROM t
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY i) FROM t WHERE false
SELECT percentile_cont(NULL) WITHIN GROUP (ORDER BY i) FROM t
SELECT percentile_cont(DISTINCT 0.5) WITHIN GROUP (ORDER BY i) FROM t
SELECT percentile_cont(i, 0.5) FROM t
SELECT percentile_cont(0.5) FROM t
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY i), mode() WITHIN GROUP (ORDER BY k) FROM t
SELECT percentile_cont(1) WITHIN GROUP (ORDER BY i), percentile_cont(0) WITHIN GROUP (ORDER BY i) FROM t
SELECT percentile_cont(0.25 + 0.25) WITHIN GROUP (ORDER BY i) FROM t
SELECT i, sum(f) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), avg(f) OVER (ORDER BY i ROWS 2 PRECEDING), variance(f) OVER (ORDER BY i ROWS 2 PRECEDING), stddev_pop(r) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), sum(r) OVER (ORDER BY i ROWS 1 PRECEDING) FROM t ORDER BY i
SELECT i, corr(f, i) OVER (ORDER BY i ROWS 3 PRECEDING), covar_samp(i, b) OVER (ORDER BY i ROWS 2 PRECEDING), regr_slope(n, i) OVER (ORDER BY i ROWS 3 PRECEDING), regr_r2(i, k) OVER (ORDER BY i ROWS 3 PRECEDING), regr_count(i, k) OVER (ORDER BY i ROWS 3 PRECEDING), regr_intercept(n, i) OVER (ORDER BY i ROWS 3 PRECEDING), regr_avgx(n, i) OVER (ORDER BY i ROWS 3 PRECEDING), regr_sxx(n, i) OVER (ORDER BY i ROWS 3 PRECEDING) FROM t WHERE i NOT IN (5, 7) ORDER BY i
SELECT y, sum(x) OVER (ORDER BY y ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), avg(x) OVER (ORDER BY y ROWS 1 PRECEDING), sum(x) OVER (ORDER BY y ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM (VALUES (1, 'NaN'::float8), (2, 1), (3, 2), (4, 3)) v(y, x) ORDER BY y
SELECT y, sum(x) OVER (ORDER BY y ROWS 1 PRECEDING), avg(x) OVER (ORDER BY y ROWS 1 PRECEDING), stddev(x) OVER (ORDER BY y ROWS 1 PRECEDING) FROM (VALUES (1, 1e20::float8), (2, 1), (3, 2), (4, 1e16), (5, 1), (6, 2)) v(y, x) ORDER BY y
SELECT y, sum(x) FILTER (WHERE y <> 2) OVER (ORDER BY y ROWS 1 PRECEDING), sum(x) OVER (ORDER BY y RANGE 1 PRECEDING), sum(x) OVER (ORDER BY y GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING), sum(x) OVER (), avg(x) OVER (ORDER BY y) FROM (VALUES (1, 1e20::float8), (2, 1), (3, 2), (4, NULL), (7, 1), (8, 2)) v(y, x) ORDER BY y
SELECT y, sum(x) OVER (ORDER BY y ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING), avg(x) OVER (ORDER BY y DESC ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING) FROM (VALUES (1, 1e20::float8), (2, 1), (3, 2), (4, NULL), (7, 1), (8, 2)) v(y, x) ORDER BY y
SELECT sum(x::float8) FROM (VALUES ('1e308'), ('1e308')) v(x)
SELECT sum(DISTINCT x::real) FROM (VALUES (1.5), (1.5), (2)) v(x)
SELECT sum(DISTINCT x::float8) FROM (VALUES (1.5), (1.5), (2)) v(x)
SELECT y % 2, sum(x::real) FROM (VALUES (1, '3e38'), (3, '3e38')) v(y, x) GROUP BY 1
SELECT sum(x) FROM (VALUES (1::real), ('Infinity'), (2)) v(x)
SELECT i % 2, percentile_cont(0.95) WITHIN GROUP (ORDER BY n), percentile_cont(0.05) WITHIN GROUP (ORDER BY b DESC) FROM t GROUP BY 1 ORDER BY 1
SELECT f FROM t INTERSECT SELECT f FROM t WHERE f = 'NaN'
SELECT f FROM t WHERE f = 'NaN' INTERSECT SELECT f FROM t
SELECT f, i FROM t INTERSECT SELECT f, i FROM t WHERE f = 'NaN'
SELECT f FROM t INTERSECT ALL SELECT f FROM t WHERE f = 'NaN'
SELECT f FROM t EXCEPT SELECT f FROM t WHERE f = 'NaN' ORDER BY 1
