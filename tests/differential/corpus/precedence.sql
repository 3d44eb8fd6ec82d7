SELECT false OR false OR true, false OR false AND true, false OR false = true, false OR false < true, false OR false <> true, false OR false IS DISTINCT FROM true
SELECT false OR false IS NOT DISTINCT FROM true, true OR 'ab' LIKE 'b', true OR 'ab' NOT LIKE 'b', true OR 'ab' SIMILAR TO 'b', true OR 'ab' ~ 'b', true OR 'ab' !~* 'b'
SELECT false AND false OR true, false AND false AND true, false AND false = true, false AND false < true, false AND false <> true, false AND false IS DISTINCT FROM true
SELECT false AND false IS NOT DISTINCT FROM true, true AND 'ab' LIKE 'b', true AND 'ab' NOT LIKE 'b', true AND 'ab' SIMILAR TO 'b', true AND 'ab' ~ 'b', true AND 'ab' !~* 'b'
SELECT false = false OR true, false = false AND true, false = false IS DISTINCT FROM true, false = false IS NOT DISTINCT FROM true, true = 'ab' LIKE 'b', true = 'ab' NOT LIKE 'b'
SELECT true = 'ab' SIMILAR TO 'b', true = 'ab' ~ 'b', true = 'ab' !~* 'b', 'a' = 'b' || 'a', 7 = 2 + 3, 7 = 2 - 3
SELECT 7 = 2 * 3, 7 = 2 % 3, 7 = 2 ^ 3, 7 = 2 & 3, 7 = 2 | 3, 7 = 2 # 3
SELECT 7 = 2 << 3, false < false OR true, false < false AND true, false < false IS DISTINCT FROM true, false < false IS NOT DISTINCT FROM true, true < 'ab' LIKE 'b'
SELECT true < 'ab' NOT LIKE 'b', true < 'ab' SIMILAR TO 'b', true < 'ab' ~ 'b', true < 'ab' !~* 'b', 'a' < 'b' || 'a', 7 < 2 + 3
SELECT 7 < 2 - 3, 7 < 2 * 3, 7 < 2 % 3, 7 < 2 ^ 3, 7 < 2 & 3, 7 < 2 | 3
SELECT 7 < 2 # 3, 7 < 2 << 3, false <> false OR true, false <> false AND true, false <> false IS DISTINCT FROM true, false <> false IS NOT DISTINCT FROM true
SELECT true <> 'ab' LIKE 'b', true <> 'ab' NOT LIKE 'b', true <> 'ab' SIMILAR TO 'b', true <> 'ab' ~ 'b', true <> 'ab' !~* 'b', 'a' <> 'b' || 'a'
SELECT 7 <> 2 + 3, 7 <> 2 - 3, 7 <> 2 * 3, 7 <> 2 % 3, 7 <> 2 ^ 3, 7 <> 2 & 3
SELECT 7 <> 2 | 3, 7 <> 2 # 3, 7 <> 2 << 3, false IS DISTINCT FROM false OR true, false IS DISTINCT FROM false AND true, false IS DISTINCT FROM false = true
SELECT false IS DISTINCT FROM false < true, false IS DISTINCT FROM false <> true, true IS DISTINCT FROM 'ab' LIKE 'b', true IS DISTINCT FROM 'ab' NOT LIKE 'b', true IS DISTINCT FROM 'ab' SIMILAR TO 'b', true IS DISTINCT FROM 'ab' ~ 'b'
SELECT true IS DISTINCT FROM 'ab' !~* 'b', 'a' IS DISTINCT FROM 'b' || 'a', 7 IS DISTINCT FROM 2 + 3, 7 IS DISTINCT FROM 2 - 3, 7 IS DISTINCT FROM 2 * 3, 7 IS DISTINCT FROM 2 % 3
SELECT 7 IS DISTINCT FROM 2 ^ 3, 7 IS DISTINCT FROM 2 & 3, 7 IS DISTINCT FROM 2 | 3, 7 IS DISTINCT FROM 2 # 3, 7 IS DISTINCT FROM 2 << 3, false IS NOT DISTINCT FROM false OR true
SELECT false IS NOT DISTINCT FROM false AND true, false IS NOT DISTINCT FROM false = true, false IS NOT DISTINCT FROM false < true, false IS NOT DISTINCT FROM false <> true, true IS NOT DISTINCT FROM 'ab' LIKE 'b', true IS NOT DISTINCT FROM 'ab' NOT LIKE 'b'
SELECT true IS NOT DISTINCT FROM 'ab' SIMILAR TO 'b', true IS NOT DISTINCT FROM 'ab' ~ 'b', true IS NOT DISTINCT FROM 'ab' !~* 'b', 'a' IS NOT DISTINCT FROM 'b' || 'a', 7 IS NOT DISTINCT FROM 2 + 3, 7 IS NOT DISTINCT FROM 2 - 3
SELECT 7 IS NOT DISTINCT FROM 2 * 3, 7 IS NOT DISTINCT FROM 2 % 3, 7 IS NOT DISTINCT FROM 2 ^ 3, 7 IS NOT DISTINCT FROM 2 & 3, 7 IS NOT DISTINCT FROM 2 | 3, 7 IS NOT DISTINCT FROM 2 # 3
SELECT 7 IS NOT DISTINCT FROM 2 << 3, 'ab' LIKE 'a' OR true, 'ab' LIKE 'a' AND true, 'ab' LIKE 'a' = true, 'ab' LIKE 'a' < true, 'ab' LIKE 'a' <> true
SELECT 'ab' LIKE 'a' IS DISTINCT FROM true, 'ab' LIKE 'a' IS NOT DISTINCT FROM true, 'a' LIKE 'b' || 'a', 'ab' NOT LIKE 'a' OR true, 'ab' NOT LIKE 'a' AND true, 'ab' NOT LIKE 'a' = true
SELECT 'ab' NOT LIKE 'a' < true, 'ab' NOT LIKE 'a' <> true, 'ab' NOT LIKE 'a' IS DISTINCT FROM true, 'ab' NOT LIKE 'a' IS NOT DISTINCT FROM true, 'a' NOT LIKE 'b' || 'a', 'ab' SIMILAR TO 'a' OR true
SELECT 'ab' SIMILAR TO 'a' AND true, 'ab' SIMILAR TO 'a' = true, 'ab' SIMILAR TO 'a' < true, 'ab' SIMILAR TO 'a' <> true, 'ab' SIMILAR TO 'a' IS DISTINCT FROM true, 'ab' SIMILAR TO 'a' IS NOT DISTINCT FROM true
SELECT 'a' SIMILAR TO 'b' || 'a', 'ab' ~ 'a' OR true, 'ab' ~ 'a' AND true, 'ab' ~ 'a' = true, 'ab' ~ 'a' < true, 'ab' ~ 'a' <> true
SELECT 'ab' ~ 'a' IS DISTINCT FROM true, 'ab' ~ 'a' IS NOT DISTINCT FROM true, 'a' ~ 'b' || 'a', 'ab' !~* 'a' OR true, 'ab' !~* 'a' AND true, 'ab' !~* 'a' = true
SELECT 'ab' !~* 'a' < true, 'ab' !~* 'a' <> true, 'ab' !~* 'a' IS DISTINCT FROM true, 'ab' !~* 'a' IS NOT DISTINCT FROM true, 'a' !~* 'b' || 'a', 'a' || 'b' = 'a'
SELECT 'a' || 'b' < 'a', 'a' || 'b' <> 'a', 'a' || 'b' IS DISTINCT FROM 'a', 'a' || 'b' IS NOT DISTINCT FROM 'a', 'a' || 'b' LIKE 'a', 'a' || 'b' NOT LIKE 'a'
SELECT 'a' || 'b' SIMILAR TO 'a', 'a' || 'b' ~ 'a', 'a' || 'b' !~* 'a', 'a' || 'b' || 'a', 7 + 2 = 3, 7 + 2 < 3
SELECT 7 + 2 <> 3, 7 + 2 IS DISTINCT FROM 3, 7 + 2 IS NOT DISTINCT FROM 3, 7 + 2 + 3, 7 + 2 - 3, 7 + 2 * 3
SELECT 7 + 2 % 3, 7 + 2 ^ 3, 7 + 2 & 3, 7 + 2 | 3, 7 + 2 # 3, 7 + 2 << 3
SELECT 7 - 2 = 3, 7 - 2 < 3, 7 - 2 <> 3, 7 - 2 IS DISTINCT FROM 3, 7 - 2 IS NOT DISTINCT FROM 3, 7 - 2 + 3
SELECT 7 - 2 - 3, 7 - 2 * 3, 7 - 2 % 3, 7 - 2 ^ 3, 7 - 2 & 3, 7 - 2 | 3
SELECT 7 - 2 # 3, 7 - 2 << 3, 7 * 2 = 3, 7 * 2 < 3, 7 * 2 <> 3, 7 * 2 IS DISTINCT FROM 3
SELECT 7 * 2 IS NOT DISTINCT FROM 3, 7 * 2 + 3, 7 * 2 - 3, 7 * 2 * 3, 7 * 2 % 3, 7 * 2 ^ 3
SELECT 7 * 2 & 3, 7 * 2 | 3, 7 * 2 # 3, 7 * 2 << 3, 7 % 2 = 3, 7 % 2 < 3
SELECT 7 % 2 <> 3, 7 % 2 IS DISTINCT FROM 3, 7 % 2 IS NOT DISTINCT FROM 3, 7 % 2 + 3, 7 % 2 - 3, 7 % 2 * 3
SELECT 7 % 2 % 3, 7 % 2 & 3, 7 % 2 | 3, 7 % 2 # 3, 7 % 2 << 3, 7 ^ 2 = 3
SELECT 7 ^ 2 < 3, 7 ^ 2 <> 3, 7 ^ 2 IS DISTINCT FROM 3, 7 ^ 2 IS NOT DISTINCT FROM 3, 7 ^ 2 + 3, 7 ^ 2 - 3
SELECT 7 ^ 2 * 3, 7 ^ 2 ^ 3, 7 & 2 = 3, 7 & 2 < 3, 7 & 2 <> 3, 7 & 2 IS DISTINCT FROM 3
SELECT 7 & 2 IS NOT DISTINCT FROM 3, 7 & 2 + 3, 7 & 2 - 3, 7 & 2 * 3, 7 & 2 % 3, 7 & 2 & 3
SELECT 7 & 2 | 3, 7 & 2 # 3, 7 & 2 << 3, 7 | 2 = 3, 7 | 2 < 3, 7 | 2 <> 3
SELECT 7 | 2 IS DISTINCT FROM 3, 7 | 2 IS NOT DISTINCT FROM 3, 7 | 2 + 3, 7 | 2 - 3, 7 | 2 * 3, 7 | 2 % 3
SELECT 7 | 2 & 3, 7 | 2 | 3, 7 | 2 # 3, 7 | 2 << 3, 7 # 2 = 3, 7 # 2 < 3
SELECT 7 # 2 <> 3, 7 # 2 IS DISTINCT FROM 3, 7 # 2 IS NOT DISTINCT FROM 3, 7 # 2 + 3, 7 # 2 - 3, 7 # 2 * 3
SELECT 7 # 2 % 3, 7 # 2 & 3, 7 # 2 | 3, 7 # 2 # 3, 7 # 2 << 3, 7 << 2 = 3
SELECT 7 << 2 < 3, 7 << 2 <> 3, 7 << 2 IS DISTINCT FROM 3, 7 << 2 IS NOT DISTINCT FROM 3, 7 << 2 + 3, 7 << 2 - 3
SELECT 7 << 2 * 3, 7 << 2 % 3, 7 << 2 & 3, 7 << 2 | 3, 7 << 2 # 3, 7 << 2 << 3
SELECT false OR false IS NULL, false OR false IS TRUE, false OR false ISNULL, false OR false NOTNULL, true OR 7 IN (1, 2), false OR false IN (true)
SELECT true OR 7 BETWEEN 1 AND 3, false OR false NOT BETWEEN false AND true, true OR 7 = ANY (ARRAY[1, 2]), NOT false OR false, false OR NOT false OR true, false AND false IS NULL
SELECT false AND false IS TRUE, false AND false ISNULL, false AND false NOTNULL, true AND 7 IN (1, 2), false AND false IN (true), true AND 7 BETWEEN 1 AND 3
SELECT false AND false NOT BETWEEN false AND true, true AND 7 = ANY (ARRAY[1, 2]), NOT false AND false, false AND NOT false AND true, 7 = 2 IS NULL, 7 = 2 IS TRUE
SELECT 7 = 2 ISNULL, 7 = 2 NOTNULL, true = 7 IN (1, 2), false = false IN (true), true = 7 BETWEEN 1 AND 3, false = false NOT BETWEEN false AND true
SELECT 'a' = 'b' ::text, NOT 7 = 2, false = NOT false = true, - 7 = 2, @ 7 = 2, ~ 7 = 2
SELECT |/ 7 = 2, 7 < 2 IS NULL, 7 < 2 IS TRUE, 7 < 2 ISNULL, 7 < 2 NOTNULL, true < 7 IN (1, 2)
SELECT false < false IN (true), true < 7 BETWEEN 1 AND 3, false < false NOT BETWEEN false AND true, 'a' < 'b' ::text, NOT 7 < 2, false < NOT false < true
SELECT - 7 < 2, @ 7 < 2, ~ 7 < 2, |/ 7 < 2, 7 <> 2 IS NULL, 7 <> 2 IS TRUE
SELECT 7 <> 2 ISNULL, 7 <> 2 NOTNULL, true <> 7 IN (1, 2), false <> false IN (true), true <> 7 BETWEEN 1 AND 3, false <> false NOT BETWEEN false AND true
SELECT 'a' <> 'b' ::text, NOT 7 <> 2, false <> NOT false <> true, - 7 <> 2, @ 7 <> 2, ~ 7 <> 2
SELECT |/ 7 <> 2, true IS DISTINCT FROM 7 IN (1, 2), false IS DISTINCT FROM false IN (true), true IS DISTINCT FROM 7 BETWEEN 1 AND 3, false IS DISTINCT FROM false NOT BETWEEN false AND true, true IS DISTINCT FROM 7 = ANY (ARRAY[1, 2])
SELECT 'a' IS DISTINCT FROM 'b' ::text, NOT 7 IS DISTINCT FROM 2, false IS DISTINCT FROM NOT false IS DISTINCT FROM true, - 7 IS DISTINCT FROM 2, @ 7 IS DISTINCT FROM 2, ~ 7 IS DISTINCT FROM 2
SELECT |/ 7 IS DISTINCT FROM 2, true IS NOT DISTINCT FROM 7 IN (1, 2), false IS NOT DISTINCT FROM false IN (true), true IS NOT DISTINCT FROM 7 BETWEEN 1 AND 3, false IS NOT DISTINCT FROM false NOT BETWEEN false AND true, true IS NOT DISTINCT FROM 7 = ANY (ARRAY[1, 2])
SELECT 'a' IS NOT DISTINCT FROM 'b' ::text, NOT 7 IS NOT DISTINCT FROM 2, false IS NOT DISTINCT FROM NOT false IS NOT DISTINCT FROM true, - 7 IS NOT DISTINCT FROM 2, @ 7 IS NOT DISTINCT FROM 2, ~ 7 IS NOT DISTINCT FROM 2
SELECT |/ 7 IS NOT DISTINCT FROM 2, 'a' LIKE 'b' IS NULL, 'a' LIKE 'b' IS TRUE, 'a' LIKE 'b' ISNULL, 'a' LIKE 'b' NOTNULL, 'a' LIKE 'b' ::text
SELECT NOT 'a' LIKE 'b', 'a' NOT LIKE 'b' IS NULL, 'a' NOT LIKE 'b' IS TRUE, 'a' NOT LIKE 'b' ISNULL, 'a' NOT LIKE 'b' NOTNULL, 'a' NOT LIKE 'b' ::text
SELECT NOT 'a' NOT LIKE 'b', 'a' SIMILAR TO 'b' IS NULL, 'a' SIMILAR TO 'b' IS TRUE, 'a' SIMILAR TO 'b' ISNULL, 'a' SIMILAR TO 'b' NOTNULL, 'a' SIMILAR TO 'b' ::text
SELECT NOT 'a' SIMILAR TO 'b', 'a' ~ 'b' IS NULL, 'a' ~ 'b' IS TRUE, 'a' ~ 'b' ISNULL, 'a' ~ 'b' NOTNULL, 'a' ~ 'b' IN (true)
SELECT 'a' ~ 'b' NOT BETWEEN false AND true, 'a' ~ 'b' ::text, NOT 'a' ~ 'b', 'a' !~* 'b' IS NULL, 'a' !~* 'b' IS TRUE, 'a' !~* 'b' ISNULL
SELECT 'a' !~* 'b' NOTNULL, 'a' !~* 'b' IN (true), 'a' !~* 'b' NOT BETWEEN false AND true, 'a' !~* 'b' ::text, NOT 'a' !~* 'b', 'a' || 'b' IS NULL
SELECT 'a' || 'b' ISNULL, 'a' || 'b' NOTNULL, 7 || 2 ::text, 7 + 2 IS NULL, 7 + 2 ISNULL, 7 + 2 NOTNULL
SELECT 7 + 2 IN (1, 2), 7 + 2 BETWEEN 1 AND 3, 7 + 2 = ANY (ARRAY[1, 2]), - 7 + 2, 7 + - 2 + 3, @ 7 + 2
SELECT 7 + @ 2 + 3, ~ 7 + 2, 7 + ~ 2 + 3, |/ 7 + 2, 7 + |/ 2 + 3, 7 - 2 IS NULL
SELECT 7 - 2 ISNULL, 7 - 2 NOTNULL, 7 - 2 IN (1, 2), 7 - 2 BETWEEN 1 AND 3, 7 - 2 = ANY (ARRAY[1, 2]), - 7 - 2
SELECT 7 - - 2 - 3, @ 7 - 2, 7 - @ 2 - 3, ~ 7 - 2, 7 - ~ 2 - 3, |/ 7 - 2
SELECT 7 * 2 IS NULL, 7 * 2 ISNULL, 7 * 2 NOTNULL, 7 * 2 IN (1, 2), 7 * 2 BETWEEN 1 AND 3, 7 * 2 = ANY (ARRAY[1, 2])
SELECT - 7 * 2, 7 * - 2 * 3, @ 7 * 2, 7 * @ 2 * 3, ~ 7 * 2, 7 * ~ 2 * 3
SELECT |/ 7 * 2, 7 * |/ 2 * 3, 7 % 2 IS NULL, 7 % 2 ISNULL, 7 % 2 NOTNULL, 7 % 2 IN (1, 2)
SELECT 7 % 2 BETWEEN 1 AND 3, 7 % 2 = ANY (ARRAY[1, 2]), - 7 % 2, 7 % - 2 % 3, @ 7 % 2, 7 % @ 2 % 3
SELECT ~ 7 % 2, 7 % ~ 2 % 3, |/ 7 % 2, 7 ^ 2 IS NULL, 7 ^ 2 ISNULL, 7 ^ 2 NOTNULL
SELECT 7 ^ 2 IN (1, 2), 7 ^ 2 BETWEEN 1 AND 3, 7 ^ 2 = ANY (ARRAY[1, 2]), - 7 ^ 2, 7 ^ - 2 ^ 3, @ 7 ^ 2
SELECT 7 ^ @ 2 ^ 3, |/ 7 ^ 2, 7 ^ |/ 2 ^ 3, 7 & 2 IS NULL, 7 & 2 ISNULL, 7 & 2 NOTNULL
SELECT 7 & 2 IN (1, 2), 7 & 2 BETWEEN 1 AND 3, 7 & 2 = ANY (ARRAY[1, 2]), - 7 & 2, 7 & - 2 & 3, @ 7 & 2
SELECT 7 & @ 2 & 3, ~ 7 & 2, 7 & ~ 2 & 3, 7 | 2 IS NULL, 7 | 2 ISNULL, 7 | 2 NOTNULL
SELECT 7 | 2 IN (1, 2), 7 | 2 BETWEEN 1 AND 3, 7 | 2 = ANY (ARRAY[1, 2]), - 7 | 2, 7 | - 2 | 3, @ 7 | 2
SELECT 7 | @ 2 | 3, ~ 7 | 2, 7 | ~ 2 | 3, 7 # 2 IS NULL, 7 # 2 ISNULL, 7 # 2 NOTNULL
SELECT 7 # 2 IN (1, 2), 7 # 2 BETWEEN 1 AND 3, 7 # 2 = ANY (ARRAY[1, 2]), - 7 # 2, 7 # - 2 # 3, @ 7 # 2
SELECT 7 # @ 2 # 3, ~ 7 # 2, 7 # ~ 2 # 3, 7 << 2 IS NULL, 7 << 2 ISNULL, 7 << 2 NOTNULL
SELECT 7 << 2 IN (1, 2), 7 << 2 BETWEEN 1 AND 3, 7 << 2 = ANY (ARRAY[1, 2]), - 7 << 2, 7 << - 2 << 3, @ 7 << 2
SELECT 7 << @ 2 << 3, ~ 7 << 2, 7 << ~ 2 << 3, NOT 2 IS NULL, - 2 IS NULL, @ 2 IS NULL
SELECT ~ 2 IS NULL, |/ 2 IS NULL, NOT true IS TRUE, NOT 2 ISNULL, - 2 ISNULL, @ 2 ISNULL
SELECT ~ 2 ISNULL, |/ 2 ISNULL, NOT 2 NOTNULL, - 2 NOTNULL, @ 2 NOTNULL, ~ 2 NOTNULL
SELECT |/ 2 NOTNULL, NOT 2 IN (1, 2), - 2 IN (1, 2), @ 2 IN (1, 2), ~ 2 IN (1, 2), |/ 2 IN (1, 2)
SELECT NOT true IN (true), NOT 2 BETWEEN 1 AND 3, - 2 BETWEEN 1 AND 3, @ 2 BETWEEN 1 AND 3, ~ 2 BETWEEN 1 AND 3, |/ 2 BETWEEN 1 AND 3
SELECT NOT true NOT BETWEEN false AND true, NOT 2 = ANY (ARRAY[1, 2]), - 2 = ANY (ARRAY[1, 2]), @ 2 = ANY (ARRAY[1, 2]), ~ 2 = ANY (ARRAY[1, 2]), |/ 2 = ANY (ARRAY[1, 2])
SELECT true = false = true
SELECT true = false < true
SELECT true = false <> true
SELECT true = false >= true
SELECT true < false = true
SELECT true < false < true
SELECT true < false <> true
SELECT true < false >= true
SELECT true <> false = true
SELECT true <> false < true
SELECT true <> false <> true
SELECT true <> false >= true
SELECT true >= false = true
SELECT true >= false < true
SELECT true >= false <> true
SELECT true >= false >= true
SELECT 'a' LIKE 'a' LIKE 'true'
SELECT 'a' LIKE 'a' SIMILAR TO 'true'
SELECT 'a' LIKE 'a' ILIKE 'true'
SELECT 'a' SIMILAR TO 'a' LIKE 'true'
SELECT 'a' SIMILAR TO 'a' SIMILAR TO 'true'
SELECT 'a' SIMILAR TO 'a' ILIKE 'true'
SELECT 'a' ILIKE 'a' LIKE 'true'
SELECT 'a' ILIKE 'a' SIMILAR TO 'true'
SELECT 'a' ILIKE 'a' ILIKE 'true'
SELECT 'a' LIKE 'a' IN ('a')
SELECT 'a' LIKE 'a' BETWEEN 'a' AND 'b'
SELECT 'a' SIMILAR TO 'a' IN ('a')
SELECT 'a' SIMILAR TO 'a' BETWEEN 'a' AND 'b'
SELECT 'a' ILIKE 'a' IN ('a')
SELECT 'a' ILIKE 'a' BETWEEN 'a' AND 'b'
SELECT true IS DISTINCT FROM false IS DISTINCT FROM true
SELECT true IS DISTINCT FROM false IS NOT DISTINCT FROM true
SELECT true IS NOT DISTINCT FROM false IS DISTINCT FROM true
SELECT true IS NOT DISTINCT FROM false IS NOT DISTINCT FROM true
SELECT true IS DISTINCT FROM false IS NULL
SELECT true IS NOT DISTINCT FROM false IS NULL
SELECT 1 BETWEEN 0 AND 2 BETWEEN false AND true
SELECT 1 < 2 = ANY (ARRAY[true])
SELECT i FROM t WHERE x IS DISTINCT FROM true AND i > 3 ORDER BY i
SELECT i FROM t WHERE x IS NOT DISTINCT FROM true OR i = 3 ORDER BY i
SELECT @ -2 + 1, -2 ^ 2, - 2 * 3, -1::int, 2 ^ 3 ^ 2, NOT EXISTS (SELECT 1) IS NULL
SELECT ts AT TIME ZONE 'UTC' = tz, ts + interval '1 day' AT TIME ZONE 'UTC' = tz FROM t WHERE i < 3
