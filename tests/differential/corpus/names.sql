SELECT anti.a FROM (SELECT 1 AS a) anti
SELECT 1 anti
SELECT anti, q.anti FROM (SELECT 1 AS "anti") q WHERE anti = 1
SELECT asof.a FROM (SELECT 1 AS a) asof
SELECT 1 asof
SELECT asof, q.asof FROM (SELECT 1 AS "asof") q WHERE asof = 1
SELECT cluster.a FROM (SELECT 1 AS a) cluster
SELECT 1 cluster
SELECT cluster, q.cluster FROM (SELECT 1 AS "cluster") q WHERE cluster = 1
SELECT connect.a FROM (SELECT 1 AS a) connect
SELECT 1 connect
SELECT connect, q.connect FROM (SELECT 1 AS "connect") q WHERE connect = 1
SELECT distribute.a FROM (SELECT 1 AS a) distribute
SELECT 1 distribute
SELECT distribute, q.distribute FROM (SELECT 1 AS "distribute") q WHERE distribute = 1
SELECT exclude.a FROM (SELECT 1 AS a) exclude
SELECT 1 exclude
SELECT exclude, q.exclude FROM (SELECT 1 AS "exclude") q WHERE exclude = 1
SELECT explain.a FROM (SELECT 1 AS a) explain
SELECT 1 explain
SELECT explain, q.explain FROM (SELECT 1 AS "explain") q WHERE explain = 1
SELECT format.a FROM (SELECT 1 AS a) format
SELECT 1 format
SELECT format, q.format FROM (SELECT 1 AS "format") q WHERE format = 1
SELECT global.a FROM (SELECT 1 AS a) global
SELECT 1 global
SELECT global, q.global FROM (SELECT 1 AS "global") q WHERE global = 1
SELECT match_recognize.a FROM (SELECT 1 AS a) match_recognize
SELECT 1 match_recognize
SELECT match_recognize, q.match_recognize FROM (SELECT 1 AS "match_recognize") q WHERE match_recognize = 1
SELECT minus.a FROM (SELECT 1 AS a) minus
SELECT 1 minus
SELECT minus, q.minus FROM (SELECT 1 AS "minus") q WHERE minus = 1
SELECT open.a FROM (SELECT 1 AS a) open
SELECT 1 open
SELECT open, q.open FROM (SELECT 1 AS "open") q WHERE open = 1
SELECT output.a FROM (SELECT 1 AS a) output
SELECT 1 output
SELECT output, q.output FROM (SELECT 1 AS "output") q WHERE output = 1
SELECT partition.a FROM (SELECT 1 AS a) partition
SELECT 1 partition
SELECT partition, q.partition FROM (SELECT 1 AS "partition") q WHERE partition = 1
SELECT pivot.a FROM (SELECT 1 AS a) pivot
SELECT 1 pivot
SELECT pivot, q.pivot FROM (SELECT 1 AS "pivot") q WHERE pivot = 1
SELECT prewhere.a FROM (SELECT 1 AS a) prewhere
SELECT 1 prewhere
SELECT prewhere, q.prewhere FROM (SELECT 1 AS "prewhere") q WHERE prewhere = 1
SELECT qualify.a FROM (SELECT 1 AS a) qualify
SELECT 1 qualify
SELECT qualify, q.qualify FROM (SELECT 1 AS "qualify") q WHERE qualify = 1
SELECT sample.a FROM (SELECT 1 AS a) sample
SELECT 1 sample
SELECT sample, q.sample FROM (SELECT 1 AS "sample") q WHERE sample = 1
SELECT semi.a FROM (SELECT 1 AS a) semi
SELECT 1 semi
SELECT semi, q.semi FROM (SELECT 1 AS "semi") q WHERE semi = 1
SELECT set.a FROM (SELECT 1 AS a) set
SELECT 1 set
SELECT set, q.set FROM (SELECT 1 AS "set") q WHERE set = 1
SELECT settings.a FROM (SELECT 1 AS a) settings
SELECT 1 settings
SELECT settings, q.settings FROM (SELECT 1 AS "settings") q WHERE settings = 1
SELECT sort.a FROM (SELECT 1 AS a) sort
SELECT 1 sort
SELECT sort, q.sort FROM (SELECT 1 AS "sort") q WHERE sort = 1
SELECT start.a FROM (SELECT 1 AS a) start
SELECT 1 start
SELECT start, q.start FROM (SELECT 1 AS "start") q WHERE start = 1
SELECT top.a FROM (SELECT 1 AS a) top
SELECT 1 top
SELECT top, q.top FROM (SELECT 1 AS "top") q WHERE top = 1
SELECT view.a FROM (SELECT 1 AS a) view
SELECT 1 view
SELECT view, q.view FROM (SELECT 1 AS "view") q WHERE view = 1
SELECT exists.a FROM (SELECT 1 AS a) exists
SELECT 1 exists
SELECT exists, q.exists FROM (SELECT 1 AS "exists") q WHERE exists = 1
SELECT trim.a FROM (SELECT 1 AS a) trim
SELECT 1 trim
SELECT trim, q.trim FROM (SELECT 1 AS "trim") q WHERE trim = 1
SELECT cube.a FROM (SELECT 1 AS a) cube
SELECT 1 cube
SELECT cube, q.cube FROM (SELECT 1 AS "cube") q WHERE cube = 1
SELECT rollup.a FROM (SELECT 1 AS a) rollup
SELECT 1 rollup
SELECT rollup, q.rollup FROM (SELECT 1 AS "rollup") q WHERE rollup = 1
SELECT top.i FROM t top JOIN people sort ON sort.id = top.i WHERE top.i < 3 ORDER BY 1
SELECT top + 1 FROM (VALUES (1)) v(top)
SELECT EXISTS (SELECT 1), trim(' a ')
SELECT 1 array
SELECT 1 window
SELECT 1 to
SELECT 1 on
SELECT FROM WHERE
SELECT a FROM (SELECT 1 AS a) AS all
SELECT a FROM (SELECT 1 AS a) AS analyse
SELECT a FROM (SELECT 1 AS a) AS and
SELECT a FROM (SELECT 1 AS a) AS any
SELECT a FROM (SELECT 1 AS a) AS asc
SELECT a FROM (SELECT 1 AS a) AS both
SELECT a FROM (SELECT 1 AS a) AS case
SELECT a FROM (SELECT 1 AS a) AS check
SELECT a FROM (SELECT 1 AS a) AS collation
SELECT a FROM (SELECT 1 AS a) AS column
SELECT a FROM (SELECT 1 AS a) AS constraint
SELECT a FROM (SELECT 1 AS a) AS create
SELECT a FROM (SELECT 1 AS a) AS default
SELECT a FROM (SELECT 1 AS a) AS desc
SELECT a FROM (SELECT 1 AS a) AS do
SELECT a FROM (SELECT 1 AS a) AS else
SELECT a FROM (SELECT 1 AS a) AS end
SELECT a FROM (SELECT 1 AS a) AS foreign
SELECT a FROM (SELECT 1 AS a) AS freeze
SELECT a FROM (SELECT 1 AS a) AS grant
SELECT a FROM (SELECT 1 AS a) AS ilike
SELECT a FROM (SELECT 1 AS a) AS in
SELECT a FROM (SELECT 1 AS a) AS initially
SELECT a FROM (SELECT 1 AS a) AS into
SELECT a FROM (SELECT 1 AS a) AS is
SELECT a FROM (SELECT 1 AS a) AS leading
SELECT a FROM (SELECT 1 AS a) AS like
SELECT a FROM (SELECT 1 AS a) AS notnull
SELECT a FROM (SELECT 1 AS a) AS null
SELECT a FROM (SELECT 1 AS a) AS only
SELECT a FROM (SELECT 1 AS a) AS or
SELECT a FROM (SELECT 1 AS a) AS overlaps
SELECT a FROM (SELECT 1 AS a) AS placing
SELECT a FROM (SELECT 1 AS a) AS primary
SELECT a FROM (SELECT 1 AS a) AS references
SELECT a FROM (SELECT 1 AS a) AS similar
SELECT a FROM (SELECT 1 AS a) AS some
SELECT a FROM (SELECT 1 AS a) AS symmetric
SELECT a FROM (SELECT 1 AS a) AS table
SELECT a FROM (SELECT 1 AS a) AS then
SELECT a FROM (SELECT 1 AS a) AS to
SELECT a FROM (SELECT 1 AS a) AS trailing
SELECT a FROM (SELECT 1 AS a) AS unique
SELECT a FROM (SELECT 1 AS a) AS user
SELECT a FROM (SELECT 1 AS a) AS variadic
SELECT a FROM (SELECT 1 AS a) AS verbose
SELECT a FROM (SELECT 1 AS a) AS when
SELECT a FROM (SELECT 1 AS a) AS with
SELECT left + 1 FROM (SELECT 1 AS "left") q
SELECT 1 AS left
WITH left AS (SELECT 1) SELECT 1
SELECT * FROM (VALUES (1)) v(left)
SELECT authorization + 1 FROM (SELECT 1 AS "authorization") q
SELECT 1 AS authorization
WITH authorization AS (SELECT 1) SELECT 1
SELECT * FROM (VALUES (1)) v(authorization)
SELECT collation + 1 FROM (SELECT 1 AS "collation") q
SELECT 1 AS collation
WITH collation AS (SELECT 1) SELECT 1
SELECT * FROM (VALUES (1)) v(collation)
SELECT end + 1 FROM (SELECT 1 AS "end") q
SELECT 1 AS end
WITH end AS (SELECT 1) SELECT 1
SELECT * FROM (VALUES (1)) v(end)
SELECT desc + 1 FROM (SELECT 1 AS "desc") q
SELECT 1 AS desc
WITH desc AS (SELECT 1) SELECT 1
SELECT * FROM (VALUES (1)) v(desc)
SELECT primary + 1 FROM (SELECT 1 AS "primary") q
SELECT 1 AS primary
WITH primary AS (SELECT 1) SELECT 1
SELECT * FROM (VALUES (1)) v(primary)
SELECT references + 1 FROM (SELECT 1 AS "references") q
SELECT 1 AS references
WITH references AS (SELECT 1) SELECT 1
SELECT * FROM (VALUES (1)) v(references)
SELECT table + 1 FROM (SELECT 1 AS "table") q
SELECT 1 AS table
WITH table AS (SELECT 1) SELECT 1
SELECT * FROM (VALUES (1)) v(table)
SELECT order + 1 FROM (SELECT 1 AS "order") q
SELECT 1 AS order
WITH order AS (SELECT 1) SELECT 1
SELECT * FROM (VALUES (1)) v(order)
SELECT substr(name) FROM people
SELECT substring(name) FROM people
SELECT name COLLATE "xx_YY" FROM people
SELECT name COLLATE "C" FROM people
SELECT name COLLATE "POSIX" FROM people
SELECT name COLLATE "default" FROM people
SELECT name COLLATE "C.utf8" FROM people
-- differs silent: a collation that other systems have
SELECT name COLLATE "C.UTF-8" FROM people
SELECT name COLLATE "ucs_basic" FROM people
-- differs silent: a collation that a later PostgreSQL has
SELECT name COLLATE "unicode" FROM people
-- differs silent: a collation that other systems have
SELECT name COLLATE "en_US" FROM people
SELECT name COLLATE "en-US-x-icu" FROM people
SELECT name COLLATE "und-x-icu" FROM people
SELECT name COLLATE pg_catalog."C" FROM people
SELECT name COLLATE c FROM people
SELECT name FROM people ORDER BY name COLLATE "nope"
-- differs silent: COLLATE changes nothing, whatever is before it
SELECT id COLLATE "C" FROM people
WITH RECURSIVE perm(p, rest) AS (SELECT ''::text, 'abc'::text UNION ALL SELECT p || substr(rest, g, 1), overlay(rest PLACING '' FROM g FOR 1) FROM perm, generate_series(1, length(rest)) g) SELECT p FROM perm WHERE rest = '' ORDER BY p
