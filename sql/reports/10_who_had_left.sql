-- question: Was that right, now that the demo tells who has left?
WITH customers AS (
    -- Customers with one account, whom the truth can be told of.
    SELECT v.p_alive, NOT t.dropped_out AS is_here, ntile(5) OVER (ORDER BY v.p_alive, v.customer) AS fifth,
           rank() OVER (ORDER BY v.p_alive) + (count(*) OVER (PARTITION BY v.p_alive) - 1) / 2.0 AS place
    FROM clv(sales.orders, customer => 'customer_id', at => 'ordered_at', amount => 'total', as_of => '2025-06-30') AS v
    JOIN truth.identities AS i ON i.source = 'shop.customers' AND i.record_id = CAST(v.customer AS text)
    JOIN truth.customers AS t ON t.person_id = i.person_id
    WHERE i.person_id IN (SELECT person_id FROM truth.identities WHERE source = 'shop.customers' GROUP BY person_id HAVING count(*) = 1)
), counted AS (
    SELECT fifth, count(*) AS customers, avg(p_alive) AS expected, count(*) FILTER (WHERE is_here) AS here, count(*) FILTER (WHERE NOT is_here) AS gone,
           sum(place) FILTER (WHERE is_here) AS places
    FROM customers
    GROUP BY ROLLUP (fifth)
)
SELECT coalesce('p_alive, fifth ' || fifth, 'all') AS of,
       customers,
       round(100 * expected::numeric, 1) AS percent_expected_here,
       round(100.0 * here / customers, 1) AS percent_here,
       -- Mann-Whitney: how often one who is here is ranked before one who has left.
       CASE WHEN fifth IS NULL THEN round((places - here * (here + 1) / 2.0) / (here * gone), 3) END AS auc
FROM counted
ORDER BY fifth;
