-- Everyday expressions.
SELECT i+b FROM t ORDER BY i
SELECT i*n FROM t ORDER BY i
SELECT n/3 FROM t ORDER BY i
SELECT n*n FROM t ORDER BY i
SELECT i/2 FROM t ORDER BY i
SELECT i%2 FROM t ORDER BY i
SELECT -i FROM t ORDER BY i
SELECT f/3 FROM t ORDER BY i
SELECT n+f FROM t ORDER BY i
SELECT i+f FROM t ORDER BY i
SELECT b*2.5 FROM t ORDER BY i
SELECT n%1 FROM t ORDER BY i
SELECT round(n) FROM t ORDER BY i
SELECT round(n,1) FROM t ORDER BY i
SELECT round(f) FROM t ORDER BY i
SELECT trunc(n) FROM t ORDER BY i
SELECT trunc(n,1) FROM t ORDER BY i
SELECT ceil(n) FROM t ORDER BY i
SELECT floor(n) FROM t ORDER BY i
SELECT ceil(f) FROM t ORDER BY i
SELECT abs(-n) FROM t ORDER BY i
SELECT abs(-i) FROM t ORDER BY i
SELECT power(2,10) FROM t ORDER BY i
SELECT power(n,2) FROM t ORDER BY i
SELECT sqrt(n) FROM t ORDER BY i
SELECT 2^10 FROM t ORDER BY i
SELECT n^2 FROM t ORDER BY i
SELECT mod(i,2) FROM t ORDER BY i
SELECT div(7,2) FROM t ORDER BY i
SELECT sign(n) FROM t ORDER BY i
-- differs written: a numeric has as many decimals as its column
SELECT greatest(i,n) FROM t ORDER BY i
SELECT least(i,b) FROM t ORDER BY i
-- differs written: a numeric has as many decimals as its column
SELECT coalesce(n,0) FROM t ORDER BY i
SELECT coalesce(b,0) FROM t ORDER BY i
SELECT nullif(i,1) FROM t ORDER BY i
-- differs written: a numeric has as many decimals as its column
SELECT case when i=1 then 1 else 2.5 end FROM t ORDER BY i
-- differs written: a numeric has as many decimals as its column
SELECT case when i=1 then n else 0 end FROM t ORDER BY i
SELECT i::numeric FROM t ORDER BY i
SELECT n::int FROM t ORDER BY i
SELECT n::float8 FROM t ORDER BY i
SELECT f::int FROM t ORDER BY i
-- differs error: numeric has no NaN
SELECT f::numeric FROM t ORDER BY i
SELECT i::text FROM t ORDER BY i
SELECT n::text FROM t ORDER BY i
SELECT f::text FROM t ORDER BY i
SELECT x::int FROM t ORDER BY i
SELECT x::text FROM t ORDER BY i
SELECT '12'::int+1 FROM t ORDER BY i
SELECT '1.5'::numeric*2 FROM t ORDER BY i
SELECT d+1 FROM t ORDER BY i
SELECT d-1 FROM t ORDER BY i
SELECT d - DATE '2024-01-01' FROM t ORDER BY i
SELECT d + interval '1 month' FROM t ORDER BY i
SELECT ts - ts FROM t ORDER BY i
SELECT ts + interval '1 day' FROM t ORDER BY i
SELECT extract(year from d) FROM t ORDER BY i
SELECT extract(epoch from ts) FROM t ORDER BY i
SELECT extract(second from ts) FROM t ORDER BY i
SELECT date_part('month',ts) FROM t ORDER BY i
SELECT date_trunc('month',ts) FROM t ORDER BY i
SELECT to_char(d,'YYYY-MM') FROM t ORDER BY i
SELECT to_char(n,'999.99') FROM t ORDER BY i
SELECT age(ts, TIMESTAMP '2023-01-01') FROM t ORDER BY i
SELECT s||i FROM t ORDER BY i
SELECT s||n FROM t ORDER BY i
SELECT length(s) FROM t ORDER BY i
SELECT upper(s) FROM t ORDER BY i
SELECT lower(s) FROM t ORDER BY i
SELECT substr(s,2) FROM t ORDER BY i
SELECT substring(s from 2 for 1) FROM t ORDER BY i
SELECT position('b' in s) FROM t ORDER BY i
SELECT left(s,2) FROM t ORDER BY i
SELECT right(s,1) FROM t ORDER BY i
SELECT replace(s,'b','x') FROM t ORDER BY i
SELECT split_part('a,b',',',2) FROM t ORDER BY i
SELECT lpad(s,5,'*') FROM t ORDER BY i
SELECT repeat(s,2) FROM t ORDER BY i
SELECT reverse(s) FROM t ORDER BY i
SELECT initcap(s) FROM t ORDER BY i
SELECT concat(s,i) FROM t ORDER BY i
SELECT concat_ws('-',s,i) FROM t ORDER BY i
SELECT s like 'a%' FROM t ORDER BY i
SELECT s ilike 'b%' FROM t ORDER BY i
SELECT s ~ '^a' FROM t ORDER BY i
SELECT s similar to '(a|b)%' FROM t ORDER BY i
SELECT i between 1 and 2 FROM t ORDER BY i
SELECT i in (1,2) FROM t ORDER BY i
SELECT s is null FROM t ORDER BY i
SELECT i is distinct from b FROM t ORDER BY i
SELECT not x FROM t ORDER BY i
SELECT x and null FROM t ORDER BY i
SELECT 1 = any(array[2,null]) FROM t ORDER BY i
SELECT array[1,2,3] FROM t ORDER BY i
SELECT (array[1,2,3])[2] FROM t ORDER BY i
SELECT array[i,2] FROM t ORDER BY i
SELECT i::float8/3 FROM t ORDER BY i
SELECT 1/3.0*3 FROM t ORDER BY i
SELECT 0.1+0.2 FROM t ORDER BY i
SELECT 1e3 FROM t ORDER BY i
SELECT 1e-3 FROM t ORDER BY i
SELECT 100000000000 FROM t ORDER BY i
SELECT 1.10 FROM t ORDER BY i
SELECT 'a'||null FROM t ORDER BY i
SELECT md5(s) FROM t ORDER BY i
SELECT ascii(s) FROM t ORDER BY i
SELECT chr(65) FROM t ORDER BY i
SELECT strpos(s,'b') FROM t ORDER BY i
SELECT translate(s,'ab','xy') FROM t ORDER BY i
SELECT btrim('  a ') FROM t ORDER BY i
SELECT to_date('2024-01-05','YYYY-MM-DD') FROM t ORDER BY i
SELECT make_date(2024,1,5) FROM t ORDER BY i
SELECT width_bucket(n,0,10,5) FROM t ORDER BY i
SELECT log(100) FROM t ORDER BY i
SELECT ln(f+5) FROM t ORDER BY i
SELECT exp(1) FROM t ORDER BY i
SELECT pi() FROM t ORDER BY i
SELECT random()<1 FROM t ORDER BY i
SELECT gcd(12,18) FROM t ORDER BY i
SELECT factorial(5) FROM t ORDER BY i
SELECT degrees(1) FROM t ORDER BY i
SELECT bit_length(s) FROM t ORDER BY i
SELECT octet_length(s) FROM t ORDER BY i
SELECT overlay(s placing 'x' from 2) FROM t ORDER BY i
SELECT regexp_replace(s,'b','x') FROM t ORDER BY i
SELECT quote_literal(s) FROM t ORDER BY i
SELECT format('%s-%s',s,i) FROM t ORDER BY i
SELECT current_date = current_date FROM t ORDER BY i
SELECT d::text FROM t ORDER BY i
SELECT ts::text FROM t ORDER BY i
SELECT ts::date FROM t ORDER BY i
SELECT d::timestamp FROM t ORDER BY i
SELECT interval '1 day 2 hours' FROM t ORDER BY i
SELECT interval '90 minutes' FROM t ORDER BY i
SELECT justify_hours(interval '30 hours') FROM t ORDER BY i
SELECT n > f FROM t ORDER BY i
SELECT b > n FROM t ORDER BY i
SELECT i = n FROM t ORDER BY i
SELECT i::bool FROM t ORDER BY i
SELECT null FROM t ORDER BY i
SELECT '' FROM t ORDER BY i
SELECT (i, b) = (1, 10) FROM t ORDER BY i
SELECT row(1,2) FROM t ORDER BY i
SELECT count(*) FROM t
SELECT count(b) FROM t
SELECT sum(i) FROM t
SELECT sum(b) FROM t
SELECT sum(n) FROM t
SELECT sum(f) FROM t
SELECT avg(i) FROM t
SELECT avg(b) FROM t
SELECT avg(n) FROM t
SELECT avg(f) FROM t
SELECT min(s) FROM t
SELECT max(d) FROM t
SELECT stddev(i) FROM t
-- differs written: zeros behind
SELECT stddev(n) FROM t
SELECT variance(f) FROM t
SELECT bool_and(x) FROM t
SELECT bool_or(x) FROM t
SELECT string_agg(s, ',' order by s) FROM t
SELECT array_agg(i order by i) FROM t
SELECT percentile_cont(0.5) within group (order by f) FROM t
SELECT percentile_disc(0.5) within group (order by i) FROM t
SELECT mode() within group (order by s) FROM t
-- differs value: corr of NaN is NULL
SELECT corr(i,f) FROM t
SELECT sum(i)/count(*) FROM t
SELECT sum(n)/count(*) FROM t
SELECT 100.0*count(b)/count(*) FROM t
SELECT sum(i)::float8/count(*) FROM t
SELECT avg(n)*2 FROM t
SELECT round(avg(n),2) FROM t
SELECT count(*) filter (where x) FROM t
SELECT sum(case when x then 1 else 0 end) FROM t
SELECT max(n)-min(n) FROM t
SELECT every(x) FROM t
SELECT sum(b)*1.5 FROM t
-- differs written: a numeric has as many decimals as its column
SELECT avg(i)+avg(n) FROM t
SELECT count(distinct i) FROM t
SELECT sum(distinct n) FROM t
SELECT 1.25 < customer::numeric * 100.00, customer::numeric * 100.00 + 1.2 FROM orders ORDER BY id
SELECT nullif(-0.0::float8, 0.0::float8), nullif(0::float8, -(0::float8)), nullif('NaN'::float8, 'NaN'), nullif(1.5::float8, 2.5::float8), nullif(0::real, -(0::real))
SELECT t.i, nullif(t.f, -(t.f)), nullif(t.f, 2.5::float8), coalesce(nullif(t.f, 0::float8), 7) FROM t ORDER BY t.i
